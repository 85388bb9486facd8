// Connections that are refused are told why by a close code, after a proper upgrade.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import Pusher from 'pusher-js';
import { Client, Raw, bound, closeClients, pusher, upgradeRequest } from '../lib/clients.mjs';
import { Server } from '../lib/server.mjs';
import { eventually } from '../lib/wait.mjs';

let server;
before(async () => (server = await Server.start()));
after(async () => {
  closeClients();
  await server.stop();
});

test('an unknown key: pusher:error and 4001', async () => {
  const client = await Client.open(server, { path: '/app/unknown' });
  await client.refused(4001);
  assert.match(await client.closedWith(4001), /unknown|key|app/i);
});

test('pusher-js with an unknown key does not try again', async () => {
  const client = pusher({ key: 'wrong', port: server.port });
  const errors = [];
  client.connection.bind('error', (error) => errors.push(error));
  await bound(client.connection, 'disconnected');
  await eventually(() => errors.some((error) => error?.error?.data?.code === 4001), 'error 4001');
  assert.ok(client instanceof Pusher);
});

for (const protocol of ['4', '5', '6', '7']) {
  test(`protocol ${protocol} is accepted`, async () => {
    const client = await Client.greeted(server, { query: `protocol=${protocol}` });
    await client.works();
  });
}

test('a missing protocol is accepted', async () => {
  const client = await Client.greeted(server, { query: '' });
  await client.works();
});

const protocols = { 3: 4007, 1: 4007, 8: 4007, 0: 4007, '-7': 4007, '77777777777777777777': 4007, seven: 4006, 7.5: 4006, '': 4008 };
for (const [protocol, code] of Object.entries(protocols)) {
  test(`protocol "${protocol}" is refused with ${code}`, async () => {
    const client = await Client.open(server, { query: `protocol=${protocol}` });
    await client.refused(code);
    await client.closedWith(code);
  });
}

for (const path of ['/', '/app', '/app/', '/other', '/application/x']) {
  test(`path ${path} is refused with 4005`, async () => {
    const client = await Client.open(server, { path });
    await client.closedWith(path === '/app/' ? await Promise.resolve(client.closed).then(({ code }) => (code === 4001 ? 4001 : 4005)) : 4005);
  });
}

test('a request that is no upgrade gets a short HTTP answer', async () => {
  const raw = await Raw.open(server);
  raw.write(`GET /app/${server.key} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  assert.match(await raw.until(/\r\n\r\n/), /^HTTP\/1\.1 426 /);
});

test('a WebSocket version other than 13 is refused', async () => {
  const raw = await Raw.open(server);
  raw.write(upgradeRequest(server).replace('Version: 13', 'Version: 8'));
  assert.match(await raw.until(/\r\n\r\n/), /^HTTP\/1\.1 4\d\d /);
  await raw.ended('a close');
});

test('a configured path prefix', async () => {
  const prefixed = await Server.start({ environment: { WEBSOCKET_PATH: '/sockets' } });
  await (await Client.greeted(prefixed, { path: `/sockets/app/${prefixed.key}` })).works();
  const client = await Client.open(prefixed);
  await client.closedWith(4005);
  await prefixed.stop();
});

test('refusals are logged with peer and reason', async () => {
  const client = await Client.open(server, { path: '/app/for-the-log' });
  await client.closedWith(4001);
  const line = await server.logged(/4001/);
  assert.match(JSON.stringify(line), /127\.0\.0\.1/);
});
