// Signing in, events to the user, the watchlist.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FakeSocket, begun, clock, connected, settle, words } from './fake.mjs';

const DATA = JSON.stringify({ id: '7', user_info: { name: 'Ann' } });
const TOKEN = { auth: 'key:signed', user_data: DATA };
const SIGNIN = ['pusher:signin', TOKEN];
const MINE = ['pusher:subscribe', { auth: '', channel: '#server-to-user-7' }];

const confirm = () => FakeSocket.last.say('pusher:signin_success', { user_data: DATA });
const refuse = (message) =>
  FakeSocket.last.raw(JSON.stringify({ event: 'pusher:error', data: { code: null, message } }));

async function signedIn(options = { userAuthorizer: () => TOKEN }) {
  const client = await connected(options);
  const promise = client.signin();
  await settle();
  confirm();
  await promise;
  FakeSocket.last.took();
  client.events.splice(0);
  return client;
}

describe('signing in', () => {
  test('with a token', async () => {
    const client = await connected();
    const promise = client.signin(TOKEN);
    await settle();
    assert.deepEqual(FakeSocket.last.took(), [SIGNIN]);
    assert.equal(client.user.id, null);
    confirm();
    assert.equal(await promise, client.user);
    assert.equal(client.user.id, '7');
    assert.deepEqual(client.user.data, { id: '7', user_info: { name: 'Ann' } });
    assert.deepEqual(FakeSocket.last.took(), [MINE]);
    assert.deepEqual(client.told('signed_in'), [{ user_id: '7' }]);
    assert.equal(await client.signin(), client.user, 'once more is nothing new');
    assert.deepEqual(FakeSocket.last.took(), []);
  });

  test('before the connection is up, twice, is one request', async () => {
    let calls = 0;
    const client = await begun({
      userAuthorizer: () => {
        calls++;
        return TOKEN;
      },
    });
    const promises = [client.signin(), client.signin()];
    await settle();
    FakeSocket.last.greet();
    promises.push(client.signin());
    await settle();
    assert.equal(calls, 1);
    assert.deepEqual(FakeSocket.last.took(), [SIGNIN]);
    confirm();
    assert.deepEqual(await Promise.all(promises), [client.user, client.user, client.user]);
  });

  test('with a function and with an authorizer, which are asked for every connection', async () => {
    for (const options of [{}, { userAuthorizer: true }]) {
      const calls = [];
      const make = (request) => {
        calls.push(request);
        return TOKEN;
      };
      const client = await connected(options.userAuthorizer ? { userAuthorizer: make } : {});
      client.signin(options.userAuthorizer ? undefined : make);
      await settle();
      confirm();
      FakeSocket.last.drop(4200);
      assert.equal(client.user.id, null, 'nobody without a connection');
      FakeSocket.last.greet('2.2');
      await settle();
      assert.deepEqual(FakeSocket.last.took(), [SIGNIN]);
      confirm();
      assert.equal(client.user.id, '7');
      assert.deepEqual(calls, [{ socket_id: '1.1' }, { socket_id: '2.2' }]);
      client.disconnect();
    }
  });

  test('with an endpoint', async () => {
    let asked;
    globalThis.fetch = async (url, { body }) => {
      asked = [url, JSON.parse(body)];
      return { ok: true, status: 200, text: async () => JSON.stringify(TOKEN) };
    };
    const client = await connected({ userAuthEndpoint: '/broadcasting/user-auth' });
    client.signin();
    await settle();
    assert.deepEqual(asked, ['/broadcasting/user-auth', { socket_id: '1.1' }]);
    assert.deepEqual(FakeSocket.last.took(), [SIGNIN]);
    confirm();
  });

  test('nobody signs in unasked', async () => {
    await connected({ userAuthorizer: () => TOKEN });
    assert.deepEqual(FakeSocket.last.took(), []);
  });

  for (const message of [
    'User sign-in is not enabled',
    'Missing parameter: data.user',
    'The connection is already signed in as another user',
    'Invalid signature: Expected HMAC SHA256 hex digest of 1.1::user::{}',
    'Unknown event: pusher:signin',
  ]) {
    test(`is refused: ${message}`, async () => {
      const client = await connected();
      const promise = client.signin(TOKEN);
      await settle();
      refuse(message);
      promise.catch(() => {});
      await clock.advance(500);
      await assert.rejects(promise, { name: 'OdyWebSocketError', message });
      assert.deepEqual(client.told('error'), [], 'who waits is told, nobody else');
      FakeSocket.last.took();
      FakeSocket.last.drop(4200);
      FakeSocket.last.greet('2.2');
      await settle();
      assert.deepEqual(FakeSocket.last.took(), [], 'it is not tried again');
    });
  }

  for (const message of [
    'Auth info required to subscribe to private-App.Models.User.7',
    'Invalid signature: Expected HMAC SHA256 hex digest of 1.1:private-user-7, but got x',
    'Refused: no user may see this',
  ]) {
    test(`is not refused by what the server says about a channel: ${message}`, async () => {
      const client = await connected();
      const promise = client.signin(() => TOKEN);
      await settle();
      refuse(message);
      confirm();
      await clock.advance(20_000);
      assert.equal(await promise, client.user);
      FakeSocket.last.drop(4200);
      FakeSocket.last.greet('2.2');
      await settle();
      assert.deepEqual(FakeSocket.last.took(), [SIGNIN], 'and the next connection signs in again');
    });
  }

  test('that was not asked for does not happen', async () => {
    const client = await connected();
    confirm();
    assert.equal(client.user.id, null);
    assert.deepEqual(FakeSocket.last.took(), []);
  });

  test('as somebody else on the same connection is not taken for done', async () => {
    const client = await signedIn();
    const promise = client.signin({ auth: 'key:other', user_data: '{"id":"8"}' });
    promise.catch(() => {});
    await settle();
    assert.equal(FakeSocket.last.took().length, 1);
    refuse('The connection is already signed in as another user');
    await clock.advance(500);
    await assert.rejects(promise, { message: 'The connection is already signed in as another user' });
  });

  test('as somebody else while the first sign-in is under way: each is asked, the last one counts', async () => {
    const other = { auth: 'key:other', user_data: '{"id":"8"}' };
    const waiting = [];
    const client = await connected();
    client.signin(TOKEN).catch(() => {});
    await settle();
    const promise = client.signin(() => new Promise((resolve) => waiting.push(resolve)));
    promise.catch(() => {});
    await settle();
    confirm();
    assert.equal(client.user.id, null, 'that was the first one');
    waiting[0](other);
    await settle();
    assert.deepEqual(FakeSocket.last.took(), [SIGNIN, ['pusher:signin', other]]);
    confirm();
    assert.equal(client.user.id, null, 'that, too');
    refuse('The connection is already signed in as another user');
    await clock.advance(500);
    await assert.rejects(promise, { message: 'The connection is already signed in as another user' });
  });

  test('twice with a token is confirmed once, and that is enough', async () => {
    const client = await connected();
    const first = client.signin(TOKEN);
    await settle();
    const second = client.signin(TOKEN);
    await settle();
    confirm();
    assert.deepEqual(await Promise.all([first, second]), [client.user, client.user]);
    await clock.advance(20_000);
    assert.equal(client.user.id, '7');
    assert.deepEqual(client.told('error'), []);
  });

  test('with a token: the next connection asks for another, where somebody is there to ask', async () => {
    const fresh = { auth: 'key:fresh', user_data: DATA };
    const client = await connected({ userAuthorizer: () => fresh });
    client.signin(TOKEN);
    await settle();
    confirm();
    FakeSocket.last.drop(4200);
    FakeSocket.last.greet('2.2');
    await settle();
    assert.deepEqual(FakeSocket.last.took(), [['pusher:signin', fresh]]);
    client.disconnect();

    const alone = await connected();
    alone.signin(TOKEN);
    await settle();
    confirm();
    FakeSocket.last.drop(4200);
    FakeSocket.last.greet('2.2');
    await settle();
    assert.deepEqual(FakeSocket.last.took(), [SIGNIN], 'the same where nobody is');
  });

  test('other errors are others', async () => {
    const client = await connected();
    const promise = client.signin(TOKEN);
    await settle();
    refuse('Client event rejected: not subscribed to orders');
    assert.equal(client.told('error').length, 1);
    confirm();
    await promise;
    refuse('User sign-in is not enabled');
    assert.equal(client.told('error').length, 1, 'nobody signs in any more');
    assert.equal(client.user.id, '7');
  });

  test('a refusal on a later connection is an error', async () => {
    const client = await signedIn();
    FakeSocket.last.drop(4200);
    FakeSocket.last.greet('2.2');
    await settle();
    refuse('User sign-in is not enabled');
    await clock.advance(500);
    assert.deepEqual(words(client.told('error')), ['User sign-in is not enabled']);
  });

  test('a server that does not answer', async () => {
    const client = await connected();
    const promise = client.signin(TOKEN);
    promise.catch(() => {});
    await settle();
    FakeSocket.last.took();
    await clock.advance(10_000);
    await assert.rejects(promise, { message: 'The server did not answer the sign-in.' });
    await clock.advance(1000);
    await settle();
    assert.deepEqual(FakeSocket.last.took(), [SIGNIN], 'it is asked again');
    confirm();
    assert.equal(client.user.id, '7');
  });

  test('an endpoint that is down is asked again', async () => {
    let calls = 0;
    const client = await connected({
      userAuthorizer: () => {
        if (++calls < 3) {
          throw new Error('down');
        }
        return TOKEN;
      },
    });
    await assert.rejects(client.signin(), { message: 'There is no token: down', type: 'auth' });
    await clock.advance(1000);
    assert.deepEqual(words(client.told('error')), ['There is no token: down']);
    await clock.advance(2000);
    await settle();
    assert.deepEqual(FakeSocket.last.took(), [SIGNIN]);
  });

  test('a token that comes too late is for nobody', async () => {
    const waiting = [];
    const client = await connected({ userAuthorizer: () => new Promise((resolve) => waiting.push(resolve)) });
    client.signin();
    await settle();
    FakeSocket.last.drop(4200);
    FakeSocket.last.greet('2.2');
    await settle();
    waiting[0](TOKEN);
    await settle();
    assert.deepEqual(FakeSocket.last.took(), []);
    waiting[1](TOKEN);
    await settle();
    assert.deepEqual(FakeSocket.last.took(), [SIGNIN]);
  });
});

describe('the user', () => {
  test('is nobody before that, whatever a channel is called', async () => {
    const client = await connected();
    client.user.on('invoice', () => assert.fail('heard'));
    FakeSocket.last.say('invoice', {}, '#server-to-user-null');
    assert.equal(client.told('message').length, 1);
  });

  test('hears what the server sends to them', async () => {
    const client = await signedIn();
    const heard = [];
    client.user.on('invoice', (data) => heard.push(data));
    FakeSocket.last.confirm('#server-to-user-7');
    FakeSocket.last.say('invoice', { id: 1 }, '#server-to-user-7');
    FakeSocket.last.say('invoice', { id: 2 }, '#server-to-user-8');
    assert.deepEqual(heard, [{ id: 1 }]);
  });

  for (const [status, again] of [
    [503, [SIGNIN]],
    [403, []],
  ]) {
    test(`is nobody when their channel is refused with ${status}`, async () => {
      const client = await signedIn();
      FakeSocket.last.say('pusher:subscription_error', { error: 'Not now', status }, '#server-to-user-7');
      assert.equal(client.user.id, null);
      const [error] = client.told('error');
      assert.deepEqual([error.message, error.type, error.status], ['Not now', 'subscription', status]);
      await clock.advance(1000);
      await settle();
      assert.deepEqual(FakeSocket.last.took(), again);
    });
  }

  test('goes on hearing on the next connection', async () => {
    const client = await signedIn();
    const heard = [];
    client.user.on('invoice', (data) => heard.push(data));
    FakeSocket.last.drop(4200);
    FakeSocket.last.greet('2.2');
    await settle();
    confirm();
    assert.deepEqual(FakeSocket.last.took(), [SIGNIN, MINE]);
    FakeSocket.last.say('invoice', { id: 3 }, '#server-to-user-7');
    assert.deepEqual(heard, [{ id: 3 }]);
  });

  test('is their own member of presence channels that they join without a token', async () => {
    const client = await signedIn();
    const channel = client.subscribe('presence-room');
    await settle();
    FakeSocket.last.confirm('presence-room', { presence: { count: 1, ids: ['7'], hash: { 7: { name: 'Ann' } } } });
    assert.deepEqual(channel.members.me, { user_id: '7', user_info: { name: 'Ann' } });
  });

  describe('joins presence channels without a token', () => {
    const JOIN = ['pusher:subscribe', { auth: 'key:room', channel: 'presence-room' }];

    /** The line was lost, and is back. */
    async function back() {
      const client = await connected({ userAuthorizer: () => TOKEN, authorizer: () => ({ auth: 'key:room' }) });
      client.signin();
      await settle();
      confirm();
      client.subscribe('presence-room');
      await settle();
      FakeSocket.last.confirm('presence-room', { presence: { count: 1, ids: ['7'], hash: { 7: {} } } });
      FakeSocket.last.drop(4200);
      FakeSocket.last.greet('2.2');
      await settle();
      client.events.splice(0);
      return client;
    }

    test('when the sign-in is confirmed, on every connection', async () => {
      const client = await back();
      assert.deepEqual(FakeSocket.last.took(), [SIGNIN]);
      confirm();
      await settle();
      assert.deepEqual(FakeSocket.last.took(), [MINE, JOIN]);
      FakeSocket.last.confirm('presence-room', { presence: { count: 1, ids: ['7'], hash: { 7: {} } } });
      assert.equal(client.channel('presence-room').members.me.user_id, '7');
    });

    test('or is refused, so that the server says why not', async () => {
      await back();
      FakeSocket.last.took();
      refuse('User sign-in is not enabled');
      await clock.advance(500);
      await settle();
      assert.deepEqual(FakeSocket.last.took(), [JOIN]);
    });

    test('or after another loss', async () => {
      await back();
      FakeSocket.last.drop(4200);
      await clock.advance(2000);
      FakeSocket.last.greet('3.3');
      await settle();
      confirm();
      await settle();
      assert.deepEqual(FakeSocket.last.took(), [SIGNIN, MINE, JOIN]);
    });

    test('but no other channel waits', async () => {
      const client = await connected({ userAuthorizer: () => TOKEN, authorizer: () => ({ auth: 'key:orders' }) });
      client.signin();
      client.subscribe('private-orders');
      client.subscribe('news');
      await settle();
      assert.deepEqual(FakeSocket.last.took(), [
        SIGNIN,
        ['pusher:subscribe', { auth: 'key:orders', channel: 'private-orders' }],
        ['pusher:subscribe', { channel: 'news' }],
      ]);
    });

    test('but who says who they are does not wait', async () => {
      const auth = { auth: 'key:room', channel_data: '{"user_id":"9"}' };
      const client = await connected({ userAuthorizer: () => TOKEN });
      client.signin();
      client.subscribe('presence-room', auth);
      await settle();
      assert.deepEqual(FakeSocket.last.took(), [SIGNIN, ['pusher:subscribe', { ...auth, channel: 'presence-room' }]]);
    });
  });

  test('watches others', async () => {
    const client = await signedIn();
    const heard = [];
    client.user.watchlist.on('online', (news) => heard.push(news)).on('offline', (news) => heard.push(news));
    const events = [
      { name: 'online', user_ids: ['1', '2'] },
      { name: 'offline', user_ids: ['3'] },
    ];
    FakeSocket.last.say('pusher_internal:watchlist_events', { events });
    assert.deepEqual(heard, events);
  });
});
