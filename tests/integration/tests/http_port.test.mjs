// The HTTP API on a port of its own: plain, behind TLS, and kept through reload and restart.
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CERTIFICATES, makeCertificates } from '../lib/certificates.mjs';
import { Client, closeClients } from '../lib/clients.mjs';
import { Api, curl, send } from '../lib/http.mjs';
import { freePort } from '../lib/project.mjs';
import { Server } from '../lib/server.mjs';
import { eventually } from '../lib/wait.mjs';

after(closeClients);

test('a port of its own: the WebSocket port serves nothing else', async () => {
  const port = await freePort();
  const server = await Server.start({ environment: { WEBSOCKET_HTTP_PORT: port } });
  const api = new Api(server, { port });
  assert.deepEqual(await api.post('/events', { name: 'e', data: '1', channel: 'cache-c' }), {});
  assert.equal((await send({ port: server.port, path: '/up' })).status, 404);
  await Client.greeted(server);
  const before = await server.enginePid();
  server.signal('SIGUSR2');
  await eventually(async () => (await server.enginePid()) !== before, 'another engine');
  assert.equal((await send({ port, path: '/up' })).status, 200);
  await server.stop();
});

test('an address of its own', async () => {
  const port = await freePort();
  const server = await Server.start({ environment: { WEBSOCKET_HTTP_LISTEN: `127.0.0.2:${port}` } });
  assert.equal((await curl(`http://127.0.0.2:${port}/up`)).text, '{"health":"OK"}');
  await assert.rejects(send({ port, path: '/up' }), { code: 'ECONNREFUSED' });
  await server.stop();
});

test('with TLS the same certificate, and a new one without losing a connection', async () => {
  const port = await freePort();
  const folder = join(CERTIFICATES, 'http-api');
  const own = join(CERTIFICATES, 'http-api-in-use');
  makeCertificates(folder);
  makeCertificates(own);
  const server = await Server.start({
    environment: {
      WEBSOCKET_HTTP_PORT: port, WEBSOCKET_SSL_CERT_FILE: join(own, 'server.crt'), WEBSOCKET_SSL_KEY_FILE: join(own, 'server.key'),
    },
  });
  const [first, second] = [readFileSync(join(own, 'ca.crt')), readFileSync(join(folder, 'ca.crt'))];
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: first });
  const kept = new Api(server, { port, agent, tls: { ca: first } });
  assert.deepEqual(await kept.post('/events', { name: 'e', data: '1', channel: 'cache-c' }), {});
  assert.equal((await curl('--cacert', join(own, 'ca.crt'), `https://127.0.0.1:${port}/up`)).status, 200);
  await assert.rejects(curl(`https://127.0.0.1:${port}/up`));
  copyFileSync(join(folder, 'server.crt'), join(own, 'server.crt'));
  copyFileSync(join(folder, 'server.key'), join(own, 'server.key'));
  server.signal('SIGUSR1');
  await eventually(() => send({ port, path: '/up', tls: { ca: second } }).then(() => true, () => false), 'the new certificate');
  assert.deepEqual(await kept.post('/events', { name: 'e', data: '2', channel: 'cache-c' }), {});
  agent.destroy();
  await server.stop();
});

test('no HTTP API', async () => {
  const server = await Server.start({ environment: { WEBSOCKET_HTTP_ENABLED: 'false' } });
  assert.equal((await send({ port: server.port, path: '/up' })).status, 404);
  await Client.greeted(server);
  await server.stop();
});
