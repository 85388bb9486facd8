// Users who sign in, with an unmodified pusher-js: what is sent to them, watchlists, presence without
// channel_data, how many are subscribed, the time to be authorised, and origins.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { sdk } from '../lib/sdk.mjs';
import {
  Client, authenticate, bound, closeClients, eventsOf, pusher, reached, sign, signedIn, subscribed,
} from '../lib/clients.mjs';
import { Server } from '../lib/server.mjs';
import { Inbox, eventually } from '../lib/wait.mjs';

/** What the watchlist of a pusher-js has told, as sorted texts such as "online ann,bob". */
function watched(client) {
  const inbox = new Inbox();
  client.user.watchlist.bind_global((event, data) => inbox.push(`${event} ${[...data.user_ids].sort()}`));
  return inbox;
}

for (const workers of [1, 4]) {
  describe(`users, ${workers} worker${workers > 1 ? 's' : ''}`, () => {
    let server;
    before(async () => {
      server = await Server.start({
        workers, environment: { WEBSOCKET_SUBSCRIPTION_COUNT: 'true', WEBSOCKET_LIMIT_WATCHLIST_LENGTH: 3 },
      });
    });
    after(async () => {
      closeClients();
      await server.stop();
    });

    test('what is sent to a user reaches all their clients and nobody else', async () => {
      const clients = await Promise.all(['ann', 'ann', 'bob'].map((id) => signedIn(server, { id })));
      const inboxes = clients.map((client) => eventsOf(client.user));
      assert.equal(clients[0].user.user_data.id, 'ann');
      assert.equal(await server.publish('#server-to-user-ann', 'hello', { n: 1 }), 2);
      assert.equal(await server.publish('#server-to-user-bob', 'hello', { n: 2 }), 1);
      assert.equal(await server.publish('#server-to-user-nobody', 'hello', {}), 0);
      assert.deepEqual(await inboxes[0].next(), ['hello', { n: 1 }]);
      assert.deepEqual(await inboxes[1].next(), ['hello', { n: 1 }]);
      assert.deepEqual(await inboxes[2].next(), ['hello', { n: 2 }]);
      assert.ok(inboxes.every((inbox) => inbox.pending.length === 0));
    });

    test('pitfall 23: nobody hears what is sent to somebody else', async () => {
      const client = await Client.greeted(server);
      client.ask('#server-to-user-ann', { auth: '' });
      assert.match(await client.refused(null), /Sign in/);
      await client.expect('pusher:subscription_error', '#server-to-user-ann');
      await client.signIn({ id: 'eve' });
      client.ask('#server-to-user-ann', { auth: sign(server, client.socketId, '#server-to-user-ann') });
      assert.match(await client.refused(null), /Sign in/);
      await client.expect('pusher:subscription_error', '#server-to-user-ann');
      await client.works();
    });

    test('user data comes back as it was signed; a connection is one user', async () => {
      const client = await Client.greeted(server);
      const user = { id: 'é"', user_info: { name: 'A' } };
      assert.equal(await client.signIn(user), JSON.stringify(user));
      assert.equal(await client.signIn(user), JSON.stringify(user));
      client.send({ event: 'pusher:signin', data: authenticate(server, client.socketId, { id: 'other' }) });
      assert.match(await client.refused(null), /already signed in/);
      await client.works();
    });

    test('sign-in is refused without the right signature, and the connection stays', async () => {
      const client = await Client.greeted(server);
      const data = authenticate(server, client.socketId, { id: 'ann' });
      client.send({ event: 'pusher:signin', data: { ...data, user_data: '{"id":"eve"}' } });
      assert.match(await client.refused(null), /Invalid signature/);
      client.send({ event: 'pusher:signin', data: authenticate(server, '1.1', { id: 'ann' }) });
      assert.match(await client.refused(null), /Invalid signature/);
      client.send({ event: 'pusher:signin', data: { auth: data.auth } });
      assert.match(await client.refused(null), /Missing parameter: data\.user/);
      client.send({ event: 'pusher:signin', data: authenticate(server, client.socketId, { id: 7 }) });
      assert.match(await client.refused(null), /id must be a non-empty string/);
      assert.equal(await client.signIn({ id: 'ann' }), '{"id":"ann"}');
    });

    test('pitfall 28: watchlist events reach pusher-js', async () => {
      const bob = await signedIn(server, { id: 'w-bob' });
      const watcher = pusher(server, { account: { id: 'w-ann', watchlist: ['w-bob', 'w-cid', 'w-bob'] } });
      const told = watched(watcher);
      watcher.signin();
      assert.equal(await told.next(), 'online w-bob');
      assert.equal(await told.next(), 'offline w-cid');
      const cid = [await signedIn(server, { id: 'w-cid' }), await signedIn(server, { id: 'w-cid' })];
      assert.equal(await told.next(), 'online w-cid');
      cid[0].disconnect();
      bob.disconnect();
      assert.equal(await told.next(), 'offline w-bob');
      cid[1].disconnect();
      assert.equal(await told.next(), 'offline w-cid');
      assert.deepEqual(told.pending, []);
    });

    test('pitfall 26: ending the connections of a user misses none', async () => {
      const watcher = pusher(server, { account: { id: 't-watcher', watchlist: ['t-ann'] } });
      const told = watched(watcher);
      watcher.signin();
      assert.equal(await told.next(), 'offline t-ann');
      const clients = await Promise.all(Array.from({ length: 9 }, () => signedIn(server, { id: 't-ann' })));
      const other = await signedIn(server, { id: 't-bob' });
      const member = await Client.greeted(server);
      await member.subscribe('presence-t', { user_id: 't-ann' });
      assert.equal(await told.next(), 'online t-ann');
      const errors = clients.map((client) => bound(client.connection, 'error'));
      assert.equal((await sdk(server).terminateUserConnections('t-ann')).status, 200);
      for (const error of await Promise.all(errors)) {
        assert.deepEqual(error.data, { code: 4009, message: 'You got disconnected by the app.' });
      }
      await Promise.all(clients.map((client) => reached(client, 'disconnected')));
      assert.equal(await told.next(), 'offline t-ann');
      await member.works();
      assert.equal(other.connection.state, 'connected');
      assert.equal((await sdk(server).terminateUserConnections('nobody')).status, 200);
    });

    test('of a watchlist that is too long the first users are kept', async () => {
      const client = await Client.greeted(server);
      await client.signIn({ id: 'l', watchlist: ['l1', 'l2', 'l3', 'l4'] });
      assert.match(await client.refused(4302), /the first 3 are watched/);
      const { data } = await client.expect('pusher_internal:watchlist_events');
      assert.deepEqual(JSON.parse(data), { events: [{ name: 'offline', user_ids: ['l1', 'l2', 'l3'] }] });
    });

    test('a user needs no channel_data to be a member', async () => {
      const watcher = await subscribed(pusher(server, { user: { user_id: 'p-bob' } }), 'presence-p');
      const events = eventsOf(watcher);
      const ann = pusher(server, {
        account: { id: 'p-ann', user_info: { name: 'Ann' } },
        authorizer: (_, socketId, channel) => ({ auth: sign(server, socketId, channel) }),
      });
      ann.signin();
      const channel = await subscribed(ann, 'presence-p');
      assert.equal(channel.members.count, 2);
      assert.deepEqual(channel.members.me, { id: 'p-ann', info: { name: 'Ann' } });
      const [, member] = await events.until(([event]) => event === 'pusher:member_added');
      assert.deepEqual(member, { id: 'p-ann', info: { name: 'Ann' } });
    });

    test('pitfall 28: pusher-js knows how many are subscribed', async () => {
      const first = await subscribed(pusher(server), 'counted');
      await eventually(() => first.subscriptionCount === 1, 'one subscriber');
      const events = eventsOf(first);
      const other = pusher(server);
      const second = await subscribed(other, 'counted');
      assert.deepEqual((await events.next())[1], { subscription_count: 2 });
      await eventually(() => second.subscriptionCount === 2, 'two subscribers');
      other.disconnect();
      assert.deepEqual(await events.next(), ['pusher:subscription_count', { subscription_count: 1 }]);
    });

    test('a client signs in again after it has lost its connection', async () => {
      const client = await signedIn(server, { id: 'again' });
      const inbox = eventsOf(client.user);
      client.disconnect();
      client.connect();
      await reached(client, 'connected');
      // At first it may only reach the connection that was left.
      await eventually(async () => {
        await server.publish('#server-to-user-again', 'hello', {});
        return inbox.pending.length > 0;
      }, 'an event in the channel of the user');
      assert.equal((await inbox.next())[0], 'hello');
    });
  });
}

describe('who may stay', () => {
  after(closeClients);

  test('pitfall 24: signing in or a guarded channel in time, or 4009', async () => {
    const server = await Server.start({ environment: { WEBSOCKET_AUTHORIZED_TIME: 8 } });
    const [idle, user, member] = await Promise.all([1, 2, 3].map(() => Client.greeted(server)));
    await user.signIn({ id: 'ann' });
    await member.subscribe('private-a');
    await idle.subscribe('public');
    const client = pusher(server);
    await reached(client, 'connected');
    assert.match(await idle.refused(4009), /not authorized/);
    await idle.closedWith(4009);
    await reached(client, 'disconnected');
    await user.works();
    await member.works();
    await server.stop();
  });

  test('pitfall 32: pages of other origins are refused with 4009', async () => {
    const server = await Server.start({
      environment: { WEBSOCKET_ALLOWED_ORIGINS: 'https://*.example.com,http://localhost:*' },
    });
    for (const origin of ['https://a.example.com', 'http://localhost:5173', undefined]) {
      await Client.greeted(server, { origin });
    }
    for (const origin of ['https://example.com', 'http://a.example.com', 'https://a.example.com.evil.org', 'null']) {
      const client = await Client.open(server, { origin });
      assert.match(await client.refused(4009), /Origin/);
      await client.closedWith(4009);
    }
    await server.stop();
  });

  test('users may be switched off', async () => {
    const server = await Server.start({ environment: { WEBSOCKET_USER_AUTHENTICATION: 'false' } });
    const client = await Client.greeted(server);
    client.send({ event: 'pusher:signin', data: authenticate(server, client.socketId, { id: 'ann' }) });
    assert.match(await client.refused(null), /not enabled/);
    await client.works();
    await server.stop();
  });
});
