// A project as Laravel Reverb or soketi left it: the same clients, the same backend, another server.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import Pusher from 'pusher';
import { bound, closeClients, pusher, subscribed } from '../lib/clients.mjs';
import { makeProjectOf } from '../lib/project.mjs';
import { Server, artisan } from '../lib/server.mjs';

after(closeClients);

for (const name of ['reverb', 'soketi']) {
  test(`${name}: the server starts with its variables`, async (context) => {
    const server = await Server.start({ project: await makeProjectOf(name) });
    context.after(() => server.stop());
    assert.equal((await server.status()).port, server.port);
    const { stdout } = await artisan(server.project, 'websocket:keys', '--show');
    assert.equal(stdout.trim(), server.key);
  });

  test(`${name}: pusher-js connects, subscribes with the app's tokens and gets what PHP publishes`, async (context) => {
    const server = await Server.start({ project: await makeProjectOf(name) });
    context.after(() => server.stop());
    const channel = await subscribed(pusher(server), 'private-orders');
    const received = bound(channel, 'shipped');
    assert.equal(await server.publish('private-orders', 'shipped', { id: 7 }), 1);
    assert.deepEqual(await received, { id: 7 });
  });

  test(`${name}: the server library publishes and asks as before`, async (context) => {
    const server = await Server.start({ project: await makeProjectOf(name) });
    context.after(() => server.stop());
    const backend = new Pusher({
      appId: server.project.appId, key: server.key, secret: server.secret, host: '127.0.0.1', port: String(server.port), useTLS: false,
    });
    const channel = await subscribed(pusher(server), 'orders');
    const received = bound(channel, 'shipped');
    assert.equal((await backend.trigger('orders', 'shipped', { id: 7 })).status, 200);
    assert.deepEqual(await received, { id: 7 });
    const { channels } = await (await backend.get({ path: '/channels' })).json();
    assert.deepEqual(Object.keys(channels), ['orders']);
    await assert.rejects(backend.trigger('orders', 'shipped', 'x'.repeat(400_000)), { status: 413 });
  });

  test(`${name}: clients send events to each other`, async (context) => {
    const server = await Server.start({ project: await makeProjectOf(name) });
    context.after(() => server.stop());
    const first = await subscribed(pusher(server), 'private-room');
    const second = await subscribed(pusher(server), 'private-room');
    const received = bound(second, 'client-typing');
    assert.ok(first.trigger('client-typing', { who: 'Ada' }));
    assert.deepEqual(await received, { who: 'Ada' });
  });
}
