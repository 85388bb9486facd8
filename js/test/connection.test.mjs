// The line: addresses, states, attempts and their waits, close codes, signs of life, pages that wake up.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { OdyWebSocketClient, OdyWebSocketError } from '../dist/ody-websocket.mjs';
import { FakeSocket, begun, clock, connected, page, settle, words } from './fake.mjs';

describe('the address', () => {
  const cases = {
    'ws://example.com:9502': 'ws://example.com:9502/app/key?protocol=7&client=ody-js&version=0.1.0',
    'wss://example.com/': 'wss://example.com/app/key?protocol=7&client=ody-js&version=0.1.0',
    'wss://example.com/ws': 'wss://example.com/ws/app/key?protocol=7&client=ody-js&version=0.1.0',
    'wss://example.com/ws//?tenant=7#here':
      'wss://example.com/ws/app/key?tenant=7&protocol=7&client=ody-js&version=0.1.0',
    'http://127.0.0.1:9502': 'ws://127.0.0.1:9502/app/key?protocol=7&client=ody-js&version=0.1.0',
    'https://[::1]:9502/a/b': 'wss://[::1]:9502/a/b/app/key?protocol=7&client=ody-js&version=0.1.0',
  };
  for (const [url, address] of Object.entries(cases)) {
    test(url, async () => {
      await begun({}, url);
      assert.equal(FakeSocket.last.url, address);
    });
  }

  for (const url of ['example.com', 'ftp://example.com', 'ws://', 'ws:///path', '', undefined]) {
    test(`"${url}" is refused in words`, () => {
      assert.throws(() => new OdyWebSocketClient(url, 'key', { WebSocket: FakeSocket }), {
        name: 'TypeError',
        message: /^A URL like ws:\/\/example\.com:9502 and an API key are needed/,
      });
    });
  }

  test('a key is escaped, and must be there', async () => {
    const client = new OdyWebSocketClient('ws://a', 'k/?', { WebSocket: FakeSocket });
    client.connect().catch(() => {});
    assert.match(FakeSocket.last.url, /^ws:\/\/a\/app\/k%2F%3F\?/);
    client.disconnect();
    assert.throws(() => new OdyWebSocketClient('ws://a', '', { WebSocket: FakeSocket }), /API key/);
  });

  test('without a WebSocket it says so', () => {
    assert.throws(() => new OdyWebSocketClient('ws://a', 'key', { WebSocket: undefined }), /no WebSocket: give one/);
  });
});

describe('connecting', () => {
  test('begins by itself, and is told step by step', async () => {
    const client = await begun();
    assert.equal(client.state, 'connecting');
    assert.equal(client.isConnected(), false);
    assert.equal(client.getSocketId(), null);
    FakeSocket.last.greet('12.34');
    assert.equal(client.state, 'connected');
    assert.equal(client.isConnected(), true);
    assert.equal(client.getSocketId(), '12.34');
    assert.deepEqual(client.events, [
      ['state', { current: 'connecting', previous: 'disconnected' }],
      ['connecting', { current: 'connecting', previous: 'disconnected' }],
      ['state', { current: 'connected', previous: 'connecting' }],
      ['socket_id', '12.34'],
      ['connected', { socket_id: '12.34' }],
    ]);
  });

  test('waits for connect() where it should', async () => {
    const client = await begun({ autoConnect: false });
    assert.equal(FakeSocket.all.length, 0);
    assert.equal(client.state, 'disconnected');
    const promise = client.connect();
    FakeSocket.last.greet('5.6');
    assert.equal(await promise, '5.6');
  });

  test('several connects are one connection', async () => {
    const client = await begun();
    const promises = [client.connect(), client.connect()];
    FakeSocket.last.greet('7.8');
    assert.deepEqual(await Promise.all([...promises, client.connect()]), ['7.8', '7.8', '7.8']);
    assert.equal(FakeSocket.all.length, 1);
  });

  test('disconnect() at once means that nothing is opened', async () => {
    const client = new OdyWebSocketClient('ws://a', 'key', { WebSocket: FakeSocket });
    client.disconnect();
    await settle();
    assert.equal(FakeSocket.all.length, 0);
  });

  test('disconnect() ends an attempt and rejects connect()', async () => {
    const client = await begun();
    const promise = client.connect();
    client.disconnect();
    await assert.rejects(promise, { name: 'OdyWebSocketError', message: 'disconnect() was called.' });
    assert.equal(client.state, 'disconnected');
    assert.equal(FakeSocket.last.closedWith, 1000);
    FakeSocket.last.greet();
    await clock.advance(100_000);
    assert.equal(client.state, 'disconnected');
    assert.equal(FakeSocket.all.length, 1);
  });

  test('disconnect() ends a connection, and connect() makes the next', async () => {
    const client = await connected();
    client.disconnect();
    assert.equal(FakeSocket.last.closedWith, 1000);
    assert.equal(client.getSocketId(), null);
    assert.deepEqual(client.told('disconnected'), [{ code: 1000, reason: '' }]);
    FakeSocket.last.drop(1000);
    await clock.advance(100_000);
    assert.equal(FakeSocket.all.length, 1);
    const promise = client.connect();
    FakeSocket.last.greet('2.2');
    assert.equal(await promise, '2.2');
    assert.deepEqual(client.told('reconnected'), [], 'nothing was lost');
  });

  test('disconnect() ends a wait', async () => {
    const client = await begun();
    FakeSocket.last.drop();
    assert.equal(client.state, 'unavailable');
    client.disconnect();
    await clock.advance(100_000);
    assert.equal(FakeSocket.all.length, 1);
  });

  test('connect() does not wait for the attempt that is due', async () => {
    const client = await begun();
    FakeSocket.last.drop();
    const promise = client.connect();
    assert.equal(FakeSocket.all.length, 2);
    FakeSocket.last.greet('3.3');
    assert.equal(await promise, '3.3');
    await clock.advance(10_000);
    assert.equal(FakeSocket.all.length, 2);
  });

  test('connect() stays open over failed attempts', async () => {
    const client = await begun();
    const promise = client.connect();
    FakeSocket.last.drop();
    await clock.advance(1000);
    FakeSocket.last.greet('4.4');
    assert.equal(await promise, '4.4');
  });

  test('a WebSocket that cannot be made is final', async () => {
    const client = await begun({
      autoConnect: false,
      WebSocket: class {
        constructor() {
          throw new Error('mixed content');
        }
      },
    });
    await assert.rejects(client.connect(), {
      type: 'connection',
      message: 'There is no WebSocket: mixed content',
    });
    assert.equal(client.state, 'failed');
  });
});

describe('the first message', () => {
  for (const [what, say] of Object.entries({
    'another event': (socket) => socket.say('hello'),
    'no message': (socket) => socket.raw('<html>'),
    'nothing that is text': (socket) => socket.raw(new ArrayBuffer(3)),
    'a greeting without an id': (socket) => socket.say('pusher:connection_established', {}),
    'a greeting without data': (socket) => socket.raw('{"event":"pusher:connection_established"}'),
  })) {
    test(`${what} ends the attempt`, async () => {
      const client = await begun();
      FakeSocket.last.open();
      say(FakeSocket.last);
      assert.equal(client.state, 'unavailable');
      assert.equal(FakeSocket.last.closedWith, 1000);
      assert.match(words(client.told('error'))[0], /does not speak the Pusher protocol/);
      await clock.advance(1000);
      assert.equal(FakeSocket.all.length, 2);
    });
  }

  test('none in time ends the attempt', async () => {
    const client = await begun({ connectTimeout: 4000 });
    FakeSocket.last.open();
    await clock.advance(3999);
    assert.equal(client.state, 'connecting');
    await clock.advance(1);
    assert.equal(client.state, 'unavailable');
    assert.match(words(client.told('error'))[0], /did not answer in time/);
  });

  test('an error before a greeting after all is forgotten', async () => {
    const client = await begun();
    FakeSocket.last.open();
    FakeSocket.last.say('pusher:error', { code: 4001, message: 'No such app' });
    FakeSocket.last.greet();
    FakeSocket.last.drop(1006);
    assert.equal(client.state, 'unavailable');
  });

  test('an error is the reason, and its code counts where the close has none', async () => {
    const client = await begun();
    FakeSocket.last.open();
    FakeSocket.last.say('pusher:error', { code: 4001, message: 'No such app' });
    FakeSocket.last.drop(1006);
    assert.equal(client.state, 'failed');
    assert.deepEqual(words(client.told('failed')), ['The server refused the connection (4001 No such app)']);
  });
});

describe('the waits between attempts', () => {
  /** Fails so often, and tells how long each wait was. */
  async function waits(client, count) {
    const measured = [];
    for (let attempt = 0; attempt < count; attempt++) {
      FakeSocket.last.drop();
      const [{ delay }] = client.told('reconnecting');
      const before = FakeSocket.all.length;
      await clock.advance(delay - 1);
      assert.equal(FakeSocket.all.length, before, 'too early');
      await clock.advance(1);
      assert.equal(FakeSocket.all.length, before + 1, 'too late');
      measured.push(delay);
    }
    return measured;
  }

  test('double, up to the longest', async () => {
    const client = await begun();
    assert.deepEqual(await waits(client, 8), [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });

  test('have a random half', async () => {
    Math.random = () => 0;
    const client = await begun();
    assert.deepEqual(await waits(client, 3), [500, 1000, 2000]);
    Math.random = () => 0.5;
    assert.deepEqual(await waits(client, 1), [6000]);
  });

  test('are those of the options', async () => {
    const client = await begun({ reconnectDelay: 100, reconnectDelayMax: 300 });
    assert.deepEqual(await waits(client, 3), [100, 200, 300]);
  });

  test('are the usual ones where an option is undefined', async () => {
    const client = await begun({
      autoConnect: undefined,
      reconnectAttempts: undefined,
      reconnectDelay: undefined,
      reconnectDelayMax: undefined,
      connectTimeout: undefined,
    });
    assert.equal(client.state, 'connecting');
    assert.deepEqual(await waits(client, 2), [1000, 2000]);
  });

  test('stay finite after very many', async () => {
    const client = await begun({ reconnectDelay: 1, reconnectDelayMax: 10 });
    assert.equal((await waits(client, 1100)).at(-1), 10);
  });

  test('begin anew after a connection that lasted, not after one that broke at once', async () => {
    const client = await begun();
    await waits(client, 3);
    FakeSocket.last.greet();
    assert.deepEqual(await waits(client, 1), [8000]);
    FakeSocket.last.greet();
    await clock.advance(11_000);
    assert.deepEqual(await waits(client, 1), [1000]);
  });

  test('end after the allowed number of attempts', async () => {
    const client = await begun({ reconnectAttempts: 2 });
    const promise = client.connect();
    await waits(client, 2);
    FakeSocket.last.drop(1006, 'down');
    await assert.rejects(promise, { message: 'The server cannot be reached (1006 down)', code: 1006 });
    assert.equal(client.state, 'failed');
    assert.deepEqual(client.told('reconnect_failed'), [{ attempts: 2 }]);
    assert.equal(client.told('failed').length, 1);
    await clock.advance(1_000_000);
    assert.equal(FakeSocket.all.length, 3);
    client.connect().catch(() => {});
    assert.equal(FakeSocket.all.length, 4, 'connect() begins anew');
    FakeSocket.last.drop();
    assert.deepEqual(client.told('reconnecting').at(-1), { attempt: 1, delay: 1000 });
  });

  test('none at all', async () => {
    const client = await begun({ reconnectAttempts: 0 });
    FakeSocket.last.drop();
    assert.equal(client.state, 'failed');
  });

  test('each is told', async () => {
    const client = await begun();
    client.events.splice(0);
    FakeSocket.last.drop();
    assert.deepEqual(client.events.slice(0, 3), [
      ['reconnecting', { attempt: 1, delay: 1000 }],
      ['state', { current: 'unavailable', previous: 'connecting' }],
      ['unavailable', { current: 'unavailable', previous: 'connecting' }],
    ]);
    assert.deepEqual(words(client.told('error')), ['The server cannot be reached (1006)']);
    await clock.advance(1000);
    FakeSocket.last.greet('9.9');
    assert.deepEqual(client.told('reconnected'), [{ socket_id: '9.9' }]);
  });
});

describe('a lost connection', () => {
  test('is told and comes back', async () => {
    const client = await connected();
    FakeSocket.last.drop(1006, 'gone');
    assert.deepEqual(client.events, [
      ['disconnected', { code: 1006, reason: 'gone' }],
      ['reconnecting', { attempt: 1, delay: 1000 }],
      ['state', { current: 'unavailable', previous: 'connected' }],
      ['unavailable', { current: 'unavailable', previous: 'connected' }],
    ]);
    assert.equal(client.getSocketId(), null);
    await clock.advance(1000);
    FakeSocket.last.greet('2.2');
    assert.equal(client.getSocketId(), '2.2');
  });

  for (const code of [4000, 4001, 4003, 4004, 4005, 4006, 4007, 4008, 4009, 4099, 4300, 4999]) {
    test(`${code} is final`, async () => {
      const client = await connected();
      FakeSocket.last.drop(code, 'no');
      assert.equal(client.state, 'failed');
      assert.deepEqual(client.told('disconnected'), [{ code, reason: 'no' }]);
      const [error] = client.told('failed');
      assert.ok(error instanceof OdyWebSocketError);
      assert.equal(error.code, code);
      assert.equal(error.message, `The server refused the connection (${code} no)`);
      assert.deepEqual(client.told('error'), [error]);
      await clock.advance(1_000_000);
      assert.equal(FakeSocket.all.length, 1);
    });
  }

  for (const code of [4100, 4150, 4199]) {
    test(`${code} waits a second at least`, async () => {
      Math.random = () => 0;
      const client = await connected();
      FakeSocket.last.drop(code);
      assert.equal(client.told('reconnecting')[0].delay, 1000);
      await clock.advance(1000);
      FakeSocket.last.drop(code);
      await clock.advance(1000);
      FakeSocket.last.drop(code);
      assert.equal(client.told('reconnecting').at(-1).delay, 2000);
    });
  }

  for (const code of [4200, 4201, 4202, 4299]) {
    test(`${code} comes back at once`, async () => {
      const client = await connected();
      FakeSocket.last.drop(code);
      assert.equal(FakeSocket.all.length, 2);
      assert.equal(client.state, 'connecting');
      assert.deepEqual(client.told('reconnecting'), [{ attempt: 1, delay: 0 }]);
    });
  }

  test('4200 again and again is not followed in a circle', async () => {
    const client = await connected();
    for (let times = 0; times < 3; times++) {
      FakeSocket.last.drop(4200);
      await clock.advance(client.told('reconnecting')[0].delay);
      FakeSocket.last.greet();
      await settle();
    }
    FakeSocket.last.drop(4200);
    assert.equal(client.told('reconnecting')[0].delay, 8000);
  });

  for (const code of [1000, 1001, 1002, 1005, 1006, 1009, 1011, 1015, 3000]) {
    test(`${code} comes back after a wait`, async () => {
      const client = await connected();
      FakeSocket.last.drop(code);
      assert.equal(client.told('reconnecting')[0].delay, 1000);
    });
  }

  test('an error that was told before does not decide', async () => {
    const client = await connected();
    FakeSocket.last.raw('{"event":"pusher:error","data":{"code":4301,"message":"too many client events"}}');
    FakeSocket.last.drop(1006);
    assert.equal(client.state, 'unavailable');
    const [error] = client.told('error');
    assert.equal(error.code, 4301);
    assert.equal(error.type, 'server');
    assert.equal(error.message, 'too many client events');
  });

  test('what a left socket still says is ignored', async () => {
    const client = await connected();
    const old = FakeSocket.last;
    await clock.advance(150_000);
    FakeSocket.last.greet('2.2');
    old.say('pusher:connection_established', { socket_id: '6.6' });
    old.drop(4009);
    assert.equal(client.getSocketId(), '2.2');
    assert.equal(client.state, 'connected');
  });
});

describe('calls from handlers', () => {
  test('disconnect() while a loss is told', async () => {
    const client = await connected();
    client.on('disconnected', () => client.disconnect());
    FakeSocket.last.drop(4200);
    assert.equal(client.state, 'disconnected');
    assert.deepEqual(
      client.told('state').map(({ current }) => current),
      ['connecting', 'disconnected'],
    );
    await clock.advance(100_000);
    assert.ok(FakeSocket.all.every((socket) => socket.readyState > 1));
  });

  test('every handler hears of everything in the same order', async () => {
    const client = await connected();
    const heard = [];
    client.on('disconnected', () => client.disconnect());
    client.on('disconnected', () => heard.push('disconnected'));
    client.on('state', ({ current }) => heard.push(current));
    FakeSocket.last.drop(1006);
    assert.deepEqual(heard, ['disconnected', 'unavailable', 'disconnected']);
  });

  for (const event of ['failed', 'error', 'disconnected', 'reconnect_failed']) {
    test(`connect() while a failure is told as ${event}`, async () => {
      const client = await connected();
      let promise;
      client.once(event, () => (promise = client.connect()));
      FakeSocket.last.drop(4009);
      assert.equal(client.state, 'connecting');
      FakeSocket.last.greet('8.8');
      assert.equal(await promise, '8.8');
    });
  }

  test('connect() while a disconnect() is told', async () => {
    const client = await connected();
    let promise;
    client.once('disconnected', () => (promise = client.connect()));
    client.disconnect();
    FakeSocket.last.greet('8.8');
    assert.equal(await promise, '8.8');
  });

  test('disconnect() while the connection is told', async () => {
    const client = await begun();
    client.on('connected', () => client.disconnect());
    client.subscribe('orders');
    FakeSocket.last.greet();
    await settle();
    assert.equal(client.state, 'disconnected');
    assert.deepEqual(FakeSocket.last.took(), []);
  });
});

describe('signs of life', () => {
  test('a ping of the server is answered', async () => {
    await connected();
    FakeSocket.last.say('pusher:ping');
    assert.deepEqual(FakeSocket.last.took(), [['pusher:pong', {}]]);
  });

  test('silence is asked about, and an answer is enough', async () => {
    const client = await connected();
    await clock.advance(119_999);
    assert.deepEqual(FakeSocket.last.took(), []);
    await clock.advance(1);
    assert.deepEqual(FakeSocket.last.took(), [['pusher:ping', {}]]);
    await clock.advance(29_999);
    FakeSocket.last.say('pusher:pong');
    await clock.advance(119_000);
    assert.equal(client.state, 'connected');
    assert.deepEqual(FakeSocket.last.took(), []);
  });

  test('silence that goes on ends the connection; the next comes at once', async () => {
    const client = await connected();
    await clock.advance(150_000);
    assert.deepEqual(client.told('disconnected'), [{ code: 4201, reason: 'it did not answer a ping' }]);
    assert.equal(FakeSocket.all.length, 2);
    assert.equal(FakeSocket.all[0].readyState, 2, 'the dead socket is closed');
    assert.equal(client.state, 'connecting');
  });

  test('whatever is heard counts as life', async () => {
    const client = await connected();
    for (let times = 0; times < 20; times++) {
      await clock.advance(60_000);
      FakeSocket.last.say('tick', {}, 'clock');
    }
    assert.deepEqual(FakeSocket.last.took(), []);
    await clock.advance(120_000);
    FakeSocket.last.say('tick', {}, 'clock');
    await clock.advance(60_000);
    assert.equal(client.state, 'connected', 'also instead of the answer');
  });

  test('the shorter of the two silences counts', async () => {
    const client = await begun();
    FakeSocket.last.greet('1.1', 20);
    await clock.advance(20_000);
    assert.deepEqual(FakeSocket.last.took(), [['pusher:ping', {}]]);
    client.disconnect();
    const impatient = await begun({ activityTimeout: 3000, pongTimeout: 500 });
    FakeSocket.last.greet('1.1', 120);
    await clock.advance(3000);
    assert.deepEqual(FakeSocket.last.took(), [['pusher:ping', {}]]);
    await clock.advance(500);
    assert.equal(impatient.told('disconnected').length, 1);
  });

  test('a server without an activity timeout is asked after ours', async () => {
    await begun();
    FakeSocket.last.open();
    FakeSocket.last.say('pusher:connection_established', { socket_id: '1.1' });
    await clock.advance(120_000);
    assert.deepEqual(FakeSocket.last.took(), [['pusher:ping', {}]]);
  });

  test('ping() measures, in order, and fails with the line', async () => {
    const client = await connected();
    const [first, second] = [client.ping(), client.ping()];
    assert.equal(FakeSocket.last.took().length, 2);
    FakeSocket.last.say('pusher:pong');
    assert.equal(typeof (await first), 'number');
    FakeSocket.last.drop();
    await assert.rejects(second, { message: 'There is no connection.' });
    await assert.rejects(client.ping(), { message: 'There is no connection.' });
  });

  test('a pong that nobody asked for harms nobody', async () => {
    const client = await connected();
    FakeSocket.last.say('pusher:pong');
    assert.equal(client.state, 'connected');
  });
});

describe('waking up', () => {
  const PATIENCE = 5000;

  test('a clock that jumps makes the client ask, with little patience', async () => {
    const client = await connected();
    clock.sleep(60_000);
    await clock.advance(10_000);
    assert.deepEqual(FakeSocket.last.took(), [['pusher:ping', {}]]);
    await clock.advance(PATIENCE);
    assert.equal(client.told('disconnected')[0].code, 4201);
    assert.equal(FakeSocket.all.length, 2);
  });

  test('a clock that is set back makes it ask, too: it cannot measure the silence', async () => {
    await connected();
    clock.sleep(-3_600_000);
    await clock.advance(10_000);
    assert.deepEqual(FakeSocket.last.took(), [['pusher:ping', {}]]);
  });

  test('late timers of a hidden page are none', async () => {
    page().document.hidden = true;
    await connected();
    clock.sleep(60_000);
    await clock.advance(10_000);
    assert.deepEqual(FakeSocket.last.took(), []);
  });

  for (const event of ['online', 'offline', 'pageshow', 'visibilitychange']) {
    test(`${event}: a connection is tried`, async () => {
      const world = page();
      const client = await connected();
      world.happen(event);
      assert.deepEqual(FakeSocket.last.took(), [['pusher:ping', {}]]);
      FakeSocket.last.say('pusher:pong');
      await clock.advance(PATIENCE);
      assert.equal(client.state, 'connected');
      world.happen(event);
      await clock.advance(PATIENCE);
      assert.equal(client.state, 'connecting');
    });
  }

  for (const event of ['online', 'pageshow', 'visibilitychange']) {
    test(`${event}: a wait is cut short`, async () => {
      const world = page();
      const client = await begun();
      for (let times = 0; times < 6; times++) {
        FakeSocket.last.drop();
        await clock.advance(client.told('reconnecting')[0].delay);
      }
      FakeSocket.last.drop();
      const before = FakeSocket.all.length;
      world.happen(event);
      assert.equal(FakeSocket.all.length, before + 1);
      world.happen(event);
      assert.equal(FakeSocket.all.length, before + 1, 'one attempt at a time');
      FakeSocket.last.drop();
      assert.equal(client.told('reconnecting').at(-1).delay, 2000, 'the waits begin anew');
    });
  }

  test('offline: a wait stays one', async () => {
    const world = page();
    await begun();
    FakeSocket.last.drop();
    world.happen('offline');
    assert.equal(FakeSocket.all.length, 1);
  });

  test('a page that becomes hidden is left alone', async () => {
    const world = page();
    await connected();
    world.document.hidden = true;
    world.happen('visibilitychange');
    assert.deepEqual(FakeSocket.last.took(), []);
  });

  test('a socket that closed without a word is replaced', async () => {
    const world = page();
    const client = await connected();
    FakeSocket.last.readyState = 3;
    world.happen('pageshow');
    assert.equal(client.state, 'unavailable');
    assert.equal(client.told('disconnected')[0].code, 1006);
  });

  test('after disconnect() or a failure the world is not watched', async () => {
    const world = page();
    const client = await connected();
    assert.equal(world.listening, 4);
    FakeSocket.last.drop(4009);
    assert.equal(world.listening, 0);
    world.happen('online');
    assert.equal(FakeSocket.all.length, 1);
    client.connect().catch(() => {});
    assert.equal(world.listening, 4);
    client.disconnect();
    assert.equal(world.listening, 0);
    world.happen('online');
    assert.equal(FakeSocket.all.length, 2);
  });
});
