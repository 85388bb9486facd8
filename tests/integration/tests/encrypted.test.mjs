// Encrypted channels: what one end has encrypted, an unmodified pusher-js decrypts; the server passes it on.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import nacl from 'tweetnacl';
import { Client, closeClients, eventsOf, pusher, sign, subscribed } from '../lib/clients.mjs';
import { Server } from '../lib/server.mjs';

const master = randomBytes(32);
const secretOf = (channel) => createHash('sha256').update(channel).update(master).digest();
const encrypt = (channel, data) => {
  const nonce = randomBytes(24);
  const ciphertext = nacl.secretbox(Buffer.from(JSON.stringify(data)), nonce, secretOf(channel));
  return { nonce: nonce.toString('base64'), ciphertext: Buffer.from(ciphertext).toString('base64') };
};

describe('encrypted channels', () => {
  let server;
  before(async () => (server = await Server.start({ workers: 2 })));
  after(async () => {
    closeClients();
    await server.stop();
  });

  const reader = () => pusher(server, {
    authorizer: (_, socketId, channel) => ({
      auth: sign(server, socketId, channel), shared_secret: secretOf(channel).toString('base64'),
    }),
  });

  test('what was encrypted arrives readable', async () => {
    const channel = await subscribed(reader(), 'private-encrypted-a');
    const events = eventsOf(channel);
    await server.publish('private-encrypted-a', 'secret', encrypt('private-encrypted-a', { n: 1, text: 'é' }));
    assert.deepEqual(await events.next(), ['secret', { n: 1, text: 'é' }]);
  });

  test('what is cached is readable for who comes later', async () => {
    await server.publish('private-encrypted-cache-a', 'secret', encrypt('private-encrypted-cache-a', { n: 2 }));
    const client = reader();
    const events = eventsOf(client.subscribe('private-encrypted-cache-a'));
    assert.deepEqual(await events.until(([event]) => event === 'secret'), ['secret', { n: 2 }]);
  });

  test('the server changes no byte of it', async () => {
    const client = await Client.greeted(server);
    await client.subscribe('private-encrypted-b');
    const data = encrypt('private-encrypted-b', 'x');
    await server.publish('private-encrypted-b', 'secret', data);
    assert.equal((await client.expect('secret', 'private-encrypted-b')).data, JSON.stringify(data));
  });
});
