// Tokens: given, fetched, made by a function; for every connection a fresh one; and everything that can go wrong.
import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { FakeSocket, begun, clock, connected, settle, words } from './fake.mjs';

const NAME = 'private-orders';
const asked = (data) => ['pusher:subscribe', { ...data, channel: NAME }];

let requests; // what the endpoint was asked
let answer; // what it says

beforeEach(() => {
  requests = [];
  answer = ({ socket_id }) => [200, { auth: `key:${socket_id}` }];
  globalThis.fetch = async (url, init) => {
    const body = JSON.parse(init.body);
    requests.push({ url, ...init, body });
    const [status, value] = await answer(body);
    return {
      status,
      ok: status >= 200 && status < 300,
      text: async () => (typeof value === 'string' ? value : JSON.stringify(await value)),
      json: async () => (typeof value === 'string' ? JSON.parse(value) : value),
    };
  };
});

async function again(socketId = '2.2') {
  FakeSocket.last.drop(4200);
  FakeSocket.last.greet(socketId);
  await settle();
}

describe('a token that was given', () => {
  test('goes along as it is', async () => {
    const client = await connected();
    const data = { auth: 'key:token', channel_data: '{"user_id":"1","user_info":{"name":"A"}}' };
    client.subscribe('presence-room', data);
    await settle();
    assert.deepEqual(FakeSocket.last.took(), [['pusher:subscribe', { ...data, channel: 'presence-room' }]]);
    assert.deepEqual(requests, []);
  });

  test('before there is a connection is tried on the first one', async () => {
    const client = await begun({ authEndpoint: '/auth' });
    client.subscribe(NAME, { auth: 'key:given' });
    FakeSocket.last.greet();
    await settle();
    assert.deepEqual(FakeSocket.last.took(), [asked({ auth: 'key:given' })]);
  });

  test('stays when the channel is subscribed to once more without one', async () => {
    const client = await begun();
    client.subscribe(NAME, { auth: 'key:given' });
    client.subscribe(NAME);
    FakeSocket.last.greet();
    await settle();
    assert.deepEqual(FakeSocket.last.took(), [asked({ auth: 'key:given' })]);
  });

  test('is replaced by a fetched one on the next connection', async () => {
    const client = await connected({ authEndpoint: '/auth' });
    client.subscribe(NAME, { auth: 'key:given' });
    await settle();
    await again();
    assert.deepEqual(FakeSocket.last.took(), [asked({ auth: 'key:2.2' })]);
  });

  test('is tried once more where there is no other, and the error says why it was refused', async () => {
    const client = await connected();
    const channel = client.subscribe(NAME, { auth: 'key:given' });
    await settle();
    FakeSocket.last.confirm(NAME);
    await again();
    assert.deepEqual(FakeSocket.last.took(), [asked({ auth: 'key:given' })]);
    FakeSocket.last.say('pusher:subscription_error', { error: 'Invalid signature', status: 401 }, NAME);
    assert.deepEqual(words(client.told('subscription_error')), [
      'Invalid signature (its token was for an earlier connection)',
    ]);
    assert.equal(client.subscribe(NAME, { auth: 'key:fresh' }), channel);
    await settle();
    assert.deepEqual(FakeSocket.last.took(), [asked({ auth: 'key:fresh' })]);
    FakeSocket.last.say('pusher:subscription_error', { error: 'Invalid signature', status: 401 }, NAME);
    assert.deepEqual(words(client.told('subscription_error')), ['Invalid signature']);
  });
});

describe('no token', () => {
  test('is not called one of an earlier connection', async () => {
    const client = await connected();
    client.subscribe('orders');
    client.subscribe('auction', { ticket: 1 });
    await settle();
    await again();
    for (const name of ['orders', 'auction']) {
      FakeSocket.last.say('pusher:subscription_error', { error: 'No', status: 403 }, name);
    }
    assert.deepEqual(words(client.told('subscription_error')), ['No', 'No']);
  });
});

describe('a function', () => {
  test('is asked for every connection', async () => {
    const client = await connected({ authEndpoint: '/auth' });
    const calls = [];
    client.subscribe(NAME, async (request) => {
      calls.push(request);
      return { auth: `key:made-for-${request.socket_id}` };
    });
    await settle();
    assert.deepEqual(FakeSocket.last.took(), [asked({ auth: 'key:made-for-1.1' })]);
    await again();
    assert.deepEqual(FakeSocket.last.took(), [asked({ auth: 'key:made-for-2.2' })]);
    assert.deepEqual(calls, [
      { socket_id: '1.1', channel_name: NAME },
      { socket_id: '2.2', channel_name: NAME },
    ]);
    assert.deepEqual(requests, []);
  });

  test('is asked on public channels too, for servers with rules of their own', async () => {
    const client = await connected();
    client.subscribe('auction-7', () => ({ ticket: 1 }));
    await settle();
    assert.deepEqual(FakeSocket.last.took(), [['pusher:subscribe', { ticket: 1, channel: 'auction-7' }]]);
  });
});

describe('an authorizer', () => {
  test('is asked for private and presence channels only, and instead of the endpoint', async () => {
    const calls = [];
    const client = await connected({
      authEndpoint: '/auth',
      authorizer: (request) => {
        calls.push(request.channel_name);
        return { auth: 'key:own' };
      },
    });
    ['private-a', 'presence-b', 'c', 'privately', 'private'].forEach((name) => client.subscribe(name));
    await settle();
    assert.deepEqual(calls, ['private-a', 'presence-b']);
    assert.deepEqual(requests, []);
    assert.deepEqual(
      FakeSocket.last.took().map(([, data]) => data.auth),
      ['key:own', 'key:own', undefined, undefined, undefined].sort(),
    );
  });

  test('that throws is tried again, and its words are told', async () => {
    let calls = 0;
    const client = await connected({
      authorizer: () => {
        calls++;
        throw new Error('not yet');
      },
    });
    client.subscribe(NAME);
    await settle();
    const [error] = client.told('subscription_error');
    assert.equal(error.message, 'There is no token: not yet');
    assert.deepEqual([error.type, error.channel], ['auth', NAME]);
    await clock.advance(1000);
    assert.equal(calls, 2);
    await clock.advance(2000);
    assert.equal(calls, 3);
  });

  test('that throws a status of 4xx is not tried again', async () => {
    let calls = 0;
    const client = await connected({
      authorizer: async () => {
        calls++;
        throw Object.assign(new Error('log in first'), { status: 401 });
      },
    });
    client.subscribe(NAME);
    await settle();
    await clock.advance(100_000);
    assert.equal(calls, 1);
    assert.equal(client.told('subscription_error')[0].status, 401);
  });
});

describe('the endpoint', () => {
  test('is asked with JSON', async () => {
    const client = await connected({ authEndpoint: '/broadcasting/auth' });
    client.subscribe(NAME);
    await settle();
    const [request] = requests;
    assert.equal(request.url, '/broadcasting/auth');
    assert.equal(request.method, 'POST');
    assert.equal(request.credentials, 'same-origin');
    assert.deepEqual(request.headers, { 'Content-Type': 'application/json', Accept: 'application/json' });
    assert.deepEqual(request.body, { socket_id: '1.1', channel_name: NAME });
    assert.ok(request.signal instanceof AbortSignal);
    assert.deepEqual(FakeSocket.last.took(), [asked({ auth: 'key:1.1' })]);
  });

  test('gets headers, a CSRF token and cookies', async () => {
    const client = await connected({
      authEndpoint: 'https://app.example/auth',
      authHeaders: { Authorization: 'Bearer abc' },
      csrfToken: 'tok',
      authCredentials: 'include',
    });
    client.subscribe(NAME);
    await settle();
    assert.equal(requests[0].headers.Authorization, 'Bearer abc');
    assert.equal(requests[0].headers['X-CSRF-TOKEN'], 'tok');
    assert.equal(requests[0].credentials, 'include');
  });

  test('gets headers and token of functions, each time anew', async () => {
    let number = 0;
    const client = await connected({
      authEndpoint: '/auth',
      authHeaders: async () => ({ Authorization: `Bearer ${++number}` }),
      csrfToken: () => `tok-${number}`,
    });
    client.subscribe(NAME);
    await settle();
    await again();
    assert.deepEqual(
      requests.map(({ headers }) => headers.Authorization),
      ['Bearer 1', 'Bearer 2'],
    );
    assert.deepEqual(
      requests.map(({ headers }) => headers['X-CSRF-TOKEN']),
      ['tok-0', 'tok-1'],
    );
  });

  test('gives channel_data, which says who this is', async () => {
    answer = () => [200, { auth: 'key:x', channel_data: '{"user_id":7,"user_info":{}}' }];
    const client = await connected({ authEndpoint: '/auth' });
    const channel = client.subscribe('presence-room');
    await settle();
    assert.equal(channel.members.myId, '7');
    assert.equal(FakeSocket.last.took()[0][1].channel_data, '{"user_id":7,"user_info":{}}');
  });

  test('is asked again for every connection', async () => {
    const client = await connected({ authEndpoint: '/auth' });
    client.subscribe(NAME);
    await settle();
    await again('2.2');
    await clock.advance(10_000);
    await again('3.3');
    assert.deepEqual(
      requests.map(({ body }) => body.socket_id),
      ['1.1', '2.2', '3.3'],
    );
    assert.deepEqual(FakeSocket.last.took(), [asked({ auth: 'key:3.3' })]);
  });

  test('is not asked while there is no connection', async () => {
    const client = await begun({ authEndpoint: '/auth' });
    client.subscribe(NAME);
    await settle();
    assert.deepEqual(requests, []);
  });

  test('is asked once for a channel that is subscribed to while the connection is told', async () => {
    const client = await begun({ authEndpoint: '/auth' });
    client.on('connected', () => client.subscribe(NAME));
    FakeSocket.last.greet();
    await settle();
    assert.equal(requests.length, 1);
  });

  test('is asked once for a channel that is subscribed to twice', async () => {
    const client = await connected({ authEndpoint: '/auth' });
    client.subscribe(NAME);
    client.subscribe(NAME);
    await settle();
    assert.equal(requests.length, 1);
  });

  const refusals = [
    [403, { error: 'Forbidden' }, '/auth: Forbidden (status 403)'],
    [403, { error: { code: 7, message: 'Not you' } }, '/auth: Not you (status 403)'],
    [403, '"Forbidden"', '/auth: no token (status 403)'],
    [401, { message: 'Unauthenticated.' }, '/auth: Unauthenticated. (status 401)'],
    [419, { message: 'CSRF token mismatch.' }, '/auth: CSRF token mismatch. (status 419)'],
    [403, { auth: 'key:x', message: 'No' }, '/auth: No (status 403)'],
    [404, '<html>', '/auth: no token (status 404)'],
    [200, '<html>', '/auth: no token (status 200)'],
    [200, { ok: true }, '/auth: no token (status 200)'],
    [200, null, '/auth: no token (status 200)'],
  ];
  for (const [status, value, expected] of refusals) {
    test(`refuses with ${status} and ${JSON.stringify(value)}: told, and not tried again`, async () => {
      answer = () => [status, value];
      const client = await connected({ authEndpoint: '/auth' });
      client.subscribe(NAME);
      await settle();
      const [error] = client.told('subscription_error');
      assert.equal(error.message, `There is no token: ${expected}`);
      assert.equal(error.status, status);
      await clock.advance(100_000);
      assert.equal(requests.length, 1);
      assert.deepEqual(FakeSocket.last.took(), []);
    });
  }

  for (const [what, reply] of Object.entries({
    'cannot be reached': () => Promise.reject(new TypeError('fetch failed')),
    'breaks off in its answer': () => [200, Promise.reject(new TypeError('network error'))],
    'is down': () => [502, '<html>'],
    'is busy': () => [429, { message: 'Too Many Attempts.' }],
  })) {
    test(`${what}: tried again, later and later, until it answers`, async () => {
      answer = reply;
      const client = await connected({ authEndpoint: '/auth' });
      client.subscribe(NAME);
      await settle();
      await clock.advance(1000);
      await clock.advance(2000);
      await settle();
      assert.equal(requests.length, 3);
      assert.equal(client.told('subscription_error').length, 3);
      answer = () => [200, { auth: 'key:late' }];
      await clock.advance(4000);
      await settle();
      assert.deepEqual(FakeSocket.last.took(), [asked({ auth: 'key:late' })]);
    });
  }

  test('after an expired session the next connection asks again', async () => {
    answer = () => [401, { message: 'Unauthenticated.' }];
    const client = await connected({ authEndpoint: '/auth' });
    client.subscribe(NAME);
    await settle();
    answer = () => [200, { auth: 'key:fresh' }];
    await again();
    assert.deepEqual(FakeSocket.last.took(), [asked({ auth: 'key:fresh' })]);
  });
});

describe('an answer that comes too late', () => {
  /** The endpoint answers when the test says so. */
  function slow() {
    const waiting = [];
    answer = (body) =>
      new Promise((resolve) => waiting.push((value) => resolve([200, value ?? { auth: `key:${body.socket_id}` }])));
    return waiting;
  }

  test('after the channel was left', async () => {
    const waiting = slow();
    const client = await connected({ authEndpoint: '/auth' });
    const channel = client.subscribe(NAME);
    await settle();
    channel.unsubscribe();
    FakeSocket.last.took();
    waiting[0]();
    await settle();
    assert.deepEqual(FakeSocket.last.took(), []);
  });

  test('for an earlier connection', async () => {
    const waiting = slow();
    const client = await connected({ authEndpoint: '/auth' });
    client.subscribe(NAME);
    await settle();
    await again();
    waiting[0]();
    await settle();
    assert.deepEqual(FakeSocket.last.took(), []);
    waiting[1]();
    await settle();
    assert.deepEqual(FakeSocket.last.took(), [asked({ auth: 'key:2.2' })]);
  });

  test('after a token was given', async () => {
    const waiting = slow();
    const client = await connected({ authEndpoint: '/auth' });
    client.subscribe(NAME);
    await settle();
    client.subscribe(NAME, { auth: 'key:given' });
    await settle();
    waiting[0]();
    await settle();
    assert.deepEqual(FakeSocket.last.took(), [asked({ auth: 'key:given' })]);
  });

  test('an error for an earlier connection is not told', async () => {
    const waiting = slow();
    const client = await connected({ authEndpoint: '/auth' });
    client.subscribe(NAME);
    await settle();
    await again();
    waiting[0]({});
    await settle();
    assert.deepEqual(client.told('subscription_error'), []);
  });
});

describe('what nobody listens to', () => {
  test('an endpoint that refuses is an error', async () => {
    answer = () => [403, { error: 'Forbidden' }];
    const client = await connected({ authEndpoint: '/auth' });
    client.off('subscription_error');
    client.subscribe(NAME);
    await settle();
    assert.deepEqual(words(client.told('error')), ['There is no token: /auth: Forbidden (status 403)']);
  });

  test('what the server refuses is its own error alone', async () => {
    const client = await connected();
    client.off('subscription_error');
    client.subscribe('orders');
    await settle();
    FakeSocket.last.raw('{"event":"pusher:error","data":{"code":null,"message":"No"}}');
    FakeSocket.last.say('pusher:subscription_error', { error: 'No', status: 403 }, 'orders');
    assert.deepEqual(words(client.told('error')), ['No']);
  });
});
