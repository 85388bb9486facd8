// The port speaks TLS when a certificate is configured.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import tls from 'node:tls';
import { Client, Raw, bound, closeClients, eventsOf, pusher, subscribed } from '../lib/clients.mjs';
import { CERTIFICATES } from '../lib/certificates.mjs';
import { Server } from '../lib/server.mjs';
import { within } from '../lib/wait.mjs';

const at = (name) => join(CERTIFICATES, name);
let server;
before(async () => {
  server = await Server.start({
    workers: 2,
    environment: {
      WEBSOCKET_SSL_CERT_FILE: at('server.crt'),
      WEBSOCKET_SSL_KEY_FILE: at('server.key'),
    },
  });
});
after(async () => {
  closeClients();
  await server.stop();
});

/** A TLS connection of these options. */
function handshake(options, { port } = server) {
  const socket = tls.connect({ port, host: '127.0.0.1', ...options });
  return within(new Promise((resolve, reject) => {
    socket.once('secureConnect', () => resolve(socket));
    socket.once('error', reject);
  }), 'a TLS handshake');
}

test('pusher-js over wss, the certificate verified', async () => {
  const client = pusher(server, { forceTLS: true, user: { user_id: '1' } });
  const channel = await subscribed(client, 'presence-secure');
  const events = eventsOf(channel);
  for (let number = 0; number < 200; number++) {
    await server.publish('presence-secure', 'number', { number });
  }
  for (let number = 0; number < 200; number++) {
    assert.deepEqual(await events.next(), ['number', { number }]);
  }
});

test('large messages over wss arrive whole and in order', async () => {
  const client = await Client.greeted(server, { tls: true });
  await client.subscribe('large');
  for (let number = 0; number < 10; number++) {
    await server.publish('large', 'big', { number, filler: 'x'.repeat(90_000) });
  }
  for (let number = 0; number < 10; number++) {
    const data = JSON.parse((await client.expect('big', 'large')).data);
    assert.equal(data.number, number);
    assert.equal(data.filler.length, 90_000);
  }
});

for (const version of ['TLSv1.2', 'TLSv1.3']) {
  test(`${version} is spoken, with HTTP/1.1 only`, async () => {
    const socket = await handshake({ minVersion: version, maxVersion: version, ALPNProtocols: ['h2', 'http/1.1'] });
    assert.equal(socket.getProtocol(), version);
    assert.equal(socket.alpnProtocol, 'http/1.1');
    socket.destroy();
  });
}

test('TLS 1.1 is refused', async () => {
  await assert.rejects(handshake({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }));
});

test('a plain connection is upgraded only to be told 4000', async () => {
  const client = await Client.open(server);
  await client.closedWith(4000);
});

test('pusher-js without TLS finds its way to TLS', async () => {
  const client = pusher(server);
  const channel = client.subscribe('switched');
  await bound(channel, 'pusher:subscription_succeeded', 'a subscription over TLS', 20_000);
  const received = bound(channel, 'here');
  await server.publish('switched', 'here');
  await received;
});

// A server of their own: all others get the time that a machine needs that stands still for a while.
describe('the handshake time', () => {
  const LONGEST = 9000; // by default it would be ten seconds
  let impatient;
  before(async () => {
    impatient = await Server.start({
      environment: {
        WEBSOCKET_LIMIT_HANDSHAKE_TIME: 3000,
        WEBSOCKET_SSL_CERT_FILE: at('server.crt'),
        WEBSOCKET_SSL_KEY_FILE: at('server.key'),
      },
    });
  });
  after(() => impatient.stop());

  for (const [name, bytes] of Object.entries({
    'nothing': [],
    'a byte of a handshake': [0x16],
    'half a handshake': [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00],
  })) {
    test(`a client that sends ${name} is cut off after it`, async () => {
      const raw = await Raw.open(impatient);
      raw.write(Buffer.from(bytes));
      await raw.ended('a close', LONGEST);
    });
  }

  for (const text of ['', 'GET /app/x HT']) {
    test(`a client that is silent after TLS and "${text}" is cut off after it`, async () => {
      const socket = await handshake({}, impatient);
      socket.resume();
      socket.write(text);
      await within(new Promise((resolve) => socket.once('close', resolve)), 'a close', LONGEST);
    });
  }

  test('a client that drips its headers over TLS is cut off after it', async () => {
    const socket = await handshake({}, impatient);
    socket.resume();
    socket.on('error', () => {});
    const drip = setInterval(() => socket.write('x'), 20);
    await within(new Promise((resolve) => socket.once('close', resolve)), 'a close', LONGEST).finally(() => clearInterval(drip));
  });
});

test('rubbish instead of a handshake harms nobody', async () => {
  const raw = await Raw.open(server);
  raw.write(Buffer.from([0x16, 0x03, 0x01, 0xff, 0xff, 0x01, 0x02, 0x03]));
  raw.write(Buffer.alloc(70_000, 0x41));
  await raw.ended('a close');
  await (await Client.greeted(server, { tls: true })).works();
});

test('an unknown key over TLS: 4001', async () => {
  const client = await Client.open(server, { tls: true, path: '/app/unknown' });
  await client.closedWith(4001);
});

test('SIGTERM over TLS: clients get 4200', async () => {
  const client = await Client.greeted(server, { tls: true });
  server.signal('SIGTERM');
  await client.closedWith(4200);
  assert.deepEqual(await server.ended(), { code: 0, signal: null });
  await server.launch();
});
