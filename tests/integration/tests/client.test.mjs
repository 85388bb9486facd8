// Our own client, as it is shipped, under Node: the same that browsers run.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import WebSocket from 'ws';
import { OdyWebSocketClient } from '../../../js/dist/ody-websocket.mjs';
import { CERTIFICATES } from '../lib/certificates.mjs';
import { Client, authenticate, authorize, closeClients, sign } from '../lib/clients.mjs';
import { Server, artisan } from '../lib/server.mjs';
import { Inbox, eventually, within } from '../lib/wait.mjs';

let server;
let clients = [];

/** A client of the server. `user` is who it is in presence channels. */
function ody({ user = null, port = server.port, key = server.key, ...options } = {}) {
  const client = new OdyWebSocketClient(`ws://127.0.0.1:${port}`, key, {
    WebSocket,
    authorizer: ({ socket_id, channel_name }) => authorize(server, socket_id, channel_name, user),
    ...options,
  });
  client.errors = new Inbox();
  client.on('error', (error) => client.errors.push(error));
  clients.push(client);
  return client;
}

/** Waits for an event of a client, a channel or a user. */
const heard = (emitter, event) => within(new Promise((resolve) => emitter.once(event, resolve)), event);

/** Subscribes and waits for the confirmation. */
async function subscribed(client, name, data = undefined) {
  const channel = client.subscribe(name, data);
  await heard(channel, 'subscription_succeeded');
  return channel;
}

/** Everything of one event, in order. */
function inbox(emitter, event) {
  const arrived = new Inbox();
  emitter.on(event, (data, meta) => arrived.push([data, meta]));
  return arrived;
}

before(async () => {
  server = await Server.start({ workers: 2 });
});
after(() => server.stop());
afterEach(() => {
  clients.splice(0).forEach((client) => client.disconnect());
  closeClients();
});

test('what the documentation begins with: construct, subscribe, listen and publish at once', async () => {
  const other = ody();
  const typing = inbox(await subscribed(other, 'my-channel'), 'client-typing');
  const client = ody();
  const channel = client.subscribe('my-channel');
  const messages = inbox(channel, 'new-message');
  channel.publish('client-typing', { user: 'John' });
  assert.deepEqual((await typing.next('typing'))[0], { user: 'John' });
  assert.equal(await server.publish('my-channel', 'new-message', { text: 'Hello world!', user: 'System' }), 2);
  assert.deepEqual((await messages.next('the message'))[0], { text: 'Hello world!', user: 'System' });
  assert.match(client.getSocketId(), /^\d+\.\d+$/);
  assert.ok((await client.ping()) < 5000);
});

test('values of every kind arrive as they were sent', async () => {
  const [sender, receiver] = [ody(), ody()];
  const arrived = inbox(await subscribed(receiver, 'values'), 'client-value');
  const channel = await subscribed(sender, 'values');
  for (const value of [{ a: [1, { b: null }] }, [], 'text', '7', '{"no":"object"}', '', 7, true, null, 'ü😀\u2028']) {
    channel.publish('client-value', value);
    assert.deepEqual((await arrived.next(JSON.stringify(value)))[0], value);
  }
});

test('private channels: a token that was given, one of an authorizer, one of a function, none', async () => {
  const client = ody();
  await client.connect();
  await subscribed(client, 'private-a', authorize(server, client.getSocketId(), 'private-a'));
  await subscribed(client, 'private-b');
  await subscribed(client, 'private-c', ({ socket_id, channel_name }) => authorize(server, socket_id, channel_name));
  const stranger = ody({ authorizer: undefined });
  const refused = await heard(stranger.subscribe('private-d'), 'subscription_error');
  assert.match(refused.message, /Auth info required to subscribe to private-d/);
  assert.equal(refused.status, 401);
});

test('presence: members come and go', async () => {
  const ann = ody({ user: { user_id: 1, user_info: { name: 'Ann' } } });
  const room = await subscribed(ann, 'presence-room');
  assert.deepEqual(room.members.me, { user_id: '1', user_info: { name: 'Ann' } });
  const [joined, left] = [inbox(room, 'joining'), inbox(room, 'leaving')];
  const bob = ody({ user: { user_id: 2, user_info: { name: 'Bob' } } });
  const his = await subscribed(bob, 'presence-room');
  assert.deepEqual(his.members.all().map(({ user_id }) => user_id).sort(), ['1', '2']);
  assert.deepEqual((await joined.next('Bob'))[0], { user_id: '2', user_info: { name: 'Bob' } });
  const typing = inbox(room, 'client-typing');
  his.publish('client-typing');
  assert.equal((await typing.next('typing'))[1].user_id, '2');
  his.unsubscribe();
  assert.equal((await left.next('Bob leaves'))[0].user_id, '2');
  assert.equal(room.members.count, 1);
});

test('leaving and coming back at once', async () => {
  const client = ody();
  const first = await subscribed(client, 'door');
  first.unsubscribe();
  const second = client.subscribe('door');
  await heard(second, 'subscription_succeeded');
  client.subscribe('never').unsubscribe();
  await client.ping();
  await eventually(async () => (await server.publish('door', 'x')) === 1, 'one subscription');
  await eventually(async () => !(await server.php.call('channelExists', 'never')), 'nobody in the other channel');
});

test('cache channels begin with the last event, or say that there is none', async () => {
  const client = ody();
  await heard(client.subscribe('cache-prices'), 'cache_miss');
  await server.publish('cache-prices', 'price', { euro: 7 });
  const late = ody().subscribe('cache-prices');
  assert.deepEqual(await heard(late, 'price'), { euro: 7 });
});

test('what the server refuses is told in words', async () => {
  const client = ody();
  const channel = client.subscribe('not allowed');
  assert.match((await heard(channel, 'subscription_error')).message, /Invalid channel name: not allowed/);
  const stranger = ody({ key: 'nobody' });
  const failed = await heard(stranger, 'failed');
  assert.equal(failed.code, 4001);
  assert.match(failed.message, /refused the connection/);
  await assert.rejects(ody({ key: 'nobody' }).connect(), { code: 4001 });
});

test('signing in: events to the user, the watchlist, refusals', async () => {
  const ann = ody();
  const seen = inbox(ann.user.watchlist, 'online');
  await ann.signin(({ socket_id }) => authenticate(server, socket_id, { id: 'ann', user_info: { name: 'Ann' }, watchlist: ['bob'] }));
  assert.equal(ann.user.id, 'ann');
  assert.deepEqual(ann.user.data.user_info, { name: 'Ann' });
  const bob = ody({ userAuthorizer: ({ socket_id }) => authenticate(server, socket_id, { id: 'bob' }) });
  const invoices = inbox(bob.user, 'invoice');
  await bob.signin();
  await seen.until(([{ user_ids }]) => user_ids.includes('bob'), 'Bob is online');
  await eventually(async () => {
    await server.php.call('publishToChannels', ['#server-to-user-bob'], 'invoice', { total: 7 });
    return invoices.pending.length > 0;
  }, 'an event to Bob');
  assert.deepEqual((await invoices.next('the invoice'))[0], { total: 7 });
  await assert.rejects(ody().signin({ auth: `${server.key}:wrong`, user_data: '{"id":"ann"}' }), { name: 'OdyWebSocketError' });
});

test('who has signed in is in presence channels without channel_data, also after a restart', async () => {
  const slowly = (make) => async (request) => {
    await new Promise((resolve) => setTimeout(resolve, 100));
    return make(request);
  };
  const client = ody({
    userAuthorizer: slowly(({ socket_id }) => authenticate(server, socket_id, { id: 'ann', user_info: { name: 'Ann' } })),
    authorizer: ({ socket_id, channel_name }) => ({ auth: sign(server, socket_id, channel_name) }),
  });
  client.signin();
  const room = await subscribed(client, 'presence-signed-in');
  const here = heard(room, 'here');
  assert.equal((await artisan(server.project, 'websocket:restart')).code, 0);
  assert.deepEqual(await here, [{ user_id: 'ann', user_info: { name: 'Ann' } }]);
  assert.deepEqual(room.members.me, { user_id: 'ann', user_info: { name: 'Ann' } });
  assert.deepEqual(client.errors.pending, []);
  await client.signin(authenticate(server, client.getSocketId(), { id: 'ann' }));
  await assert.rejects(client.signin(authenticate(server, client.getSocketId(), { id: 'bob' })), /another user/);
});

test('a slow token, and the channel is left and wanted again before and after', async () => {
  const client = ody({
    authorizer: async ({ socket_id, channel_name }) => {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 10));
      return authorize(server, socket_id, channel_name);
    },
  });
  await client.connect();
  for (let time = 0; time < 50; time++) {
    client.subscribe('private-door');
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 12));
    client.unsubscribe('private-door');
  }
  await subscribed(client, 'private-door');
  const opened = heard(client.channel('private-door'), 'opened');
  await eventually(async () => (await server.publish('private-door', 'opened')) === 1, 'one subscription');
  await opened;
  assert.deepEqual(client.errors.pending, []);
});

test('a restarted server has every channel again, with fresh tokens', async () => {
  const client = ody({ user: { user_id: 7, user_info: {} } });
  const tokens = [];
  const room = await subscribed(client, 'presence-again');
  const orders = await subscribed(client, 'private-again', (request) => {
    tokens.push(request.socket_id);
    return authorize(server, request.socket_id, request.channel_name);
  });
  const lost = inbox(client, 'disconnected');
  const [here, back] = [heard(room, 'here'), heard(orders, 'subscription_succeeded')];
  assert.equal((await artisan(server.project, 'websocket:restart')).code, 0);
  assert.equal((await lost.next('the farewell'))[0].code, 4200);
  await back;
  assert.equal((await here).length, 1);
  assert.equal(new Set(tokens).size, 2);
  const shipped = heard(orders, 'shipped');
  await server.publish('private-again', 'shipped', { id: 1 });
  assert.deepEqual(await shipped, { id: 1 });
});

test('an outage is waited for, and events come again', async () => {
  const client = ody({ reconnectDelay: 100 });
  const channel = await subscribed(client, 'news');
  const unavailable = heard(client, 'unavailable');
  await server.stop();
  await unavailable;
  const back = heard(channel, 'subscription_succeeded');
  await server.launch();
  await back;
  const headline = heard(channel, 'headline');
  await server.publish('news', 'headline', { number: 1 });
  assert.deepEqual(await headline, { number: 1 });
});

test('a silent server is left: a line that is dead without a word', async () => {
  const client = ody({ activityTimeout: 200, pongTimeout: 200 });
  await client.connect();
  const lost = heard(client, 'disconnected');
  const engine = await server.enginePid();
  process.kill(engine, 'SIGSTOP');
  try {
    assert.equal((await lost).code, 4201);
  } finally {
    process.kill(engine, 'SIGCONT');
  }
  await client.connect();
});

test('beside other clients of the protocol', async () => {
  const raw = await Client.greeted(server);
  await raw.subscribe('mixed');
  const channel = await subscribed(ody(), 'mixed');
  const event = heard(channel, 'client-raw');
  raw.send({ event: 'client-raw', channel: 'mixed', data: { as: 'object' } });
  assert.deepEqual(await event, { as: 'object' });
  channel.publish('client-ody', { as: 'text' });
  assert.equal((await raw.expect('client-ody', 'mixed')).data, '{"as":"text"}');
});

test('over TLS and behind a path; without TLS it is told to use it', async () => {
  const secure = await Server.start({
    environment: {
      WEBSOCKET_PATH: '/ws',
      WEBSOCKET_HTTP_ENABLED: 'false',
      WEBSOCKET_SSL_CERT_FILE: join(CERTIFICATES, 'server.crt'),
      WEBSOCKET_SSL_KEY_FILE: join(CERTIFICATES, 'server.key'),
    },
  });
  const open = (url) => {
    const client = new OdyWebSocketClient(`${url}:${secure.port}/ws/`, secure.key, { WebSocket });
    client.on('error', () => {});
    clients.push(client);
    return client;
  };
  await subscribed(open('wss://127.0.0.1'), 'secure');
  assert.equal((await heard(open('ws://127.0.0.1'), 'failed')).code, 4000);
  clients.splice(0).forEach((client) => client.disconnect());
  await secure.stop();
});
