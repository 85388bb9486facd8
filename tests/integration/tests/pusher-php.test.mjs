// Backends with the unmodified pusher/pusher-php-server: the last of version 4, which uses cURL by itself, and
// version 7, which uses Guzzle. Unmodified pusher-js is at the other end.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { signed } from '../lib/http.mjs';
import { phpSdk } from '../lib/sdk.mjs';
import { Client, Raw, closeClients, eventsOf, pusher, signedIn, subscribed } from '../lib/clients.mjs';
import { Receiver, closeReceivers } from '../lib/receiver.mjs';
import { Server } from '../lib/server.mjs';

const masterKey = randomBytes(32).toString('base64');
const app = { key: randomBytes(10).toString('hex'), secret: randomBytes(20).toString('hex') };

/** What methods are called. Version 7 knows the old names, too. */
const NAMES = {
  4: { token: 'socket_auth', member: 'presence_auth', channels: 'get_channels', channel: 'get_channel_info', users: 'get_users_info' },
  7: { token: 'authorizeChannel', member: 'authorizePresenceChannel', channels: 'getChannels', channel: 'getChannelInfo', users: 'getPresenceUsers' },
};

let server;
let receiver;
before(async () => {
  receiver = await Receiver.start(app);
  server = await Server.start({
    workers: 2,
    environment: {
      WEBSOCKET_APP_ID: '4711', WEBSOCKET_API_KEY: app.key, WEBSOCKET_SECRET_KEY: app.secret, WEBSOCKET_PATH: '/live',
      WEBSOCKET_WEBHOOKS: JSON.stringify([{ url: receiver.url, channels: ['hooked-'] }]),
    },
  });
  Object.assign(server.project, app, { appId: '4711' });
});
after(async () => {
  closeClients();
  closeReceivers();
  await server.stop();
});

const subscriber = async (...channels) => {
  const one = await Client.greeted(server, { path: `/live/app/${server.key}` });
  for (const channel of channels) {
    await one.subscribe(channel);
  }
  return one;
};

for (const version of [4, 7]) {
  describe(`pusher-php-server ${version}`, () => {
    const names = NAMES[version];
    let php;
    before(() => (php = phpSdk(server, version, { encryption_master_key_base64: masterKey })));
    after(() => php.end());

    /** A pusher-js whose tokens PHP makes. */
    const client = (member = ['7', { name: 'Ada' }]) => pusher(server, {
      wsPath: '/live',
      channelAuthorization: {
        customHandler: async ({ socketId, channelName }, callback) => callback(null, JSON.parse(await (
          channelName.startsWith('presence-')
            ? php.call(names.member, channelName, socketId, ...member)
            : php.call(names.token, channelName, socketId)))),
      },
    });

    /** What trigger() and triggerBatch() return for a success. */
    const succeeded = (result) => assert.deepEqual(result, version === 4 ? true : {});

    test('publishes to one channel, to two and to a hundred', async () => {
      const one = await subscriber('php-a', 'php-b', 'php-99');
      succeeded(await php.call('trigger', 'php-a', 'said', { text: 'grüße "you"', price: 1.5 }));
      const { data } = await one.expect('said', 'php-a');
      assert.deepEqual(JSON.parse(data), { text: 'grüße "you"', price: 1.5 });
      succeeded(await php.call('trigger', ['php-a', 'php-b'], 'two', [1]));
      assert.deepEqual([(await one.next()).channel, (await one.next()).channel].sort(), ['php-a', 'php-b']);
      succeeded(await php.call('trigger', Array.from({ length: 100 }, (_, number) => `php-${number}`), 'hundred', 'text'));
      assert.equal((await one.expect('hundred', 'php-99')).data, '"text"');
    });

    for (const name of ['php-canary', 'private-php-canary', 'presence-php-canary', 'private-encrypted-php-canary', 'cache-php-canary', 'private-encrypted-cache-php-canary']) {
      test(`pitfall 31: what it publishes on ${name} reaches pusher-js, with its tokens`, async () => {
        const channel = await subscribed(client(), `${name}-${version}`);
        if (name.startsWith('presence-')) {
          assert.deepEqual(channel.members.me, { id: '7', info: { name: 'Ada' } });
        }
        const events = eventsOf(channel);
        succeeded(await php.call('trigger', `${name}-${version}`, 'said', { text: 'é' }));
        assert.deepEqual(await events.until(([event]) => event === 'said'), ['said', { text: 'é' }]);
      });
    }

    test('leaves out the sender', async () => {
      const [sender, other] = await Promise.all([subscriber('php-room'), subscriber('php-room')]);
      await php.call('trigger', 'php-room', 'said', {}, version === 4 ? sender.socketId : { socket_id: sender.socketId });
      await php.call('trigger', 'php-room', 'all', {});
      await other.expect('said', 'php-room');
      await Promise.all([sender.expect('all', 'php-room'), other.expect('all', 'php-room')]);
    });

    test('publishes a batch', async () => {
      const [ann, bob] = await Promise.all([subscriber('php-batch'), subscriber('php-batch')]);
      succeeded(await php.call('triggerBatch', [
        { channel: 'php-batch', name: 'one', data: { n: 1 }, socket_id: ann.socketId },
        { channel: 'php-batch', name: 'two', data: { n: 2 } },
      ]));
      assert.equal((await bob.expect('one', 'php-batch')).data, '{"n":1}');
      await Promise.all([ann.expect('two', 'php-batch'), bob.expect('two', 'php-batch')]);
    });

    test('asks for channels, one channel and users', async () => {
      await subscriber(`php-list-${version}`);
      const channel = `presence-php-list-${version}`;
      await Promise.all([subscribed(client(), channel), subscribed(client(['8']), channel), subscribed(client(), channel)]);
      const { channels } = await php.call(names.channels, { filter_by_prefix: `php-list-${version}`, info: 'subscription_count' });
      assert.deepEqual(channels, { [`php-list-${version}`]: { subscription_count: 1 } });
      assert.deepEqual(await php.call(names.channels, { filter_by_prefix: 'presence-php-list', info: 'user_count' }), {
        channels: { [channel]: { user_count: 2 } },
      });
      assert.deepEqual(await php.call(names.channel, channel, { info: 'user_count,subscription_count' }), {
        occupied: true, user_count: 2, subscription_count: 3,
      });
      assert.deepEqual(await php.call(names.channel, 'nobody@example.com,a;b=c.d'), { occupied: false });
      const { users } = await php.call(names.users, channel);
      assert.deepEqual(users.map(({ id }) => id).sort(), ['7', '8']);
      assert.deepEqual(await php.call(names.users, 'presence-nobody'), { users: [] });
      closeClients();
    });

    test('verifies webhooks', async () => {
      const channel = `hooked-${version}`;
      const one = await subscriber(channel);
      const hook = await receiver.hooks.next();
      const headers = { 'X-Pusher-Key': hook.key, 'X-Pusher-Signature': hook.signature };
      const { time_ms: time, events } = await php.call('webhook', headers, hook.body);
      assert.deepEqual([time, events], [hook.getTime().getTime(), [{ name: 'channel_occupied', channel }]]);
      await assert.rejects(php.call('webhook', headers, `${hook.body} `), /invalid signature/);
      one.end();
      await receiver.events.until(({ name }) => name === 'channel_vacated');
      await receiver.hooks.next();
    });

    test('the prefix of the path, as its option wants it', async () => {
      const prefixed = phpSdk(server, version, { path: version === 4 ? '/live' : '/live/' });
      const one = await subscriber('php-prefixed');
      succeeded(await prefixed.call('trigger', 'php-prefixed', 'e', {}));
      await one.expect('e', 'php-prefixed');
      assert.deepEqual(await prefixed.call(names.channel, 'php-prefixed'), { occupied: true });
      await prefixed.end();
    });
  });
}

describe('pusher-php-server 4, refused', () => {
  test('false, and the answer for whoever asks for it', async () => {
    const php = phpSdk(server, 4);
    const large = ['a', 'e', 'x'.repeat(110_000)];
    assert.equal(await php.call('trigger', ...large), false);
    assert.deepEqual(await php.call('trigger', ...large, null, true), {
      body: 'The data content of this event exceeds the allowed maximum (102400 bytes)', status: 413,
    });
    assert.equal(await php.call('get_channels', { info: 'user_count' }).catch(() => false), false);
    await php.end();
    const stranger = phpSdk({ ...app, secret: 'wrong', appId: '4711', port: server.port }, 4);
    assert.equal(await stranger.call('trigger', 'a', 'e', {}), false);
    await stranger.end();
  });
});

describe('pusher-php-server 7 alone', () => {
  let php;
  before(() => (php = phpSdk(server, 7)));
  after(() => php.end());

  test('attributes of channels', async () => {
    await subscriber('php-info');
    assert.deepEqual(await php.call('trigger', ['php-info', 'presence-php-info'], 'e', {}, { info: 'user_count,subscription_count' }), {
      channels: { 'php-info': { subscription_count: 1 }, 'presence-php-info': { user_count: 0, subscription_count: 0 } },
    });
    assert.deepEqual(await php.call('triggerBatch', [
      { channel: 'php-info', name: 'e', data: {}, info: 'subscription_count' }, { channel: 'php-info', name: 'e', data: {} },
    ]), { batch: [{ subscription_count: 1 }, {}] });
  });

  test('a parameter that is a list', async () => {
    await (await subscriber()).subscribe('presence-php-array', { user_id: '1' });
    assert.deepEqual(await php.call('getChannels', { filter_by_prefix: 'presence-php-array', info: ['user_count', 'subscription_count'] }), {
      channels: { 'presence-php-array': { user_count: 1, subscription_count: 1 } },
    });
  });

  test('users: sign-in, events, the end of their connections', async () => {
    const one = await signedIn(server, null, {
      wsPath: '/live',
      userAuthentication: {
        customHandler: async ({ socketId }, callback) =>
          callback(null, JSON.parse(await php.call('authenticateUser', socketId, { id: 'php-ann', user_info: { name: 'Ann' } }))),
      },
    });
    assert.deepEqual(one.user.user_data, { id: 'php-ann', user_info: { name: 'Ann' } });
    const events = eventsOf(one.user);
    assert.deepEqual(await php.call('sendToUser', 'php-ann', 'hello', { n: 1 }), {});
    assert.deepEqual(await events.next(), ['hello', { n: 1 }]);
    const error = new Promise((resolve) => one.connection.bind('error', resolve));
    assert.deepEqual(await php.call('terminateUserConnections', 'php-ann'), {});
    assert.equal((await error).data.code, 4009);
  });

  test('many promises at once', async () => {
    const one = await subscriber('php-async');
    const numbers = Array.from({ length: 50 }, (_, number) => number);
    const results = await php.call('all', numbers.map((number) => ['triggerAsync', ['php-async', 'number', number]]));
    assert.deepEqual(results, numbers.map(() => ({})));
    const received = [];
    for (const _ of numbers) {
      received.push(Number((await one.expect('number', 'php-async')).data));
    }
    assert.deepEqual(received.sort((a, b) => a - b), numbers);
    assert.deepEqual(await php.call('triggerBatchAsync', [{ channel: 'php-async', name: 'e', data: {} }]), {});
    assert.deepEqual(await php.call('sendToUserAsync', 'nobody', 'e', {}), {});
    assert.deepEqual(await php.call('terminateUserConnectionsAsync', 'nobody'), {});
  });

  test('errors are exceptions with the status and the sentence', async () => {
    const refused = async (promise, code, message) => {
      const error = await promise.then(() => assert.fail('not refused'), (reason) => reason);
      assert.equal(error.class, 'Pusher\\ApiErrorException', error.message);
      assert.deepEqual([error.code, error.message], [code, message]);
    };
    await refused(php.call('trigger', 'a', 'e', 'x'.repeat(110_000)), 413, 'The data content of this event exceeds the allowed maximum (102400 bytes)');
    await refused(php.call('triggerAsync', 'a', 'e'.repeat(201), {}), 400, 'invalid event name: it has 201 bytes, 1 to 200 are allowed');
    await refused(php.call('triggerBatch', Array.from({ length: 11 }, () => ({ channel: 'a', name: 'e', data: {} }))), 413, 'Batch too large: it has 11 events, at most 10 are allowed');
    await refused(php.call('getChannels', { info: 'user_count' }), 400, 'When requesting user_count, filter_by_prefix must begin with presence-');
    await refused(php.call('getPresenceUsers', 'a'), 400, 'Users can only be retrieved for presence channels');
    const stranger = phpSdk({ ...app, appId: '1', port: server.port }, 7);
    await refused(stranger.call('trigger', 'a', 'e', {}), 404, 'There is no such app');
    await stranger.end();
  });

  /** The requests of version 7.2, line by line, but for their time and their signature. */
  const recorded = [
    ['POST', '/events', { name: 'e', data: '{"x":1}', channel: 'php-replay' }],
    ['POST', '/events', { name: 'e', data: '{"x":1}', channels: ['php-replay', 'elsewhere'] }],
    ['POST', '/events', { name: 'e', data: '{"x":1}', channel: 'php-replay', socket_id: '1.2', info: 'subscription_count' }],
    ['POST', '/batch_events', { batch: [{ name: 'e', data: '{"\\u00e9":1}', channel: 'php-replay', socket_id: '1.2' }] }],
    ['POST', '/events', { name: 'e', data: '1', channel: '#server-to-user-nobody' }],
    ['POST', '/users/nobody/terminate_connections', {}],
    ['GET', '/channels/php-replay', null],
  ];
  test('pitfall 19: its requests, byte for byte', async () => {
    const one = await subscriber('php-replay');
    const raw = await Raw.open(server);
    for (const [method, path, content] of recorded) {
      const body = content === null ? '' : JSON.stringify(content);
      const target = signed(server, method, path, { body });
      raw.received = Buffer.alloc(0);
      raw.write([
        `${method} ${target} HTTP/1.1`, `Host: 127.0.0.1:${server.port}`, 'User-Agent: GuzzleHttp/7', 'Content-Type: application/json',
        'X-Pusher-Library: pusher-http-php 7.2.7', ...(body === '' ? [] : [`Content-Length: ${body.length}`]), '', body,
      ].join('\r\n'));
      const answer = await raw.until(/\r\n\r\n\{.*\}$/);
      assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
      assert.match(answer, /^Content-Type: application\/json\r$/m);
    }
    for (let count = 0; count < 4; count++) {
      await one.expect('e', 'php-replay');
    }
    await one.works();
  });
});
