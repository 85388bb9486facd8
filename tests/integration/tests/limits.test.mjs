// Limits: over each of them there is a clear error, and below it nothing changes.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Client, closeClients } from '../lib/clients.mjs';
import { Server } from '../lib/server.mjs';

after(closeClients);

async function withLimits(environment, use) {
  const server = await Server.start({ workers: 2, environment });
  await use(server);
  closeClients();
  await server.stop();
}

test('connections', () => withLimits({ WEBSOCKET_LIMIT_CONNECTIONS: 3 }, async (server) => {
  const clients = [];
  for (let count = 0; count < 3; count++) {
    clients.push(await Client.greeted(server));
  }
  const fourth = await Client.open(server);
  const closed = await fourth.closed;
  assert.ok([4004, 4100].includes(closed.code), `${closed.code}`);
  await Promise.all(clients.map((client) => client.works()));
  clients[0].end();
  const next = await (async () => {
    for (;;) {
      const client = await Client.open(server);
      const first = await client.next();
      if (first.event === 'pusher:connection_established') {
        return client;
      }
    }
  })();
  await next.works();
}));

test('channels of one connection', () => withLimits({ WEBSOCKET_LIMIT_CHANNELS_PER_CONNECTION: 2 }, async (server) => {
  const client = await Client.greeted(server);
  await client.subscribe('one');
  await client.subscribe('two');
  client.ask('three');
  await client.refused(null);
  await client.expect('pusher:subscription_error', 'three');
  await client.subscribe('two');
  client.send({ event: 'pusher:unsubscribe', data: { channel: 'one' } });
  await client.subscribe('three');
}));

test('users of a presence channel', () => withLimits({ WEBSOCKET_LIMIT_PRESENCE_MEMBERS: 2 }, async (server) => {
  const clients = [];
  for (const user of ['a', 'b']) {
    const client = await Client.greeted(server);
    await client.subscribe('presence-full', { user_id: user });
    clients.push(client);
  }
  const third = await Client.greeted(server);
  await assert.rejects(third.subscribe('presence-full', { user_id: 'c' }), /pusher:error/);
  await third.expect('pusher:subscription_error', 'presence-full');
  await third.subscribe('presence-full', { user_id: 'a' });
}));

test('what a presence user may carry', () => withLimits({}, async (server) => {
  const client = await Client.greeted(server);
  await assert.rejects(client.subscribe('presence-size', { user_id: 'x'.repeat(129) }), /pusher:error/);
  await client.expect('pusher:subscription_error', 'presence-size');
  await assert.rejects(client.subscribe('presence-size', { user_id: '1', user_info: 'x'.repeat(1100) }), /pusher:error/);
  await client.expect('pusher:subscription_error', 'presence-size');
  await client.subscribe('presence-size', { user_id: 'x'.repeat(128), user_info: 'x'.repeat(1000) });
}));

test('what PHP may publish', () => withLimits({ WEBSOCKET_LIMIT_EVENT_DATA_SIZE: 1000, WEBSOCKET_LIMIT_CHANNELS_PER_PUBLISH: 2 }, async (server) => {
  const client = await Client.greeted(server);
  await client.subscribe('small');
  assert.equal(await server.publish('small', 'fits', { text: 'x'.repeat(900) }), 1);
  await client.expect('fits', 'small');
  for (const refused of [
    ['publish', 'small', 'e', { text: 'x'.repeat(1000) }],
    ['publish', 'small', 'e'.repeat(201), {}],
    ['publish', 'bad name', 'e', {}],
    ['publish', '', 'e', {}],
    ['publish', 'small', '', {}],
    ['publishToChannels', ['a', 'b', 'c'], 'e', {}],
  ]) {
    await assert.rejects(server.php.call(...refused), (error) => {
      assert.match(error.class, /^Ody\\Websocket\\Channel\\Exceptions\\|^ValueError$/, `${error.class}: ${error.message}`);
      return true;
    }, JSON.stringify(refused).slice(0, 80));
  }
  await client.works();
}));

test('client events per second can be raised', () => withLimits({ WEBSOCKET_LIMIT_CLIENT_EVENTS_PER_SECOND: 0 }, async (server) => {
  const [a, b] = [await Client.greeted(server), await Client.greeted(server)];
  await a.subscribe('free');
  await b.subscribe('free');
  for (let number = 0; number < 500; number++) {
    a.send({ event: 'client-n', channel: 'free', data: { number } });
  }
  for (let number = 0; number < 500; number++) {
    assert.equal(JSON.parse((await b.expect('client-n', 'free')).data).number, number);
  }
  await a.works();
}));

test('status counts what was refused', () => withLimits({ WEBSOCKET_LIMIT_CONNECTIONS: 1 }, async (server) => {
  await Client.greeted(server);
  const refused = await Client.open(server);
  await refused.closed;
  const status = await server.status();
  assert.equal(status.connections, 1);
  const counters = JSON.stringify(status);
  assert.match(counters, /"refused_connections":1\b/);
}));
