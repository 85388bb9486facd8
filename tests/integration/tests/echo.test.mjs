// Laravel Echo as a page uses it, unmodified, over an unmodified pusher-js that it makes by itself. Its tokens come
// from an endpoint as Laravel's /broadcasting/auth is, made with the server SDK.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import Echo from 'laravel-echo';
import Pusher from 'pusher-js';
import { sdk } from '../lib/sdk.mjs';
import { Server } from '../lib/server.mjs';
import { Inbox, eventually, within } from '../lib/wait.mjs';

// Where Echo looks for it in a page.
globalThis.window = { Pusher };

const masterKey = randomBytes(32).toString('base64');
let server;
let backend;
let endpoint;
before(async () => {
  server = await Server.start({ workers: 2 });
  backend = sdk(server, { encryptionMasterKeyBase64: masterKey });
  endpoint = createServer(answerToken);
  await new Promise((resolve) => endpoint.listen(0, '127.0.0.1', resolve));
});
after(async () => {
  endpoint.close();
  endpoint.closeAllConnections();
  await server.stop();
});

/** Answers as Laravel does: a token, or 403. "wrong" channels get a token that is none. */
async function answerToken(request, response) {
  const parts = [];
  for await (const part of request) {
    parts.push(part);
  }
  const form = new URLSearchParams(Buffer.concat(parts).toString());
  const [socketId, channel] = [form.get('socket_id'), form.get('channel_name')];
  const user = request.headers['x-user'];
  if (channel.includes('forbidden')) {
    response.writeHead(403, { 'Content-Type': 'application/json' }).end('{"message":"This action is unauthorized."}');
    return;
  }
  const member = channel.startsWith('presence-') ? { user_id: user, user_info: { name: `User ${user}` } } : undefined;
  const token = channel.includes('wrong') ? { auth: `${server.key}:${'0'.repeat(64)}` } : backend.authorizeChannel(socketId, channel, member);
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(token));
}

/** An inbox, and what fills it: the first argument of a callback, or more in a list. */
function listener(count = 1) {
  const inbox = new Inbox();
  return [inbox, (...data) => inbox.push(count === 1 ? data[0] : data.slice(0, count))];
}

/** Waits until a channel of Echo is subscribed. */
const subscribed = (channel) => within(new Promise((resolve, reject) => channel.subscribed(() => resolve(channel)).error(reject)), 'a subscription');

for (const broadcaster of ['pusher', 'reverb']) {
  describe(`laravel-echo, broadcaster "${broadcaster}"`, () => {
    const open = [];
    after(() => open.forEach((echo) => echo.disconnect()));

    /** Echo as a page of that user makes it. */
    const page = (user) => {
      const echo = new Echo({
        broadcaster, key: server.key, wsHost: '127.0.0.1', wsPort: server.port, wssPort: server.port, forceTLS: false,
        enabledTransports: ['ws', 'wss'], cluster: broadcaster === 'pusher' ? 'mt1' : undefined,
        authEndpoint: `http://127.0.0.1:${endpoint.address().port}/broadcasting/auth`, auth: { headers: { 'X-User': user } },
      });
      open.push(echo);
      return echo;
    };

    test('a public channel: events of a class, events with a name, all of them', async () => {
      const [shipped, onShipped] = listener();
      const [named, onNamed] = listener();
      const [all, onAll] = listener(2);
      const channel = page('1').channel('orders').listen('OrderShipped', onShipped).listen('.notice', onNamed).listenToAll(onAll);
      await subscribed(channel);
      await backend.trigger('orders', 'App\\Events\\OrderShipped', { id: 7 });
      await backend.trigger('orders', 'notice', { text: 'ä' });
      assert.deepEqual(await shipped.next(), { id: 7 });
      assert.deepEqual(await named.next(), { text: 'ä' });
      assert.deepEqual([await all.next(), await all.next()], [['OrderShipped', { id: 7 }], ['.notice', { text: 'ä' }]]);
      channel.stopListening('.notice', onNamed);
      await backend.trigger('orders', 'notice', {});
      await backend.trigger('orders', 'App\\Events\\OrderShipped', { id: 8 });
      assert.deepEqual(await shipped.next(), { id: 8 });
      assert.deepEqual(named.pending, []);
    });

    test('a private channel, and notifications on it', async () => {
      const [shipped, onShipped] = listener();
      const [notified, onNotified] = listener();
      await subscribed(page('1').private('App.Models.User.1').listen('OrderShipped', onShipped).notification(onNotified));
      await backend.trigger('private-App.Models.User.1', 'App\\Events\\OrderShipped', { id: 1 });
      await backend.trigger('private-App.Models.User.1', 'Illuminate\\Notifications\\Events\\BroadcastNotificationCreated', { id: 'n', type: 'Paid' });
      assert.deepEqual(await shipped.next(), { id: 1 });
      assert.deepEqual(await notified.next(), { id: 'n', type: 'Paid' });
    });

    test('an encrypted channel', async () => {
      const [read, onRead] = listener();
      await subscribed(page('1').encryptedPrivate('diary').listen('.written', onRead));
      await backend.trigger('private-encrypted-diary', 'written', { secret: 'é' });
      assert.deepEqual(await read.next(), { secret: 'é' });
    });

    test('a presence channel: who is here, who joins, who leaves', async () => {
      const room = `room-${broadcaster}`;
      const [here, onHere] = listener();
      const [joined, onJoining] = listener();
      const [left, onLeaving] = listener();
      await subscribed(page('1').join(room).here(onHere).joining(onJoining).leaving(onLeaving));
      assert.deepEqual(await here.next(), [{ name: 'User 1' }]);
      const [others, onOthers] = listener();
      const second = page('2');
      await subscribed(second.join(room).here(onOthers));
      assert.deepEqual((await others.next()).map(({ name }) => name).sort(), ['User 1', 'User 2']);
      assert.deepEqual(await joined.next(), { name: 'User 2' });
      second.leave(room);
      assert.deepEqual(await left.next(), { name: 'User 2' });
    });

    test('whispers reach the others in the channel', async () => {
      const [first, second] = await Promise.all(['1', '2'].map((user) => subscribed(page(user).private('chat'))));
      const [heard, onHeard] = listener();
      const [echoed, onEchoed] = listener();
      first.listenForWhisper('typing', onEchoed);
      second.listenForWhisper('typing', onHeard);
      first.whisper('typing', { name: 'Ada' });
      assert.deepEqual(await heard.next(), { name: 'Ada' });
      assert.deepEqual(echoed.pending, []);
    });

    test('toOthers(): the page that asked does not hear of it', async () => {
      const pages = [page('1'), page('2')];
      const inboxes = [];
      for (const one of pages) {
        const [inbox, push] = listener();
        inboxes.push(inbox);
        await subscribed(one.channel('board').listen('.moved', push));
      }
      // Echo puts it into the X-Socket-ID of requests, and Laravel into socket_id.
      await backend.trigger('board', 'moved', { to: 'others' }, { socket_id: pages[0].socketId() });
      await backend.trigger('board', 'moved', { to: 'all' });
      assert.deepEqual(await inboxes[0].next(), { to: 'all' });
      assert.deepEqual(await inboxes[1].next(), { to: 'others' });
      assert.deepEqual(await inboxes[1].next(), { to: 'all' });
    });

    test('.error() is told what the endpoint refuses, and what the server refuses', async () => {
      const echo = page('1');
      const [forbidden, onForbidden] = listener();
      echo.private('forbidden').error(onForbidden);
      assert.deepEqual((await forbidden.next()).status, 403);
      const [wrong, onWrong] = listener();
      echo.private('wrong').error(onWrong);
      const error = await wrong.next();
      assert.deepEqual([error.type, error.status], ['AuthError', 401]);
      assert.match(error.error, /Invalid signature/);
      await subscribed(echo.channel('still-there'));
    });

    test('leaving a channel, and going away', async () => {
      const echo = page('1');
      const name = `left-${broadcaster}`;
      const occupied = async () => (await (await backend.get({ path: `/channels/${name}` })).json()).occupied;
      await subscribed(echo.channel(name));
      assert.equal(echo.connectionStatus(), 'connected');
      assert.equal(await occupied(), true);
      echo.leaveChannel(name);
      await eventually(async () => !(await occupied()), 'an empty channel');
      await subscribed(echo.channel(name));
      echo.disconnect();
      await eventually(async () => !(await occupied()), 'an empty channel');
    });
  });
}
