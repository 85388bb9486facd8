// A backend with the unmodified server SDK for Node: what it publishes, asks and signs, with one shard and
// with four, and in projects as Reverb and soketi left them. Unmodified pusher-js is at the other end.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Agent as SecureAgent } from 'node:https';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import Pusher from 'pusher';
import { CERTIFICATES } from '../lib/certificates.mjs';
import { Api } from '../lib/http.mjs';
import { keepAlive, refusal, sdk } from '../lib/sdk.mjs';
import { Client, bound, closeClients, eventsOf, pusher, reached, signedIn, subscribed } from '../lib/clients.mjs';
import { freePort, makeProjectOf } from '../lib/project.mjs';
import { Server } from '../lib/server.mjs';

/** How the server is configured, and for how many seconds a cache channel keeps its event then. */
const CONFIGURATIONS = [
  ['1 worker', () => Server.start({ workers: 1 }), 1800],
  ['4 workers', () => Server.start({ workers: 4 }), 1800],
  ['variables of Reverb', async () => Server.start({ project: await makeProjectOf('reverb') }), 1800],
  ['variables of soketi', async () => Server.start({ project: await makeProjectOf('soketi') }), 3600],
];
const masterKey = randomBytes(32).toString('base64');

/** One channel of each kind, and one with every character that a name may have. */
const KINDS = [
  'canary', 'private-canary', 'presence-canary', 'private-encrypted-canary',
  'cache-canary', 'private-cache-canary', 'presence-cache-canary', 'private-encrypted-cache-canary', 'Canary_9-=@,.;',
];

for (const [configuration, start, cacheTime] of CONFIGURATIONS) {
  describe(`the SDK for Node, ${configuration}`, () => {
    let server;
    let backend;
    before(async () => {
      server = await start();
      backend = sdk(server, { encryptionMasterKeyBase64: masterKey });
    });
    after(async () => {
      closeClients();
      await server.stop();
    });

    /** A pusher-js whose tokens the SDK makes. `user` is who it is: { user_id, user_info } or { id }. */
    const client = (user = { user_id: '1' }) => pusher(server, {
      authorizer: (_, socketId, channel) =>
        backend.authorizeChannel(socketId, channel, channel.startsWith('presence-') ? user : undefined),
      userAuthentication: {
        customHandler: ({ socketId }, callback) => callback(null, backend.authenticateUser(socketId, user)),
      },
    });

    /** A connection that is subscribed to public channels. */
    const subscriber = async (...channels) => {
      const one = await Client.greeted(server);
      for (const channel of channels) {
        await one.subscribe(channel);
      }
      return one;
    };

    const get = async (path, params = {}) => (await backend.get({ path, params })).json();

    for (const name of KINDS) {
      test(`pitfall 31: what the SDK publishes on ${name} reaches pusher-js`, async () => {
        const events = eventsOf(await subscribed(client(), name));
        const answer = await backend.trigger(name, 'said', { text: 'grüße "you"', nothing: null, list: [] });
        assert.equal(answer.status, 200);
        assert.equal(await answer.text(), '{}');
        const [event, data] = await events.until(([one]) => !one.startsWith('pusher:'));
        assert.equal(event, 'said');
        assert.deepEqual(data, { text: 'grüße "you"', nothing: null, list: [] });
      });
    }

    test('pitfall 31: what is sent to a user reaches their pusher-js', async () => {
      const events = eventsOf((await signedIn(server, { id: 'canary' })).user);
      assert.equal(await (await backend.sendToUser('canary', 'said', { n: 1 })).text(), '{}');
      assert.deepEqual(await events.next(), ['said', { n: 1 }]);
    });

    test('data passes through as it was sent', async () => {
      const one = await subscriber('verbatim');
      for (const data of ['plain text', '{"a" : 1.0}', '', '"', '\u{1F600}\u2028', JSON.stringify('x'), '0']) {
        await backend.trigger('verbatim', 'e', data);
        assert.equal((await one.expect('e', 'verbatim')).data, data);
      }
    });

    test('pitfall 19: a channel as text, as a list, and a hundred', async () => {
      const one = await subscriber('nineteen', 'nineteen-0', 'nineteen-99');
      const body = { name: 'e', data: 'text' };
      const api = new Api(server);
      assert.deepEqual(await api.post('/events', { ...body, channel: 'nineteen' }), {});
      assert.equal((await one.expect('e', 'nineteen')).data, 'text');
      assert.deepEqual(await api.post('/events', { ...body, channels: ['nineteen'] }), {});
      await one.expect('e', 'nineteen');
      const hundred = Array.from({ length: 100 }, (_, number) => `nineteen-${number}`);
      await backend.trigger(hundred, 'all', {});
      const both = [await one.next(), await one.next()];
      assert.deepEqual(both.map(({ channel }) => channel).sort(), ['nineteen-0', 'nineteen-99']);
      assert.deepEqual(
        await refusal(backend.post({ path: '/events', body: { ...body, channels: [...hundred, 'one-more'] } })),
        [400, 'Too many channels: 101 in one event, at most 100'],
      );
      await one.works();
    });

    test('the connection that sent it does not get it, wherever it lives', async () => {
      const clients = await Promise.all(Array.from({ length: 8 }, () => subscriber('others')));
      for (const sender of clients) {
        await backend.trigger('others', 'said', {}, { socket_id: sender.socketId });
        await backend.trigger('others', 'to-all', {});
        for (const one of clients) {
          if (one !== sender) {
            await one.expect('said', 'others');
          }
          await one.expect('to-all', 'others');
        }
      }
    });

    test('attributes of the channels that were published to', async () => {
      await Promise.all([subscriber('info'), subscriber('info')]);
      const member = { user_id: '1' };
      await (await Client.greeted(server)).subscribe('presence-info', member);
      await (await Client.greeted(server)).subscribe('presence-info', member);
      const answer = await backend.trigger(['info', 'presence-info', 'presence-empty'], 'e', {}, {
        info: 'user_count,subscription_count',
      });
      assert.deepEqual(await answer.json(), {
        channels: {
          info: { subscription_count: 2 },
          'presence-info': { user_count: 1, subscription_count: 2 },
          'presence-empty': { user_count: 0, subscription_count: 0 },
        },
      });
    });

    test('pitfall 20: a batch in its order, each event without its own sender', async () => {
      const [ann, bob] = await Promise.all([subscriber('batch-a', 'batch-b'), subscriber('batch-a', 'batch-b')]);
      const answer = await backend.triggerBatch([
        { channel: 'batch-a', name: 'one', data: { n: 1 }, socket_id: ann.socketId },
        { channel: 'batch-a', name: 'two', data: 'text', socket_id: bob.socketId, info: 'subscription_count' },
        { channel: 'presence-batch', name: 'three', data: [], info: 'user_count' },
        { channel: 'batch-a', name: 'four', data: {} },
      ]);
      assert.deepEqual(await answer.json(), { batch: [{}, { subscription_count: 2 }, { user_count: 0 }, {}] });
      assert.equal((await ann.expect('two', 'batch-a')).data, 'text');
      await ann.expect('four', 'batch-a');
      assert.equal((await bob.expect('one', 'batch-a')).data, '{"n":1}');
      await bob.expect('four', 'batch-a');
      assert.equal(await (await backend.triggerBatch([{ channel: 'batch-b', name: 'e', data: {} }])).text(), '{}');
      await Promise.all([ann.expect('e', 'batch-b'), bob.expect('e', 'batch-b')]);
    });

    test('pitfall 20: one bad event, and nothing of the batch is published', async () => {
      const one = await subscriber('whole');
      const good = { channel: 'whole', name: 'good', data: {} };
      const bad = [
        [{ channel: 'whole', name: 'large', data: 'x'.repeat(102_401) }, 413, /^\[Event 1\] The data content of this event exceeds the allowed maximum \(102400 bytes\)/],
        [{ channel: 'not a channel', name: 'e', data: '' }, 400, /^\[Event 1\] invalid channel name/],
        [{ channel: 'whole', name: 'e', data: '', socket_id: 'x' }, 400, /^\[Event 1\] invalid socket id/],
        [{ channel: 'whole', name: 'e', data: '', info: 'age' }, 400, /^\[Event 1\] Invalid info attribute/],
      ];
      for (const [event, status, text] of bad) {
        const answer = await refusal(backend.triggerBatch([good, event]));
        assert.equal(answer[0], status, answer[1]);
        assert.match(answer[1], text);
      }
      const [status, text] = await refusal(backend.triggerBatch(Array.from({ length: 11 }, () => ({ ...good }))));
      assert.equal(status, 413);
      assert.match(text, /Batch too large/);
      await one.works();
    });

    test('pitfall 21: channels, by prefix and with their attributes', async () => {
      await Promise.all([subscriber('list-a', 'list-b'), subscriber('list-a')]);
      const member = await Client.greeted(server);
      await member.subscribe('presence-list', { user_id: '1' });
      await member.subscribe('private-list');
      assert.deepEqual(await get('/channels', { filter_by_prefix: 'list-' }), { channels: { 'list-a': {}, 'list-b': {} } });
      assert.deepEqual(await get('/channels', { filter_by_prefix: 'list-', info: 'subscription_count' }), {
        channels: { 'list-a': { subscription_count: 2 }, 'list-b': { subscription_count: 1 } },
      });
      assert.deepEqual(await get('/channels', { filter_by_prefix: 'presence-li', info: 'user_count,subscription_count' }), {
        channels: { 'presence-list': { user_count: 1, subscription_count: 1 } },
      });
      assert.deepEqual(await get('/channels', { filter_by_prefix: 'nothing' }), { channels: {} });
      const all = Object.keys((await get('/channels')).channels);
      assert.ok(['list-a', 'list-b', 'presence-list', 'private-list'].every((name) => all.includes(name)), all.join());
    });

    test('pitfall 21: what attributes a channel does not have is said', async () => {
      const refused = [
        ['/channels', { info: 'user_count' }, 'When requesting user_count, filter_by_prefix must begin with presence-'],
        ['/channels', { info: 'user_count', filter_by_prefix: 'presence' }, 'When requesting user_count, filter_by_prefix must begin with presence-'],
        ['/channels', { info: 'cache' }, 'The attribute cache can only be asked of one channel'],
        ['/channels', { info: 'age' }, 'Invalid info attribute: user_count, subscription_count and cache are known'],
        ['/channels/a', { info: 'user_count' }, 'Cannot retrieve the user count unless the channel is a presence channel'],
        ['/channels/a', { info: 'cache' }, 'Cannot retrieve the cache unless the channel is a cache channel'],
        ['/channels/a/users', {}, 'Users can only be retrieved for presence channels'],
      ];
      for (const [path, params, text] of refused) {
        assert.deepEqual(await refusal(backend.get({ path, params })), [400, text]);
      }
    });

    test('one channel: occupied or not, how many, and what it keeps', async () => {
      await Promise.all([subscriber('one'), subscriber('one')]);
      await (await Client.greeted(server)).subscribe('presence-one', { user_id: '1' });
      assert.deepEqual(await get('/channels/one'), { occupied: true });
      assert.deepEqual(await get('/channels/nobody'), { occupied: false });
      assert.deepEqual(await get('/channels/one', { info: 'subscription_count' }), { occupied: true, subscription_count: 2 });
      assert.deepEqual(await get('/channels/presence-one', { info: 'user_count,subscription_count' }), {
        occupied: true, user_count: 1, subscription_count: 1,
      });
      assert.deepEqual(await get('/channels/presence-nobody', { info: 'user_count' }), { occupied: false, user_count: 0 });
      assert.deepEqual(await get('/channels/cache-one', { info: 'cache' }), { occupied: false, cache: null });
      await backend.trigger('cache-one', 'e', { kept: true });
      const { occupied, cache } = await get('/channels/cache-one', { info: 'cache' });
      assert.deepEqual([occupied, cache.data], [false, '{"kept":true}']);
      assert.ok(cache.ttl > cacheTime - 10 && cache.ttl <= cacheTime, String(cache.ttl));
    });

    test('users of a presence channel, each once', async () => {
      for (const user_id of ['1', 2, '2', 'ä"']) {
        await (await Client.greeted(server)).subscribe('presence-users', { user_id });
      }
      const { users } = await get('/channels/presence-users/users');
      assert.deepEqual(users.map(({ id }) => id).sort(), ['1', '2', 'ä"']);
      assert.deepEqual(await get('/channels/presence-nobody/users'), { users: [] });
    });

    test('the SDK signs who is a member, and who signs in', async () => {
      const member = { user_id: '7', user_info: { name: 'Ada' } };
      const channel = await subscribed(client(member), 'presence-signed');
      assert.deepEqual(channel.members.me, { id: '7', info: { name: 'Ada' } });
      const signing = client({ id: '8', user_info: { name: 'Grace' } });
      signing.signin();
      await signing.user.signinDonePromise;
      assert.deepEqual(signing.user.user_data, { id: '8', user_info: { name: 'Grace' } });
    });

    test('terminating a user ends all their connections, and pusher-js stays away', async () => {
      const clients = await Promise.all(['gone', 'gone', 'stays'].map((id) => signedIn(server, { id })));
      const errors = clients.slice(0, 2).map((one) => bound(one.connection, 'error'));
      assert.equal(await (await backend.terminateUserConnections('gone')).text(), '{}');
      for (const error of await Promise.all(errors)) {
        assert.equal(error.data.code, 4009);
      }
      await Promise.all(clients.slice(0, 2).map((one) => reached(one, 'disconnected')));
      assert.equal(clients[2].connection.state, 'connected');
    });

    test('a batch for encrypted channels', async () => {
      const events = eventsOf(await subscribed(client(), 'private-encrypted-batch'));
      await backend.triggerBatch([
        { channel: 'private-encrypted-batch', name: 'first', data: { n: 1 } },
        { channel: 'private-encrypted-batch', name: 'second', data: 'é' },
      ]);
      assert.deepEqual(await events.until(([event]) => event === 'first'), ['first', { n: 1 }]);
      assert.deepEqual(await events.next(), ['second', 'é']);
    });

    test('requests one after the other need one connection', async () => {
      const agent = keepAlive(4);
      let opened = 0;
      agent.createConnection = ((create) => (...parameters) => {
        opened++;
        return create.apply(agent, parameters);
      })(agent.createConnection);
      const one = await subscriber('in-order');
      const reusing = sdk(server, { agent });
      for (let number = 0; number < 50; number++) {
        await (await reusing.trigger('in-order', 'number', String(number))).text();
      }
      for (let number = 0; number < 50; number++) {
        assert.equal((await one.expect('number', 'in-order')).data, String(number));
      }
      assert.equal(opened, 1);
      agent.destroy();
    });

    for (const [how, agent] of [['on connections of their own', undefined], ['over twenty connections', keepAlive(20)]]) {
      test(`200 requests at once, ${how}`, async () => {
        const one = await subscriber('parallel');
        const parallel = sdk(server, { agent });
        const numbers = Array.from({ length: 200 }, (_, number) => String(number));
        const answers = await Promise.all(numbers.map((number) => parallel.trigger('parallel', 'number', number)));
        assert.ok(answers.every(({ status }) => status === 200));
        const received = [];
        for (let count = 0; count < 200; count++) {
          received.push((await one.expect('number', 'parallel')).data);
        }
        assert.deepEqual(received.sort(), numbers.sort());
        agent?.destroy();
      });
    }
  });
}

test('the SDK for Node over TLS, with the certificate verified', async () => {
  const port = await freePort();
  const server = await Server.start({
    environment: {
      WEBSOCKET_SSL_CERT_FILE: join(CERTIFICATES, 'server.crt'), WEBSOCKET_SSL_KEY_FILE: join(CERTIFICATES, 'server.key'), WEBSOCKET_HTTP_PORT: port,
    },
  });
  const events = eventsOf(await subscribed(pusher(server, { forceTLS: true }), 'private-secure'));
  const agent = new SecureAgent({ keepAlive: true });
  for (const backend of [sdk(server, { port, useTLS: true }), sdk(server, { port, useTLS: true, agent })]) {
    for (const text of ['short', 'x'.repeat(100_000)]) {
      assert.equal(await (await backend.trigger('private-secure', 'said', { text })).text(), '{}');
      assert.deepEqual(await events.until(([event]) => event === 'said'), ['said', { text }]);
    }
  }
  await assert.rejects(sdk(server, { port }).trigger('a', 'e', {}), /Request failed/);
  agent.destroy();
  closeClients();
  await server.stop();
});

describe('what the SDK for Node is told when it is refused', () => {
  let server;
  before(async () => {
    server = await Server.start({
      environment: { WEBSOCKET_APP_ID: '4711', WEBSOCKET_LIMIT_EVENT_DATA_SIZE: 10240, WEBSOCKET_LIMIT_EVENTS_PER_BATCH: 2 },
      configuration: `<?php return ['apps' => [
          ['id' => 'off', 'key' => 'off-key', 'secret' => 'off-secret', 'enabled' => false],
          ['id' => 'slow', 'key' => 'slow-key', 'secret' => 'slow-secret', 'limits' => ['events_per_second' => 1]],
      ]];`,
    });
    server.project.appId = '4711';
  });
  after(() => server.stop());

  const refused = async (promise, status, text) => {
    const [code, body] = await refusal(promise);
    assert.equal(code, status, body);
    text instanceof RegExp ? assert.match(body, text) : assert.equal(body, text);
  };

  test('a wrong secret, key or app', async () => {
    const { appId, key, secret } = server;
    const as = (app) => sdk(server, { app: { appId, key, secret, ...app } }).trigger('a', 'e', {});
    await refused(as({ secret: 'wrong' }), 401,
      /^Invalid signature: you should have sent HmacSHA256Hex\("POST\\n\/apps\/4711\/events\\nauth_key=.*", your_secret_key\), but you sent "[0-9a-f]{64}"$/);
    await refused(as({ key: 'wrong' }), 401, 'Unknown auth_key "wrong" for this app');
    await refused(as({ key: 'slow-key', secret: 'slow-secret' }), 401, 'Unknown auth_key "slow-key" for this app');
    await refused(as({ appId: '1' }), 404, 'There is no such app');
    await refused(as({ appId: 'off', key: 'off-key', secret: 'off-secret' }), 403, 'The app is disabled');
  });

  test('a clock that is wrong', async () => {
    const now = Date.now;
    const shifted = async (seconds, attempt) => {
      Date.now = () => now() + seconds * 1000;
      const answer = attempt();
      Date.now = now;
      return answer;
    };
    await refused(shifted(-700, () => sdk(server).trigger('a', 'e', {})), 401,
      /^Timestamp expired: Given timestamp \(\S+Z\) not within 600s of server time \(\S+Z\)$/);
    await refused(shifted(700, () => sdk(server).get({ path: '/channels' })), 401, /^Timestamp expired/);
    assert.equal((await shifted(-500, () => sdk(server).trigger('a', 'e', {}))).status, 200);
  });

  test('what is too large, and nothing else', async () => {
    const backend = sdk(server);
    assert.equal((await backend.trigger('a', 'e', 'x'.repeat(10240))).status, 200);
    await refused(backend.trigger('a', 'e', 'x'.repeat(10241)), 413, 'The data content of this event exceeds the allowed maximum (10240 bytes)');
    const event = { channel: 'a', name: 'e', data: '"'.repeat(10240) };
    assert.equal((await backend.triggerBatch([{ ...event }, { ...event }])).status, 200);
    await refused(backend.triggerBatch([{ ...event }, { ...event }, { ...event }]), 413, /^The request body exceeds the allowed maximum \(\d+ bytes\)$/);
    const small = Array.from({ length: 3 }, () => ({ channel: 'a', name: 'e', data: '' }));
    await refused(backend.triggerBatch(small), 413, 'Batch too large: it has 3 events, at most 2 are allowed');
    await refused(backend.trigger('a', 'e', 'x'.repeat(3_000_000)), 413, /^The request body exceeds the allowed maximum/);
    assert.equal((await backend.trigger('a', 'e', 'x')).status, 200);
  });

  test('a name that is too long', async () => {
    const backend = sdk(server);
    assert.equal((await backend.trigger('c'.repeat(200), 'e'.repeat(200), {})).status, 200);
    await refused(backend.post({ path: '/events', body: { name: 'e'.repeat(201), data: '', channels: ['a'] } }), 400, /event name/);
    await refused(backend.post({ path: '/events', body: { name: 'e', data: '', channels: ['c'.repeat(201)] } }), 400, /channel name/);
    await refused(backend.get({ path: `/channels/${'c'.repeat(201)}` }), 400, /channel name/);
  });

  test('an app that publishes too fast', async () => {
    const backend = sdk(server, { app: { appId: 'slow', key: 'slow-key', secret: 'slow-secret' } });
    const answers = await Promise.allSettled(Array.from({ length: 20 }, () => backend.trigger('a', 'e', {})));
    const errors = answers.filter(({ status }) => status === 'rejected').map(({ reason }) => [reason.status, reason.body]);
    assert.ok(errors.length >= 10, `${errors.length} of 20`);
    errors.forEach((error) => assert.deepEqual(error, [429, 'The app may publish 1 events per second']));
    assert.equal((await backend.get({ path: '/channels' })).status, 200);
  });

  test('a path that is none', async () => {
    await refused(sdk(server).get({ path: '/nothing' }), 404, 'There is nothing at this path');
    await refused(sdk(server).get({ path: '/events' }), 405, 'This path does not take the method of the request');
  });

  test('the address as one URL', async () => {
    const backend = Pusher.forURL(`http://${server.key}:${server.secret}@127.0.0.1:${server.port}/apps/4711`);
    assert.equal(await (await backend.trigger('a', 'e', {})).text(), '{}');
  });
});
