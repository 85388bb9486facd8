// Webhooks, verified by an unmodified server SDK, about what an unmodified pusher-js does.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, test } from 'node:test';
import { CERTIFICATES } from '../lib/certificates.mjs';
import { closeClients, pusher, reached, subscribed } from '../lib/clients.mjs';
import { freePort } from '../lib/project.mjs';
import { Receiver, closeReceivers } from '../lib/receiver.mjs';
import { Server, alive, artisan } from '../lib/server.mjs';
import { eventually } from '../lib/wait.mjs';

const KEY = randomBytes(10).toString('hex');
const SECRET = randomBytes(20).toString('hex');
const app = { key: KEY, secret: SECRET };

afterEach(closeClients);
after(closeReceivers);

/** A value as PHP writes it. */
function php(value) {
  if (Array.isArray(value)) {
    return `[${value.map(php).join(', ')}]`;
  }
  if (typeof value === 'object') {
    return `[${Object.entries(value).map(([name, one]) => `${php(name)} => ${php(one)}`).join(', ')}]`;
  }
  return typeof value === 'string' ? `'${value}'` : String(value);
}

function configure(settings) {
  return `<?php return ${php(settings)};\n`;
}

function startServer(settings) {
  return Server.start({
    workers: 2,
    environment: { WEBSOCKET_API_KEY: KEY, WEBSOCKET_SECRET_KEY: SECRET },
    configuration: configure(settings),
  }).then((server) => {
    Object.assign(server.project, app);
    return server;
  });
}

async function stop(server, ...receivers) {
  closeClients();
  await server.stop();
  receivers.forEach((receiver) => assert.deepEqual(receiver.invalid, []));
}

test('pitfall 27: every event of channels, members and clients arrives, signed', async () => {
  const receiver = await Receiver.start(app);
  const server = await startServer({ webhooks: [{ url: receiver.url }] });
  const before = Date.now();
  const [ann, bob] = [
    pusher(server, { user: { user_id: 'ann', user_info: { name: 'Ann' } } }),
    pusher(server, { user: { user_id: 'bob' } }),
  ];
  const next = () => receiver.events.next();
  const room = await subscribed(ann, 'presence-room');
  assert.deepEqual(await next(), { name: 'channel_occupied', channel: 'presence-room' });
  assert.deepEqual(await next(), { name: 'member_added', channel: 'presence-room', user_id: 'ann' });
  await subscribed(bob, 'presence-room');
  assert.deepEqual(await next(), { name: 'member_added', channel: 'presence-room', user_id: 'bob' });
  room.trigger('client-wave', { text: 'hällo "you"' });
  assert.deepEqual(await next(), {
    name: 'client_event',
    channel: 'presence-room',
    event: 'client-wave',
    data: JSON.stringify({ text: 'hällo "you"' }),
    socket_id: ann.connection.socket_id,
    user_id: 'ann',
  });
  const secret = await subscribed(bob, 'private-chat');
  assert.deepEqual(await next(), { name: 'channel_occupied', channel: 'private-chat' });
  secret.trigger('client-wave', 'plain');
  const event = await next();
  assert.deepEqual([event.name, event.data, 'user_id' in event], ['client_event', 'plain', false]);
  await subscribed(ann, 'cache-news');
  assert.deepEqual(await next(), { name: 'channel_occupied', channel: 'cache-news' });
  assert.deepEqual(await next(), { name: 'cache_miss', channel: 'cache-news' });
  bob.disconnect();
  assert.deepEqual(
    [await next(), await next()].map(({ name, channel }) => `${name} ${channel}`).sort(),
    ['channel_vacated private-chat', 'member_removed presence-room'],
  );
  const { time } = { time: (await receiver.hooks.next()).getTime().getTime() };
  assert.ok(time >= before - 1000 && time <= Date.now() + 1000, `${time}`);
  await stop(server, receiver);
});

test('who comes back within three seconds was never away', async () => {
  const receiver = await Receiver.start(app);
  const server = await startServer({ webhooks: [{ url: receiver.url }] });
  const client = pusher(server, { user: { user_id: 'ann' } });
  await subscribed(client, 'presence-room');
  await receiver.events.until(({ name }) => name === 'member_added');
  let quick = 0;
  const ROUNDS = 3;
  for (let round = 0; round < ROUNDS; round++) {
    const left = performance.now();
    client.disconnect();
    await reached(client, 'disconnected');
    await eventually(async () => (await server.status()).connections === 0, 'nobody is connected');
    client.connect();
    await subscribed(client, 'presence-room');
    quick += performance.now() - left < 2900 ? 1 : 0; // on a busy machine it may take longer
  }
  assert.ok(quick > 0, 'nobody came back in time');
  await eventually(async () => (await server.status()).webhooks.smoothed >= 4 * quick, 'smoothed notices');
  await subscribed(client, 'marker');
  const told = [];
  await receiver.events.until((event) => told.push(`${event.name} ${event.channel}`) && event.channel === 'marker');
  assert.equal(told.pop(), 'channel_occupied marker');
  assert.ok(told.length <= 4 * (ROUNDS - quick), told.join());
  await stop(server, receiver);
});

test('counts come as subscribers are told them', async () => {
  const receiver = await Receiver.start(app);
  const server = await startServer({ subscription_count: true, webhooks: [{ url: receiver.url, events: ['subscription_count'] }] });
  const [one, two] = [pusher(server), pusher(server)];
  await subscribed(one, 'room');
  assert.deepEqual(await receiver.events.next(), { name: 'subscription_count', channel: 'room', subscription_count: 1 });
  await subscribed(two, 'room');
  assert.deepEqual(await receiver.events.next(), { name: 'subscription_count', channel: 'room', subscription_count: 2 });
  two.disconnect();
  assert.deepEqual(await receiver.events.next(), { name: 'subscription_count', channel: 'room', subscription_count: 1 });
  await stop(server, receiver);
});

test('webhooks are filtered by event and channel, and each app has its own', async () => {
  const other = { key: randomBytes(10).toString('hex'), secret: randomBytes(20).toString('hex') };
  const [chosen, all, others] = [await Receiver.start(app), await Receiver.start(app), await Receiver.start(other)];
  const server = await startServer({
    webhooks: [
      { url: chosen.url, events: ['client_event', 'channel_occupied'], channels: ['private-', 'presence-a'] },
      { url: all.url },
    ],
    apps: [{ id: 'second', ...other, webhooks: [{ url: others.url }] }],
  });
  const client = pusher(server, { user: { user_id: 'ann' } });
  const stranger = pusher({ ...other, port: server.port });
  await subscribed(client, 'plain');
  await subscribed(client, 'presence-abc');
  const channel = await subscribed(client, 'private-x');
  channel.trigger('client-e', '1');
  await subscribed(stranger, 'plain');
  assert.deepEqual(await others.events.next(), { name: 'channel_occupied', channel: 'plain' });
  const seen = [];
  await chosen.events.until((event) => seen.push(`${event.name} ${event.channel}`) && event.name === 'client_event');
  assert.deepEqual(seen, ['channel_occupied presence-abc', 'channel_occupied private-x', 'client_event private-x']);
  await all.events.until((event) => event.name === 'client_event');
  assert.deepEqual(others.events.pending, []);
  // A receiver has an event before its answer is counted.
  const { webhooks } = await eventually(async () => {
    const status = await server.status();
    return status.webhooks.hooks.reduce((sum, { sent }) => sum + sent, 0) >= 9 && status;
  }, 'nine events that have been answered');
  assert.deepEqual(
    webhooks.hooks.map(({ app: id, receiver, sent, queue, failed }) => ({ id, receiver, sent, queue, failed })),
    [[1, chosen, 3], [1, all, 5], ['second', others, 1]].map(([id, { port }, sent]) => (
      { id: String(id), receiver: `http://127.0.0.1:${port}`, sent, queue: 0, failed: 0 }
    )),
  );
  await stop(server, chosen, all, others);
});

test('while keys are changed the older one signs', async () => {
  const next = { key: randomBytes(10).toString('hex'), secret: randomBytes(20).toString('hex') };
  const receiver = await Receiver.start(app, { tokens: [next] });
  const server = await Server.start({
    environment: { WEBSOCKET_API_KEY: next.key, WEBSOCKET_SECRET_KEY: next.secret },
    configuration: configure({
      previous_api_key: KEY, previous_secret_key: SECRET, webhooks: [{ url: receiver.url }],
    }),
  });
  Object.assign(server.project, next);
  await subscribed(pusher(server), 'first');
  const hook = await receiver.hooks.next();
  assert.equal(hook.key, KEY);
  assert.ok(hook.isValid());
  writeFileSync(join(server.project.folder, 'config/websocket.php'), configure({ webhooks: [{ url: receiver.url }] }));
  assert.equal((await artisan(server.project, 'websocket:reload')).code, 0);
  await subscribed(pusher(server), 'second');
  const later = await receiver.hooks.next();
  assert.equal(later.key, next.key);
  assert.ok(later.isValid([next]) && !later.isValid());
  await stop(server, receiver);
});

test('a receiver that is down, then fails, then works gets everything in order', async () => {
  const port = await freePort();
  const server = await startServer({ webhooks: [{ url: `http://127.0.0.1:${port}/hook?token=SECRET-TOKEN`, events: ['channel_occupied'] }] });
  const client = pusher(server);
  await subscribed(client, 'one');
  await eventually(async () => (await server.status()).webhooks.failing === 1, 'a failing webhook');
  const line = await server.logged(/a webhook fails/);
  assert.equal(line.receiver, `http://127.0.0.1:${port}`);
  await subscribed(client, 'two');
  const receiver = await Receiver.start(app, { port });
  receiver.status = 500;
  await eventually(async () => (await server.status()).webhooks.failed >= 2, 'another failure');
  await subscribed(client, 'three');
  receiver.status = 200;
  for (const channel of ['one', 'two', 'three']) {
    assert.deepEqual(await receiver.events.next(channel, 30_000), { name: 'channel_occupied', channel });
  }
  await server.logged(/a webhook works again/);
  await eventually(async () => (await server.status()).webhooks.queue === 0, 'the answer to the last event');
  const text = await artisan(server.project, 'websocket:status');
  assert.match(text.stdout, /webhooks\s+1\n\s+failing\s+0\n\s+events waiting\s+0\n/);
  assert.ok(!server.log.includes('SECRET-TOKEN') && !text.stdout.includes('SECRET-TOKEN'));
  await stop(server, receiver);
});

test('https: a receiver is told only with a certificate that is trusted', async () => {
  const receiver = await Receiver.start(app, { secure: true });
  delete process.env.SSL_CERT_FILE;
  const distrustful = await startServer({ webhooks: [{ url: receiver.url }] });
  await subscribed(pusher(distrustful), 'x');
  const line = await distrustful.logged(/a webhook fails/);
  assert.match(line.reason, /certificate/);
  assert.deepEqual(receiver.hooks.pending, []);
  await stop(distrustful, receiver);
  process.env.SSL_CERT_FILE = join(CERTIFICATES, 'ca.crt');
  const trusting = await startServer({ webhooks: [{ url: receiver.url }] });
  delete process.env.SSL_CERT_FILE;
  await subscribed(pusher(trusting), 'y');
  assert.deepEqual(await receiver.events.next(), { name: 'channel_occupied', channel: 'y' });
  await stop(trusting, receiver);
});

test('a restart is told as arrivals only', async () => {
  const receiver = await Receiver.start(app);
  const server = await startServer({ webhooks: [{ url: receiver.url }] });
  const client = pusher(server, { user: { user_id: 'ann' } });
  await subscribed(client, 'presence-room');
  const leaves = pusher(server);
  await subscribed(leaves, 'left');
  const engine = await server.enginePid();
  leaves.disconnect();
  assert.equal((await artisan(server.project, 'websocket:restart')).code, 0);
  await eventually(async () => (await server.status()).subscriptions === 1, 'the client is back');
  await eventually(() => !alive(engine), 'the end of the old engine');
  await subscribed(client, 'marker');
  const seen = [];
  await receiver.events.until((event) => seen.push(`${event.name} ${event.channel}`) && event.channel === 'marker');
  assert.deepEqual(seen.filter((event) => !/ (left|marker)$/.test(event)), [
    'channel_occupied presence-room', 'member_added presence-room',
    'channel_occupied presence-room', 'member_added presence-room',
  ]);
  await stop(server, receiver);
});

test('a server that stops tells what happened, and not that it sends all clients away', async () => {
  const receiver = await Receiver.start(app);
  const server = await startServer({ webhooks: [{ url: receiver.url }] });
  await subscribed(pusher(server, { user: { user_id: 'ann' } }), 'presence-last');
  await server.stop();
  closeClients();
  assert.deepEqual(receiver.events.pending.map(({ name }) => name), ['channel_occupied', 'member_added']);
  assert.deepEqual(receiver.invalid, []);
});
