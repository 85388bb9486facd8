// Others publish through a real Redis.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Client, closeClients, eventsOf, pusher, subscribed } from '../lib/clients.mjs';
import { Redis } from '../lib/redis.mjs';
import { Server, alive, artisan } from '../lib/server.mjs';
import { eventually } from '../lib/wait.mjs';

after(closeClients);

const CHANNEL = 'websocket.broadcast';

/** A server that listens to a Redis. */
function listening(redis, environment = {}) {
  return Server.start({ environment: { WEBSOCKET_REDIS_URL: `redis://127.0.0.1:${redis.port}`, ...environment } });
}

/** A client that is subscribed to a channel. */
async function subscriber(server, channel) {
  const client = await Client.greeted(server);
  await client.subscribe(channel);
  return client;
}

/** Puts other values into a project's .env. */
function configure(server, values) {
  const file = join(server.project.folder, '.env');
  const lines = readFileSync(file, 'utf8').split('\n').filter((line) => line && !(line.split('=')[0] in values));
  writeFileSync(file, [...lines, ...Object.entries(values).map(([name, value]) => `${name}=${value}`), ''].join('\n'));
}

async function reload(server) {
  const { code, stderr } = await artisan(server.project, 'websocket:reload');
  assert.equal(code, 0, stderr);
}

test('the example of the documentation reaches pusher-js', async () => {
  const redis = await Redis.start();
  const server = await listening(redis);
  const events = eventsOf(await subscribed(pusher(server), 'my-channel'));
  await redis.heard(CHANNEL);
  assert.equal(await redis.publish(CHANNEL, { channel: 'my-channel', event: 'new-message', data: { text: 'Hello from microservice!' } }), 1);
  const [, data] = await events.until(([event]) => event === 'new-message');
  assert.deepEqual(data, { text: 'Hello from microservice!' });
  const { redis: state } = await server.status();
  assert.deepEqual([state.connected, state.connects, state.failures, state.messages, state.rejected], [true, 1, 0, 1, 0]);
  await server.stop();
  await redis.stop();
});

test('several channels, a text, and a connection that does not get it', async () => {
  const redis = await Redis.start();
  const server = await listening(redis);
  const sender = await subscriber(server, 'a');
  const other = await subscriber(server, 'a');
  await other.subscribe('b');
  await redis.heard(CHANNEL);
  await redis.publish(CHANNEL, { channels: ['a', 'b'], event: 'e', data: 'text', socket_id: sender.socketId });
  assert.equal((await other.expect('e', 'a')).data, 'text');
  assert.equal((await other.expect('e', 'b')).data, 'text');
  await redis.publish(CHANNEL, { channel: 'a', event: 'last', data: [0.1] });
  assert.equal((await sender.expect('last', 'a')).data, '[0.1]');
  await server.stop();
  await redis.stop();
});

test('Laravel puts a prefix before its channels', async () => {
  const redis = await Redis.start();
  const server = await listening(redis, { WEBSOCKET_REDIS_PREFIX: 'laravel_database_' });
  const client = await subscriber(server, 'a');
  await redis.heard(`laravel_database_${CHANNEL}`);
  assert.equal(await redis.publish(CHANNEL, { channel: 'a', event: 'unheard', data: 1 }), 0);
  await redis.publish(`laravel_database_${CHANNEL}`, { channel: 'a', event: 'heard', data: 1 });
  await client.expect('heard', 'a');
  await server.stop();
  await redis.stop();
});

test('Redis goes away and comes back; clients notice nothing', async () => {
  const redis = await Redis.start();
  const server = await listening(redis);
  const client = await subscriber(server, 'a');
  await redis.heard(CHANNEL);
  await redis.publish(CHANNEL, { channel: 'a', event: 'before', data: 1 });
  await client.expect('before', 'a');
  await redis.stop();
  const line = await server.logged(/"the connection to Redis is lost/);
  assert.equal(line.redis, `127.0.0.1:${redis.port}`);
  assert.equal(await server.publish('a', 'meanwhile'), 1);
  await client.expect('meanwhile', 'a');
  assert.equal((await server.status()).redis.connected, false);
  await redis.launch();
  await redis.heard(CHANNEL);
  await redis.publish(CHANNEL, { channel: 'a', event: 'after', data: 1 });
  await client.expect('after', 'a');
  const { redis: state } = await server.status();
  assert.deepEqual([state.connected, state.connects, state.messages], [true, 2, 2]);
  await server.stop();
  await redis.stop();
});

test('a server starts without its Redis and finds it later', async () => {
  const redis = await Redis.start();
  await redis.stop();
  const server = await listening(redis);
  const client = await subscriber(server, 'a');
  await server.logged(/"there is no connection to Redis/);
  await redis.launch();
  await redis.heard(CHANNEL);
  await redis.publish(CHANNEL, { channel: 'a', event: 'e', data: 1 });
  await client.expect('e', 'a');
  await server.stop();
  await redis.stop();
});

test('a wrong password is said once, without the password', async () => {
  const redis = await Redis.start({ password: 'right-of-redis' });
  const server = await listening(redis, { WEBSOCKET_REDIS_URL: `redis://:wrong-of-redis@127.0.0.1:${redis.port}/1` });
  const line = await server.logged(/refuses the user or the password/);
  assert.equal(line.redis, `127.0.0.1:${redis.port} database 1`);
  configure(server, { WEBSOCKET_REDIS_URL: `redis://default:right-of-redis@127.0.0.1:${redis.port}/1` });
  await reload(server);
  const client = await subscriber(server, 'a');
  await redis.heard(CHANNEL);
  await redis.publish(CHANNEL, { channel: 'a', event: 'e', data: 1 });
  await client.expect('e', 'a');
  assert.equal(server.log.match(/refuses the user or the password/g).length, 1);
  for (const secret of ['wrong-of-redis', 'right-of-redis']) {
    assert.ok(!server.log.includes(secret), server.log);
    assert.ok(!JSON.stringify(await server.status()).includes(secret));
  }
  await server.stop();
  await redis.stop();
});

test('garbage is counted, and logged once for each kind', async () => {
  const redis = await Redis.start();
  const server = await listening(redis);
  const client = await subscriber(server, 'a');
  await redis.heard(CHANNEL);
  const garbage = [
    'nonsense', '{', '[]', '{}', '{"channel":"a"}', '{"channel":"a","event":1,"data":1}', '{"channel":"a b","event":"e","data":1}',
    '{"channel":"a","event":"","data":1}', JSON.stringify({ channel: 'a', event: 'e', data: 'x'.repeat(110_000) }), '',
  ];
  for (const message of [...garbage, ...garbage]) {
    await redis.publish(CHANNEL, message);
  }
  await redis.publish(CHANNEL, { channel: 'a', event: 'good', data: 1 });
  await client.expect('good', 'a');
  const { redis: state } = await server.status();
  assert.deepEqual([state.messages, state.rejected, state.failures], [2 * garbage.length + 1, 2 * garbage.length, 0]);
  const kinds = [...server.log.matchAll(/a message from Redis was not published.*"kind":"(\w+)"/g)].map(([, kind]) => kind);
  assert.deepEqual(kinds.sort(), ['channel', 'event', 'fields', 'json', 'size']);
  await server.stop();
  await redis.stop();
});

test('a reload changes the channel and the address, clients stay', async () => {
  const redis = await Redis.start();
  const server = await listening(redis);
  const client = await subscriber(server, 'a');
  await redis.heard(CHANNEL);
  configure(server, { WEBSOCKET_REDIS_CHANNEL: 'other' });
  await reload(server);
  await redis.heard('other');
  assert.equal(await redis.publish(CHANNEL, { channel: 'a', event: 'unheard', data: 1 }), 0);
  configure(server, { WEBSOCKET_REDIS_URL: `unix://${redis.socket}?database=3` });
  await reload(server);
  await eventually(async () => (await redis.cli(['client', 'list', 'type', 'pubsub'])).includes(redis.socket), 'a listener on the Unix socket');
  await redis.publish('other', { channel: 'a', event: 'e', data: 1 });
  await client.expect('e', 'a');
  configure(server, { WEBSOCKET_REDIS_URL: 'rediss://127.0.0.1' });
  const refused = await artisan(server.project, 'websocket:reload');
  assert.equal(refused.code, 1);
  assert.match(refused.stdout + refused.stderr, /"redis.url" cannot be reached with TLS yet/);
  configure(server, { WEBSOCKET_REDIS_URL: '' });
  await reload(server);
  await eventually(async () => (await redis.cli(['pubsub', 'numsub', 'other'])).split('\n')[1] === '0', 'nobody that listens');
  assert.equal((await server.status()).redis, undefined);
  await server.stop();
  await redis.stop();
});

test('a burst comes through completely and in order', async () => {
  const redis = await Redis.start();
  const server = await listening(redis);
  const client = await subscriber(server, 'a');
  await redis.heard(CHANNEL);
  const count = 20_000;
  const commands = [];
  for (let number = 0; number < count; number++) {
    const message = JSON.stringify({ channel: 'a', event: 'e', data: number });
    commands.push(`*3\r\n$7\r\nPUBLISH\r\n$${CHANNEL.length}\r\n${CHANNEL}\r\n$${message.length}\r\n${message}\r\n`);
  }
  await redis.cli(['--pipe'], commands.join(''));
  for (let number = 0; number < count; number++) {
    assert.equal((await client.expect('e', 'a')).data, String(number));
  }
  const { redis: state } = await server.status();
  assert.deepEqual([state.messages, state.rejected], [count, 0]);
  await server.stop();
  await redis.stop();
});

test('after a restart of the engine messages come once', async () => {
  const redis = await Redis.start();
  const server = await listening(redis);
  await redis.heard(CHANNEL);
  const before = await server.enginePid();
  const { code, stderr } = await artisan(server.project, 'websocket:restart');
  assert.equal(code, 0, stderr);
  await eventually(() => !alive(before), 'the end of the old engine');
  const client = await subscriber(server, 'a');
  await redis.heard(CHANNEL);
  await redis.publish(CHANNEL, { channel: 'a', event: 'one', data: 1 });
  await client.expect('one', 'a');
  await redis.publish(CHANNEL, { channel: 'a', event: 'two', data: 1 });
  await client.expect('two', 'a');
  await server.stop();
  await redis.stop();
});
