// Handlers: in order, once, taken off, forgotten; and those that throw.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FakeSocket, connected, settle, words } from './fake.mjs';

async function channel(options = {}) {
  const client = await connected(options);
  const made = client.subscribe('orders');
  await settle();
  FakeSocket.last.confirm('orders');
  client.events.splice(0);
  return { client, channel: made };
}

const say = (event, data = {}) => FakeSocket.last.say(event, data, 'orders');

describe('handlers', () => {
  test('on, once and off return what they were called on', async () => {
    const { client, channel: orders } = await channel();
    const nothing = () => {};
    assert.equal(orders.on('x', nothing).once('x', nothing).off('x', nothing), orders);
    assert.equal(client.on('state', nothing).off('state', nothing), client);
  });

  test('are called in their order, each as often as it was added', async () => {
    const { channel: orders } = await channel();
    const heard = [];
    const twice = () => heard.push('twice');
    orders
      .on('x', () => heard.push('first'))
      .on('x', twice)
      .on('x', twice)
      .on('y', () => heard.push('other'));
    say('x');
    assert.deepEqual(heard, ['first', 'twice', 'twice']);
  });

  test('once is once, also when it causes the same event', async () => {
    const { channel: orders } = await channel();
    let calls = 0;
    orders.once('x', () => {
      calls++;
      say('x');
    });
    say('x');
    say('x');
    assert.equal(calls, 1);
  });

  test('off takes one, all of an event, or all', async () => {
    const { channel: orders } = await channel();
    const heard = [];
    const one = () => heard.push('one');
    orders
      .on('x', one)
      .once('x', one)
      .on('x', () => heard.push('two'))
      .on('y', () => heard.push('three'));
    orders.off('x', one);
    say('x');
    assert.deepEqual(heard.splice(0), ['two']);
    orders.off('x');
    say('x');
    say('y');
    assert.deepEqual(heard.splice(0), ['three']);
    orders.off();
    say('y');
    assert.deepEqual(heard, []);
    orders.off('never', one);
  });

  test('added or taken off while an event is told count from the next one', async () => {
    const { channel: orders } = await channel();
    const heard = [];
    const second = () => heard.push('second');
    orders.on('x', () => {
      orders.off('x', second);
      orders.on('x', () => heard.push('third'));
    });
    orders.on('x', second);
    say('x');
    assert.deepEqual(heard.splice(0), ['second']);
    say('x');
    assert.deepEqual(heard, ['third']);
  });

  test('names that objects have of their own', async () => {
    const { channel: orders } = await channel();
    const heard = [];
    for (const name of ['__proto__', 'constructor', 'hasOwnProperty']) {
      say(name);
      orders.on(name, () => heard.push(name));
      say(name);
    }
    assert.deepEqual(heard, ['__proto__', 'constructor', 'hasOwnProperty']);
  });

  test(
    'that were taken off are kept by nobody',
    { skip: globalThis.gc === undefined && 'run with --expose-gc' },
    async () => {
      const { channel: orders } = await channel();
      const references = [];
      const add = (count) => {
        for (let number = 0; number < count; number++) {
          const handler = () => number;
          references.push(new WeakRef(handler));
          number % 2 ? orders.on(`event-${number}`, handler) : orders.once('x', handler);
          number % 4 ? orders.off(number % 2 ? `event-${number}` : 'x', handler) : 0;
        }
      };
      add(100);
      say('x');
      orders.on('x', () => {});
      await settle();
      await settle();
      globalThis.gc();
      assert.equal(references.filter((reference) => reference.deref()).length, 0);
    },
  );
});

describe('names of events', () => {
  test(
    'without handlers are kept by nobody',
    { skip: globalThis.gc === undefined && 'run with --expose-gc' },
    async () => {
      const { channel: orders } = await channel();
      const nothing = () => {};
      const use = (from, count) => {
        for (let number = from; number < from + count; number++) {
          orders.on(`event-${number}`, nothing).off(`event-${number}`, nothing);
          orders.once(`once-${number}`, nothing);
          orders.off(`once-${number}`);
        }
      };
      use(0, 1000);
      globalThis.gc();
      const before = process.memoryUsage().heapUsed;
      use(1000, 100_000);
      globalThis.gc();
      const grown = process.memoryUsage().heapUsed - before;
      assert.ok(grown < 2_000_000, `${grown} bytes`);
    },
  );
});

describe('a handler that throws', () => {
  test('harms no other, and its words are told', async () => {
    const { client, channel: orders } = await channel();
    const heard = [];
    const thrown = new Error('oops');
    orders.on('x', () => {
      throw thrown;
    });
    orders.on('x', () => heard.push('other'));
    say('x');
    assert.deepEqual(heard, ['other']);
    const [error] = client.told('error');
    assert.equal(error.message, 'A handler of x threw: oops');
    assert.equal(error.type, 'handler');
    assert.equal(error.cause, thrown);
  });

  test('of anything but an error', async () => {
    const { client, channel: orders } = await channel();
    orders.on('x', () => {
      throw 'text';
    });
    say('x');
    assert.deepEqual(words(client.told('error')), ['A handler of x threw: text']);
  });

  test('something that cannot be written harms nothing either', async () => {
    const { client } = await channel();
    client.on('state', () => {
      throw Object.create(null);
    });
    FakeSocket.last.drop(4200);
    assert.match(words(client.told('error'))[0], /^A handler of state threw: /);
    FakeSocket.last.greet('2.2');
    assert.equal(client.told('connected').length, 1, 'the client goes on telling');
  });

  test('of the client harms no connection', async () => {
    const { client } = await channel();
    for (const event of ['state', 'disconnected', 'reconnecting', 'connected', 'connecting']) {
      client.on(event, () => {
        throw new Error('oops');
      });
    }
    FakeSocket.last.drop(4200);
    FakeSocket.last.greet('2.2');
    await settle();
    assert.equal(client.state, 'connected');
    assert.deepEqual(FakeSocket.last.took(), [['pusher:subscribe', { channel: 'orders' }]]);
  });

  test('of errors goes to the console, and not round in circles', async () => {
    const { client, channel: orders } = await channel();
    const printed = [];
    console.error = (...text) => printed.push(text.join(' '));
    client.on('error', () => {
      throw new Error('worse');
    });
    orders.on('x', () => {
      throw new Error('oops');
    });
    say('x');
    assert.deepEqual(printed, ['A handler of error threw: worse']);
  });

  test('where nobody listens to errors goes to the console', async () => {
    const { client, channel: orders } = await channel();
    const printed = [];
    console.error = (...text) => printed.push(text.join(' '));
    client.off('error');
    orders.on('x', () => {
      throw new Error('oops');
    });
    say('x');
    assert.deepEqual(printed, ['A handler of x threw: oops']);
  });
});

describe('debug', () => {
  test('names what goes to and fro, without tokens and data', async () => {
    const printed = [];
    const { debug } = console;
    console.debug = (...text) => printed.push(text.join(' '));
    try {
      const { client } = await channel({ debug: true });
      client.subscribe('private-a', { auth: 'key:secret-token' });
      await settle();
      say('x', { secret: 'secret-data' });
      const text = printed.join('\n');
      assert.match(text, /> pusher:subscribe/);
      assert.match(text, /< x orders/);
      assert.doesNotMatch(text, /secret/);
    } finally {
      console.debug = debug;
    }
  });
});
