// The HTTP API behind Debian's nginx, which keeps its connections to the server for whatever comes next.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { bound, closeClients, pusher, subscribed } from '../lib/clients.mjs';
import { Api, curl, send } from '../lib/http.mjs';
import { Nginx } from '../lib/nginx.mjs';
import { Server } from '../lib/server.mjs';
import { eventually } from '../lib/wait.mjs';

let server;
let nginx;
let api;

before(async () => {
  server = await Server.start({
    workers: 2, environment: { WEBSOCKET_TRUSTED_PROXIES: '127.0.0.1/32', WEBSOCKET_HTTP_TRUSTED: '203.0.113.0/24' },
  });
  nginx = await Nginx.start({
    http: `
    map $http_upgrade $connection_upgrade {
        default upgrade;
        ''      '';
    }
    upstream ody_websocket {
        server 127.0.0.1:${server.port};
        keepalive 1;
    }`,
    location: `
            proxy_pass http://ody_websocket;
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-For $http_x_test_address;`,
  });
  api = new Api(server, { port: nginx.port });
});
after(async () => {
  closeClients();
  await nginx.stop();
  await server.stop();
});

async function metric(name) {
  const { text } = await curl(`http://127.0.0.1:${server.port}/metrics`);
  return Number(text.match(new RegExp(`^${name} (\\d+)$`, 'm'))[1]);
}

test('a connection that carried requests carries a WebSocket next', async () => {
  for (let round = 0; round < 5; round++) {
    assert.deepEqual(await api.post('/events', { name: 'e', data: '1', channel: 'cache-c' }), {});
    await eventually(async () => (await metric('ody_http_connections')) === 2, 'the one that nginx keeps');
    const channel = await subscribed(pusher({ key: server.key, secret: server.secret, port: nginx.port }), 'proxied');
    const received = bound(channel, 'through');
    await eventually(async () => (await metric('ody_http_connections')) === 1, 'the one that is a WebSocket now');
    assert.deepEqual(await api.post('/events', { name: 'through', data: '{"round":1}', channel: 'proxied' }), {});
    assert.deepEqual(await received, { round: 1 });
  }
});

test('a request that was forwarded is not local, unless the proxy says so', async () => {
  const broadcast = (address) => send({
    port: nginx.port, method: 'POST', path: '/api/broadcast',
    body: JSON.stringify({ channel: 'cache-c', event: 'e', data: 1, api_key: server.key }),
    headers: { Host: 'localhost', ...(address ? { 'X-Test-Address': address } : {}) },
  });
  assert.equal((await broadcast('198.51.100.7')).status, 401);
  assert.equal((await broadcast('203.0.113.7')).status, 200);
  assert.equal((await broadcast('203.0.113.7, 198.51.100.7')).status, 401);
  const metrics = async (address) => (await send({ port: nginx.port, path: '/metrics', headers: { 'X-Test-Address': address } })).status;
  assert.equal(await metrics('198.51.100.7'), 401);
  assert.equal(await metrics('203.0.113.7'), 200);
});

test('a large answer and a large request come through', async () => {
  const channels = Array.from({ length: 50 }, (_, index) => `cache-${'x'.repeat(140)}-${index}`);
  assert.deepEqual(await api.post('/events', { name: 'e', data: 'y'.repeat(10_000), channels }), {});
  const { cache } = await api.get(`/channels/${channels[49]}`, { info: 'cache' });
  assert.equal(cache.data.length, 10_000);
});
