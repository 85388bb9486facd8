// Several apps in one server, each with its own SDK and its own clients; and what a reload changes about them
// while everybody stays connected: new keys, other apps, other limits.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { refusal, sdk } from '../lib/sdk.mjs';
import { Client, closeClients, eventsOf, pusher, reached, signedIn, subscribed } from '../lib/clients.mjs';
import { Server, artisan } from '../lib/server.mjs';

after(closeClients);

const keys = () => ({ key: randomBytes(10).toString('hex'), secret: randomBytes(20).toString('hex') });

/** Apps as the list in config/websocket.php has them. */
const configuration = (...apps) => `<?php return json_decode(${JSON.stringify(JSON.stringify({ apps }))}, true);`;

/** A server as clients of that app see it. */
const as = (server, app) => ({ ...app, port: server.port });

/** A server with apps beside its first one, each { id, key, secret, … }. */
const startWith = (...apps) => Server.start({ workers: 2, configuration: configuration(...apps) });

async function reload(server, ...apps) {
  writeFileSync(join(server.project.folder, 'config/websocket.php'), configuration(...apps));
  const { code, stderr } = await artisan(server.project, 'websocket:reload');
  assert.equal(code, 0, stderr);
}

/** A frame-by-frame client in a channel. */
async function subscriber(server, channel, user = null) {
  const client = await Client.greeted(server);
  await client.subscribe(channel, user);
  return client;
}

test('clients and backends of an app have nothing to do with those of another', async () => {
  const apps = ['shop', 'blog'].map((id) => ({ id, appId: id, ...keys() }));
  const server = await startWith(...apps.map(({ appId, ...app }) => app));
  const all = [{ appId: '1', key: server.key, secret: server.secret }, ...apps];
  const worlds = [];
  for (const app of all) {
    const clients = await Promise.all([1, 2].map(() => subscriber(as(server, app), 'presence-news', { user_id: app.appId })));
    const user = await signedIn(as(server, app), { id: 'ann' });
    worlds.push({ app, clients, user, said: eventsOf(user.user), backend: sdk(server, { app }) });
  }
  for (const { app, backend } of worlds) {
    await backend.trigger('presence-news', 'said', { to: app.appId });
    await backend.sendToUser('ann', 'hello', { from: app.appId });
  }
  for (const { app, clients, said, backend } of worlds) {
    for (const client of clients) {
      assert.equal((await client.expect('said', 'presence-news')).data, JSON.stringify({ to: app.appId }));
    }
    assert.deepEqual(await said.next(), ['hello', { from: app.appId }]);
    assert.deepEqual(await (await backend.get({ path: '/channels', params: { filter_by_prefix: 'presence-', info: 'user_count' } })).json(), {
      channels: { 'presence-news': { user_count: 1 } },
    });
    assert.deepEqual(await (await backend.get({ path: '/channels/presence-news/users' })).json(), { users: [{ id: app.appId }] });
  }
  // The facade speaks for the first app.
  assert.equal(await server.publish('presence-news', 'mine', {}), 2);
  await worlds[0].clients[0].expect('mine', 'presence-news');
  worlds[1].clients[0].send({ event: 'client-whisper', channel: 'presence-news', data: {} });
  await worlds[1].clients[1].expect('client-whisper', 'presence-news');
  await worlds[1].backend.terminateUserConnections('ann');
  await reached(worlds[1].user, 'disconnected');
  assert.deepEqual([worlds[0].user, worlds[2].user].map((user) => user.connection.state), ['connected', 'connected']);
  await Promise.all([worlds[0].clients[0], worlds[1].clients[0], ...worlds[2].clients].map((client) => client.works()));
  // Tokens of one app are none in another.
  const stranger = await Client.greeted(as(server, apps[0]));
  stranger.server = as(server, apps[1]);
  stranger.ask('private-a', { auth: `${apps[0].key}:${'0'.repeat(64)}` });
  assert.match(await stranger.refused(null), /Invalid signature/);
  await stranger.expect('pusher:subscription_error', 'private-a');
  await server.stop();
});

describe('new keys without a gap', () => {
  test('as docs/apps.md has it: nobody is disconnected, and both keys count until the old one is removed', async () => {
    const server = await Server.start({ workers: 2 });
    const before = { appId: '1', key: server.key, secret: server.secret };
    const old = await subscriber(as(server, before), 'private-room');
    const page = pusher(as(server, before));
    const events = eventsOf(await subscribed(page, 'private-room'));
    const lost = [];
    page.connection.bind('disconnected', () => lost.push('disconnected'));
    page.connection.bind('connecting', () => lost.push('connecting'));
    const said = async (app, number) => {
      await sdk(server, { app }).trigger('private-room', 'said', { number });
      assert.deepEqual(await events.until(([event]) => event === 'said'), ['said', { number }]);
      await old.expect('said', 'private-room');
    };
    await said(before, 1);

    const file = join(server.project.folder, '.env');
    const lines = readFileSync(file, 'utf8');
    writeFileSync(file, `${lines}WEBSOCKET_PREVIOUS_API_KEY=${before.key}\nWEBSOCKET_PREVIOUS_SECRET_KEY=${before.secret}\n`);
    for (const command of [['websocket:keys', '--force'], ['websocket:reload']]) {
      const { code, stderr } = await artisan(server.project, ...command);
      assert.equal(code, 0, stderr);
    }
    const value = (name) => new RegExp(`^${name}=(.*)$`, 'm').exec(readFileSync(file, 'utf8'))[1];
    const now = { appId: '1', key: value('WEBSOCKET_API_KEY'), secret: value('WEBSOCKET_SECRET_KEY') };
    assert.notEqual(now.key, before.key);
    Object.assign(server.project, now);

    // Old and new clients, with old and new tokens, hear what old and new backends say.
    await said(before, 2);
    await said(now, 3);
    for (const [connects, signs] of [[before, now], [now, before], [now, now], [before, before]]) {
      const client = await Client.greeted(as(server, connects));
      client.server = as(server, signs);
      await client.subscribe('private-room');
    }
    await old.subscribe('presence-room', { user_id: '1' });
    const news = await subscriber(as(server, now), 'private-room');
    await sdk(server, { app: before }).trigger('private-room', 'both', {});
    await Promise.all([old.expect('both', 'private-room'), news.expect('both', 'private-room')]);

    writeFileSync(file, readFileSync(file, 'utf8').replace(/^WEBSOCKET_PREVIOUS_.*\n/gm, ''));
    assert.equal((await artisan(server.project, 'websocket:reload')).code, 0);
    await said(now, 4);
    assert.deepEqual(await refusal(sdk(server, { app: before }).trigger('private-room', 'e', {})), [401, `Unknown auth_key "${before.key}" for this app`]);
    const late = await Client.open(as(server, before));
    await late.refused(4001);
    await late.closedWith(4001);
    assert.deepEqual(lost, []);
    assert.equal(page.connection.state, 'connected');
    await server.stop();
  });

  test('an app of the list has its own', async () => {
    const [before, now] = [keys(), keys()];
    const server = await startWith({ id: 'shop', ...before });
    const client = await subscriber(as(server, before), 'private-a');
    const backends = [before, now].map((app) => sdk(server, { app: { appId: 'shop', ...app } }));
    await refusal(backends[1].trigger('private-a', 'e', {}));
    await reload(server, { id: 'shop', ...now, previous_key: before.key, previous_secret: before.secret });
    for (const backend of backends) {
      await backend.trigger('private-a', 'said', {});
      await client.expect('said', 'private-a');
    }
    await reload(server, { id: 'shop', ...now });
    assert.equal((await refusal(backends[0].trigger('private-a', 'e', {})))[0], 401);
    await backends[1].trigger('private-a', 'said', {});
    await client.expect('said', 'private-a');
    await server.stop();
  });
});

test('apps come and go with a reload, and the others do not notice', async () => {
  const [shop, blog] = [{ id: 'shop', ...keys() }, { id: 'blog', ...keys() }];
  const server = await startWith(shop);
  const first = await subscriber(server, 'a');
  const shopping = await subscriber(as(server, shop), 'a');
  const refused = await Client.open(as(server, blog));
  await refused.closedWith(4001);
  assert.deepEqual(await refusal(sdk(server, { app: { appId: 'blog', ...blog } }).trigger('a', 'e', {})), [404, 'There is no such app']);

  await reload(server, shop, blog);
  const blogging = await subscriber(as(server, blog), 'a');
  await sdk(server, { app: { appId: 'blog', ...blog } }).trigger('a', 'e', {});
  await blogging.expect('e', 'a');

  await reload(server, blog);
  assert.equal(await shopping.closedWith(4001), 'The app was removed');
  assert.equal((await refusal(sdk(server, { app: { appId: 'shop', ...shop } }).trigger('a', 'e', {})))[0], 404);
  await Promise.all([first.works(), blogging.works()]);
  await server.stop();
});

test('a reload disables an app and changes its limits', async () => {
  const shop = { id: 'shop', ...keys() };
  const server = await startWith(shop);
  const backend = sdk(server, { app: { appId: 'shop', ...shop } });
  const client = await subscriber(as(server, shop), 'a');
  await backend.trigger('a', 'e', 'x'.repeat(500));
  await client.expect('e', 'a');
  await reload(server, { ...shop, limits: { event_data_size: 100 } });
  assert.deepEqual(await refusal(backend.trigger('a', 'e', 'x'.repeat(500))), [413, 'The data content of this event exceeds the allowed maximum (100 bytes)']);
  await client.works();
  await reload(server, { ...shop, enabled: false });
  assert.deepEqual(await refusal(backend.trigger('a', 'e', 'x')), [403, 'The app is disabled']);
  const refused = await Client.open(as(server, shop));
  await refused.refused(4003);
  await refused.closedWith(4003);
  await server.stop();
});
