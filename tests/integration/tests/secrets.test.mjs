// What is secret never reaches the log, not even at its most talkative.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Client, Raw, closeClients, sign, upgradeRequest } from '../lib/clients.mjs';
import { Server } from '../lib/server.mjs';

after(closeClients);

test('neither signatures nor tokens nor messages are logged', async () => {
  const server = await Server.start({ workers: 2, environment: { WEBSOCKET_LOG_LEVEL: 'debug' } });
  const client = await Client.greeted(server, {
    query: 'protocol=7&token=token-in-the-query',
    headers: { Authorization: 'Bearer token-in-a-header', Cookie: 'session=token-in-a-cookie' },
  });
  const right = sign(server, client.socketId, 'private-a').split(':')[1];
  await client.subscribe('private-a');
  const wrong = 'dead'.repeat(16);
  client.ask('private-b', { auth: `${server.key}:${wrong}` });
  await client.refused(null);
  await client.expect('pusher:subscription_error', 'private-b');
  client.ask('presence-c', { auth: 'x', channel_data: '{"user_id":"1","user_info":{"token":"token-in-user-info"}}' });
  await client.refused(null);
  await client.expect('pusher:subscription_error', 'presence-c');
  client.send('{"event":"pusher:signin","data":{"auth":"token-in-a-sign-in"}}');
  await client.refused(null);
  client.send('token-in-broken-json');
  await client.refused(null);
  const raw = await Raw.open(server);
  raw.write(upgradeRequest(server, { path: '/app/wrong?token=token-in-a-refusal', headers: ['X-Token: token-in-a-raw-header'] }));
  await raw.until(/4001/);
  await server.publish('private-a', 'event', { token: 'token-in-an-event' });
  await client.expect('event', 'private-a');
  await server.stop();
  const log = server.log;
  assert.match(log, /"level":"debug"/);
  for (const secret of [right, wrong, server.secret]) {
    assert.ok(!log.includes(secret), 'the log holds a signature or the secret');
  }
  assert.deepEqual(log.match(/token-in-[a-z-]+/g), null);
});
