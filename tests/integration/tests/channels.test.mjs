// Channels, with one shard and with four: the same must hold wherever a connection lives.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client, authorize, bound, closeClients, eventsOf, pusher, reached, sign, subscribed } from '../lib/clients.mjs';
import { Php, Server, run } from '../lib/server.mjs';
import { EXTENSION } from '../lib/project.mjs';
import { eventually } from '../lib/wait.mjs';

const CONNECTIONS = 12; // enough that four shards have some each

for (const workers of [1, 4]) {
  describe(`${workers} worker${workers > 1 ? 's' : ''}`, () => {
    let server;
    before(async () => (server = await Server.start({ workers })));
    after(async () => {
      closeClients();
      await server.stop();
    });

    const many = () => Promise.all(Array.from({ length: CONNECTIONS }, () => Client.greeted(server)));

    test('socket ids are unique', async () => {
      const clients = await many();
      assert.equal(new Set(clients.map((client) => client.socketId)).size, CONNECTIONS);
    });

    test('every subscriber gets every message of two channels, each channel in order', async () => {
      const clients = await many();
      for (const client of clients) {
        await client.subscribe('order-a');
        await client.subscribe('order-b');
      }
      const publisher = new Php(server.project);
      const sequence = async (php, channel) => {
        for (let number = 0; number < 100; number++) {
          assert.equal(await php.call('publish', channel, 'number', { number }), CONNECTIONS);
        }
      };
      await Promise.all([sequence(server.php, 'order-a'), sequence(publisher, 'order-b')]);
      await publisher.end();
      for (const client of clients) {
        const next = { 'order-a': 0, 'order-b': 0 };
        for (let count = 0; count < 200; count++) {
          const message = await client.next();
          assert.equal(JSON.parse(message.data).number, next[message.channel]++);
        }
      }
    });

    test('who subscribes while others publish misses nothing after the confirmation', async () => {
      const first = await Client.greeted(server);
      await first.subscribe('busy');
      let publishing = true;
      let published = 0;
      const publisher = (async () => {
        while (publishing) {
          await server.publish('busy', 'number', { number: published++ });
        }
      })();
      const clients = [];
      for (let count = 0; count < CONNECTIONS; count++) {
        const client = await Client.greeted(server);
        await client.subscribe('busy');
        clients.push(client);
      }
      await eventually(() => published > 200, '200 messages');
      publishing = false;
      await publisher;
      for (const client of [first, ...clients]) {
        let expected = JSON.parse((await client.expect('number', 'busy')).data).number + 1;
        for (; expected < published; expected++) {
          assert.equal(JSON.parse((await client.expect('number', 'busy')).data).number, expected);
        }
      }
    });

    test('one publish reaches all its channels, and each subscriber counts', async () => {
      const [a, b] = [await Client.greeted(server), await Client.greeted(server)];
      await a.subscribe('multi-1');
      await a.subscribe('multi-2');
      await b.subscribe('multi-2');
      assert.equal(await server.php.call('publishToChannels', ['multi-1', 'multi-2', 'multi-missing'], 'all', []), 3);
      const channels = [(await a.next()).channel, (await a.next()).channel];
      assert.deepEqual(channels.sort(), ['multi-1', 'multi-2']);
      await b.expect('all', 'multi-2');
    });

    test('a channel without subscribers does not exist', async () => {
      await assert.rejects(server.publish('nobody-here', 'event'), (error) => {
        assert.equal(error.class, 'Ody\\Websocket\\Channel\\Exceptions\\ChannelNotFoundException');
        assert.match(error.message, /nobody-here/);
        return true;
      });
      assert.equal(await server.php.call('channelExists', 'nobody-here'), false);
    });

    test('PHP is told who subscribes to what', async () => {
      const client = await Client.greeted(server);
      await client.subscribe('asked');
      await client.subscribe('presence-asked', { user_id: 'u1' });
      const ask = (method, ...parameters) => server.php.call(method, ...parameters);
      assert.deepEqual(await ask('getSubscribers', 'asked'), [client.socketId]);
      assert.equal(await ask('isSubscribed', client.socketId, 'asked'), true);
      assert.equal(await ask('isSubscribed', client.socketId, 'other'), false);
      assert.equal(await ask('channelExists', 'asked'), true);
      const channels = await ask('getChannels');
      assert.equal(channels.asked.type, 'public');
      assert.equal(channels.asked.subscribers, 1);
      assert.equal(channels['presence-asked'].type, 'presence');
      client.send({ event: 'pusher:unsubscribe', data: { channel: 'asked' } });
      await client.works();
      await eventually(async () => !(await ask('channelExists', 'asked')), 'the end of the channel');
    });

    test('whisper reaches one client', async () => {
      const [a, b] = [await Client.greeted(server), await Client.greeted(server)];
      assert.equal(await server.php.call('whisper', a.socketId, 'only-you', { n: 1 }), true);
      assert.deepEqual(JSON.parse((await a.expect('only-you')).data), { n: 1 });
      assert.equal(await server.php.call('whisper', '1.1', 'only-you', {}), false);
      await b.works();
    });

    test('a publisher can leave one client out', async () => {
      const [a, b] = [await Client.greeted(server), await Client.greeted(server)];
      await a.subscribe('except');
      await b.subscribe('except');
      await server.php.call('publish', 'except', 'first', [], a.socketId);
      await server.php.call('publish', 'except', 'second', []);
      await a.expect('second', 'except');
      await b.expect('first', 'except');
      await b.expect('second', 'except');
    });

    test('two tabs of one user: added once, removed when the last one goes', async () => {
      const watcher = pusher(server, { user: { user_id: 'watcher' } });
      const room = await subscribed(watcher, 'presence-tabs');
      const events = eventsOf(room);
      const ada = { user_id: '1', user_info: { name: 'Ada' } };
      const tabs = [pusher(server, { user: ada }), pusher(server, { user: ada })];
      for (const tab of tabs) {
        const channel = await subscribed(tab, 'presence-tabs');
        assert.equal(channel.members.count, 2);
      }
      assert.deepEqual(await events.next(), ['pusher:member_added', { id: '1', info: { name: 'Ada' } }]);
      tabs[0].disconnect();
      await eventually(async () => (await server.php.call('getSubscribers', 'presence-tabs')).length === 2, 'one tab less');
      await server.publish('presence-tabs', 'marker');
      assert.equal((await events.next())[0], 'marker');
      tabs[1].disconnect();
      assert.equal((await events.next())[0], 'pusher:member_removed');
      assert.equal(room.members.count, 1);
    });

    test('the first tab\'s user_info stays, also for those who come later', async () => {
      const [a, b, c] = await Promise.all([0, 1, 2].map(() => Client.greeted(server)));
      await a.subscribe('presence-info', { user_id: 5, user_info: { name: 'first' } });
      await b.subscribe('presence-info', { user_id: '5', user_info: { name: 'second' } });
      const { presence } = await c.subscribe('presence-info', { user_id: '6' });
      assert.equal(presence.count, 2);
      assert.deepEqual([...presence.ids].sort(), ['5', '6']);
      assert.deepEqual(presence.hash, { 5: { name: 'first' }, 6: {} });
    });

    test('many tabs come and go at once: everyone agrees in the end', async () => {
      const watcher = await Client.greeted(server);
      await watcher.subscribe('presence-storm', { user_id: 'watcher' });
      const clients = await many();
      await Promise.all(clients.map((client, index) => client.subscribe('presence-storm', { user_id: `u${index % 4}` })
        .catch((error) => assert.match(error.message, /member_added/))));
      clients.forEach((client) => client.end());
      const members = new Set();
      for (let removed = 0; removed < 4;) {
        const { event, data } = await watcher.next();
        const user = JSON.parse(data).user_id;
        if (event === 'pusher_internal:member_added') {
          assert.ok(!members.has(user), `${user} added twice`);
          members.add(user);
        } else {
          assert.equal(event, 'pusher_internal:member_removed');
          assert.ok(members.delete(user), `${user} removed, but was not there`);
          removed += members.size === 0 ? 4 : 0;
        }
      }
      await eventually(async () => (await server.php.call('getChannels'))['presence-storm'].subscribers === 1, 'one subscriber');
    });

    test('client events reach the others on every kind of channel, never the sender', async () => {
      for (const channel of ['typing', 'private-typing', 'presence-typing']) {
        const [a, b] = [await Client.greeted(server), await Client.greeted(server)];
        await a.subscribe(channel, { user_id: 'a' });
        await b.subscribe(channel, { user_id: 'b' });
        if (channel.startsWith('presence')) {
          await a.expect('pusher_internal:member_added', channel);
        }
        a.send({ event: 'client-typing', channel, data: { user: 'John' }, user_id: 'forged' });
        const message = await b.expect('client-typing', channel);
        assert.deepEqual(JSON.parse(message.data), { user: 'John' });
        assert.equal(message.user_id, channel.startsWith('presence') ? 'a' : undefined);
        b.send({ event: 'client-back', channel, data: 'text as it is' });
        assert.equal((await a.expect('client-back', channel)).data, 'text as it is');
        await server.publish(channel, 'marker');
        await a.expect('marker', channel);
        await b.expect('marker', channel);
      }
    });

    test('pusher-js sends and receives client events', async () => {
      const sender = pusher(server, { user: { user_id: 's' } });
      const receiver = pusher(server, { user: { user_id: 'r' } });
      const from = await subscribed(sender, 'presence-chat');
      const to = await subscribed(receiver, 'presence-chat');
      const received = new Promise((resolve) => to.bind('client-hi', (data, meta) => resolve([data, meta])));
      assert.equal(from.trigger('client-hi', { text: 'hi' }), true);
      assert.deepEqual(await received, [{ text: 'hi' }, { user_id: 's' }]);
    });

    test('more than ten client events a second: 4301, and the connection stays', async () => {
      const [a, b] = [await Client.greeted(server), await Client.greeted(server)];
      await a.subscribe('private-flood');
      await b.subscribe('private-flood');
      for (let number = 0; number < 100; number++) {
        a.send({ event: 'client-n', channel: 'private-flood', data: { number } });
      }
      await a.refused(4301);
      await b.expect('client-n', 'private-flood');
      const refusals = await eventually(() => a.messages.pending.length >= 39 && a.messages.pending, '40 refusals');
      assert.ok(refusals.every((message) => message.data.code === 4301));
      assert.ok(refusals.length <= 89);
    });

    test('wrong signatures are refused: pusher:error, then pusher:subscription_error', async () => {
      const client = await Client.greeted(server);
      const right = sign(server, client.socketId, 'private-a');
      const wrong = [
        ['private-a', { auth: `${server.key}:${'0'.repeat(64)}` }],
        ['private-a', { auth: right.slice(0, -1) }],
        ['private-a', { auth: right.replace(server.key, 'other') }],
        ['private-a', { auth: sign(server, '1.2', 'private-a') }],
        ['private-a', { auth: sign(server, client.socketId, 'private-b') }],
        ['private-a', {}],
        ['private-a', { auth: '' }],
        ['presence-a', authorize({ ...server, key: server.key, secret: 'wrong' }, client.socketId, 'presence-a', { user_id: '1' })],
        ['presence-a', { auth: sign(server, client.socketId, 'presence-a') }],
        ['presence-a', { auth: sign(server, client.socketId, 'presence-a', '{"user_id":"1"}'), channel_data: '{"user_id":"2"}' }],
      ];
      for (const [channel, data] of wrong) {
        client.ask(channel, data);
        const text = await client.refused(null);
        assert.ok(!text.includes(right.split(':')[1]), 'the error holds the right signature');
        const error = await client.expect('pusher:subscription_error', channel);
        assert.match(JSON.stringify(error.data), /AuthError|status/);
      }
      await client.subscribe('private-a');
    });

    test('pusher-js is told of a refused subscription on the channel', async () => {
      const client = pusher(server, { authorizer: () => ({ auth: `${server.key}:${'f'.repeat(64)}` }) });
      const channel = client.subscribe('private-no');
      const error = await bound(channel, 'pusher:subscription_error');
      assert.ok(error);
      assert.equal(channel.subscribed, false);
      assert.equal(client.connection.state, 'connected');
    });

    test('a token of ChannelAuthGenerator is accepted', async () => {
      const client = await Client.greeted(server);
      const code = 'use Ody\\Websocket\\Channel\\ChannelAuthGenerator; $g = new ChannelAuthGenerator($argv[1], $argv[2]);'
        + 'echo $g->generatePrivateAuth($argv[3], "private-token");';
      const { stdout, stderr } = await run('php', ['-d', `extension=${EXTENSION}`, '-r', code, server.secret, server.key, client.socketId]);
      client.ask('private-token', { auth: stdout });
      assert.equal((await client.next()).event, 'pusher_internal:subscription_succeeded', stderr);
    });

    test('a second subscription is confirmed again and counts once', async () => {
      const client = await Client.greeted(server);
      await client.subscribe('twice');
      await client.subscribe('twice');
      assert.equal(await server.publish('twice', 'once'), 1);
      await client.expect('once', 'twice');
      await client.works();
    });

    test('unsubscribe and subscribe in one go: the last wish wins', async () => {
      const client = await Client.greeted(server);
      for (let round = 0; round < 20; round++) {
        client.ask('wish');
        client.send({ event: 'pusher:unsubscribe', data: { channel: 'wish' } });
      }
      client.ask('wish');
      await client.messages.until((message) => message.event === 'pusher_internal:subscription_succeeded');
      await eventually(async () => (await server.php.call('getSubscribers', 'wish').catch(() => [])).length === 1, 'one subscriber');
      assert.equal(await server.publish('wish', 'still-here'), 1);
      await client.messages.until((message) => message.event === 'still-here');
    });

    test('a cache channel keeps its last event for who comes later', async () => {
      assert.equal(await server.publish('cache-news', 'headline', { n: 1 }), 0);
      assert.equal(await server.publish('cache-news', 'headline', { n: 2 }), 0);
      const client = await Client.greeted(server);
      await client.subscribe('cache-news');
      const cached = await client.expect('headline', 'cache-news');
      assert.deepEqual(JSON.parse(cached.data), { n: 2 });
      await client.subscribe('cache-empty');
      await client.expect('pusher:cache_miss', 'cache-empty');
    });

    test('names of channels: what the protocol allows, and nothing else', async () => {
      const client = await Client.greeted(server);
      for (const name of ['a', 'A-z_0=9@x,.;', 'x'.repeat(164)]) {
        await client.subscribe(name);
      }
      for (const name of ['', 'with space', 'ümlaut', 'x'.repeat(201), '#anything', '#server-to-user-1', 'a/b']) {
        client.ask(name);
        await client.refused(null);
        assert.equal((await client.next()).event, 'pusher:subscription_error', name);
      }
      await client.works();
    });

    test('disconnecting ends all subscriptions', async () => {
      const client = await Client.greeted(server);
      for (let number = 0; number < 50; number++) {
        await client.subscribe(`bye-${number}`);
      }
      client.end();
      await eventually(async () => {
        const channels = await server.php.call('getChannels');
        return Object.keys(channels).every((name) => !name.startsWith('bye-'));
      }, 'the end of 50 channels');
    });

    test('pusher-js stays connected when its channel is refused and used again', async () => {
      const client = pusher(server);
      await reached(client, 'connected');
      await subscribed(client, 'again');
      client.unsubscribe('again');
      await eventually(async () => !(await server.php.call('channelExists', 'again')), 'the end of the channel');
      const channel = await subscribed(client, 'again');
      const received = bound(channel, 'hello');
      await server.publish('again', 'hello');
      await received;
    });
  });
}
