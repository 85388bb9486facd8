// Behind Debian's nginx: the address of the client is the one that a trusted proxy names.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { keepAlive, sdk } from '../lib/sdk.mjs';
import { Client, closeClients, pusher, subscribed, bound } from '../lib/clients.mjs';
import { Nginx } from '../lib/nginx.mjs';
import { Server } from '../lib/server.mjs';
import { eventually } from '../lib/wait.mjs';

let server;
let nginx;
let port;

before(async () => {
  server = await Server.start({
    workers: 2,
    environment: {
      WEBSOCKET_TRUSTED_PROXIES: '127.0.0.1/32', WEBSOCKET_LOG_LEVEL: 'debug', WEBSOCKET_LIMIT_CONNECTIONS_PER_ADDRESS: 2,
    },
  });
  nginx = await Nginx.start({
    location: `
            proxy_pass http://127.0.0.1:${server.port};
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection "upgrade";
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-For $http_x_test_address;
            proxy_read_timeout 60s;`,
  });
  port = nginx.port;
});
after(async () => {
  closeClients();
  await nginx.stop();
  await server.stop();
});

const from = (address, options = {}) => ({ port, headers: { 'X-Test-Address': address }, ...options });

test('pusher-js works through nginx', async () => {
  const client = pusher({ ...server, key: server.key, secret: server.secret, port });
  const channel = await subscribed(client, 'proxied');
  const received = bound(channel, 'through');
  assert.equal(await server.publish('proxied', 'through'), 1);
  await received;
});

test('a backend publishes through nginx, which says that it upgrades every connection', async () => {
  const client = await Client.greeted(server, from('203.0.113.40'));
  await client.subscribe('backend');
  const agent = keepAlive(2);
  const backend = sdk(server, { port, agent });
  for (let number = 0; number < 20; number++) {
    assert.equal(await (await backend.trigger('backend', 'number', 'x'.repeat(number * 5000))).text(), '{}');
    assert.equal((await client.expect('number', 'backend')).data.length, number * 5000);
  }
  assert.deepEqual(await (await backend.get({ path: '/channels/backend', params: { info: 'subscription_count' } })).json(), {
    occupied: true, subscription_count: 1,
  });
  await assert.rejects(backend.trigger('backend', 'large', 'x'.repeat(110_000)), { status: 413, body: /content of this event/ });
  agent.destroy();
});

test('whoever comes through a proxy is not local: the api_key alone lets nobody broadcast', async () => {
  const body = JSON.stringify({ channel: 'proxied', event: 'e', data: {}, api_key: server.key });
  const headers = { 'Content-Type': 'application/json', 'X-Test-Address': '127.0.0.1' };
  const answer = await fetch(`http://127.0.0.1:${port}/api/broadcast`, { method: 'POST', body, headers });
  assert.equal(answer.status, 401);
  assert.match((await answer.json()).error, /api_key suffices only/);
  assert.equal((await fetch(`http://127.0.0.1:${port}/metrics`, { headers })).status, 401);
  assert.equal((await fetch(`http://127.0.0.1:${port}/up`)).status, 200);
});

test('the log shows the address of the client, and that it is not local', async () => {
  const client = await Client.open(server, from('203.0.113.7'));
  await client.next();
  const line = await server.logged(/203\.0\.113\.7/);
  assert.equal(line.client, '203.0.113.7');
  assert.equal(line.local, 'no');
});

test('connections per address count the address that the proxy names', async () => {
  const clients = [];
  for (let count = 0; count < 2; count++) {
    const client = await Client.open(server, from('203.0.113.8'));
    assert.equal((await client.next()).event, 'pusher:connection_established');
    clients.push(client);
  }
  const third = await Client.open(server, from('203.0.113.8'));
  await third.closedWith(4004);
  const other = await Client.open(server, from('203.0.113.9'));
  assert.equal((await other.next()).event, 'pusher:connection_established');
});

test('of several addresses the last that is no trusted proxy counts', async () => {
  const client = await Client.open(server, from('198.51.100.1, 203.0.113.20, 127.0.0.1'));
  await client.next();
  const line = await server.logged(/203\.0\.113\.20/);
  assert.equal(line.client, '203.0.113.20');
});

test('a direct connection from this machine is local, one with an Origin is not', async () => {
  await Client.greeted(server);
  assert.equal((await server.logged(/"client":"[0-9.]+","local":"yes"/)).client, '127.0.0.1');
  const seen = server.log.length;
  await Client.greeted(server, { origin: 'http://evil.example' });
  await eventually(() => /"local":"no"/.test(server.log.slice(seen)), 'a client that is not local');
});

test('nobody but a trusted proxy may name an address', async () => {
  const strict = await Server.start({ environment: { WEBSOCKET_LOG_LEVEL: 'debug' } });
  await Client.greeted(strict, { headers: { 'X-Forwarded-For': '203.0.113.50', Forwarded: 'for=203.0.113.51' } });
  const line = await strict.logged(/"client":"127\.0\.0\.1","local"/);
  assert.equal(line.local, 'no');
  assert.ok(!/203\.0\.113\.5/.test(strict.log));
  await strict.stop();
});
