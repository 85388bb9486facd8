// Channels: subscriptions and what becomes of them when the line comes and goes, events, client events.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FakeSocket, begun, clock, connected, settle, words } from './fake.mjs';

const subscribe = (channel, more = {}) => ['pusher:subscribe', { ...more, channel }];
const unsubscribe = (channel) => ['pusher:unsubscribe', { channel }];

/** A channel that the server has confirmed. */
async function joined(client, name = 'orders', data = undefined) {
  const channel = client.subscribe(name, data);
  await settle();
  FakeSocket.last.took();
  FakeSocket.last.confirm(name);
  client.events.splice(0);
  return channel;
}

/** Loses the connection and gets the next one. */
async function again(socketId = '2.2') {
  FakeSocket.last.drop(4200);
  FakeSocket.last.greet(socketId);
  await settle();
}

describe('subscribing', () => {
  test('before the connection is up', async () => {
    const client = await begun();
    const channel = client.subscribe('orders');
    await settle();
    FakeSocket.last.greet();
    await settle();
    assert.deepEqual(FakeSocket.last.took(), [subscribe('orders')]);
    assert.equal(channel.subscribed, false);
    FakeSocket.last.confirm('orders');
    assert.equal(channel.subscribed, true);
    assert.deepEqual(client.told('subscription_succeeded'), [{ channel: 'orders' }]);
  });

  test('after it is up', async () => {
    const client = await connected();
    client.subscribe('orders');
    await settle();
    assert.deepEqual(FakeSocket.last.took(), [subscribe('orders')]);
  });

  test('while the connection is told', async () => {
    const client = await begun();
    client.on('connected', () => client.subscribe('orders'));
    FakeSocket.last.greet();
    await settle();
    assert.deepEqual(FakeSocket.last.took(), [subscribe('orders')], 'once');
  });

  test('twice is the same channel and one message', async () => {
    const client = await connected();
    const channel = client.subscribe('orders');
    assert.equal(client.subscribe('orders'), channel);
    await settle();
    assert.equal(client.subscribe('orders'), channel);
    FakeSocket.last.confirm('orders');
    assert.equal(client.subscribe('orders'), channel);
    await settle();
    assert.deepEqual(FakeSocket.last.took(), [subscribe('orders')]);
    assert.equal(client.channel('orders'), channel);
    assert.equal(client.channel('others'), undefined);
  });

  test('names that objects have of their own are names like others', async () => {
    const client = await connected();
    for (const name of ['__proto__', 'constructor', 'toString']) {
      assert.equal(client.subscribe(name).name, name);
    }
    await settle();
    assert.equal(FakeSocket.last.took().length, 3);
  });

  test('data for handlers of the server goes along, on any channel', async () => {
    const client = await connected();
    client.subscribe('auction-7', { ticket: 'abc', channel: 'other' });
    await settle();
    assert.deepEqual(FakeSocket.last.took(), [subscribe('auction-7', { ticket: 'abc' })]);
  });

  test('the confirmation comes to the channel as well', async () => {
    const client = await connected();
    const heard = [];
    client.subscribe('orders').on('subscription_succeeded', (data, meta) => heard.push([data, meta]));
    await settle();
    FakeSocket.last.confirm('orders');
    assert.deepEqual(heard, [[{}, { event: 'subscription_succeeded', channel: 'orders', user_id: undefined }]]);
  });
});

describe('a refused subscription', () => {
  const refuse = (data) => FakeSocket.last.say('pusher:subscription_error', data, 'orders');

  test('is told in words, here and there', async () => {
    const client = await connected();
    const channel = client.subscribe('orders');
    const heard = [];
    channel.on('subscription_error', (error) => heard.push(error));
    await settle();
    refuse({ type: 'AuthError', error: 'You may not', status: 403 });
    const [error] = client.told('subscription_error');
    assert.deepEqual(heard, [error]);
    const { type, message, status } = error;
    assert.deepEqual(
      { type, message, status, channel: error.channel },
      {
        type: 'subscription',
        message: 'You may not',
        status: 403,
        channel: 'orders',
      },
    );
    assert.equal(channel.subscribed, false);
    await clock.advance(100_000);
    assert.deepEqual(FakeSocket.last.took(), [subscribe('orders')], 'it is not tried again');
  });

  test('can be tried again', async () => {
    const client = await connected();
    const channel = client.subscribe('orders');
    await settle();
    refuse({ error: 'No', status: 403 });
    FakeSocket.last.took();
    assert.equal(client.subscribe('orders', { auth: 'key:better' }), channel);
    await settle();
    assert.deepEqual(FakeSocket.last.took(), [subscribe('orders', { auth: 'key:better' })]);
  });

  test('without words has some', async () => {
    const client = await connected();
    client.subscribe('orders');
    await settle();
    FakeSocket.last.raw('{"event":"pusher_internal:subscription_error","channel":"orders"}');
    assert.deepEqual(words(client.told('subscription_error')), ['The server refused the subscription']);
  });

  for (const status of [429, 500, 503]) {
    test(`${status} may pass: it is tried again, later and later`, async () => {
      const client = await connected();
      client.subscribe('orders');
      await settle();
      for (const wait of [1000, 2000, 4000]) {
        FakeSocket.last.took();
        refuse({ error: 'Too much just now', status });
        await clock.advance(wait - 1);
        assert.deepEqual(FakeSocket.last.took(), []);
        await clock.advance(1);
        await settle();
        assert.deepEqual(FakeSocket.last.took(), [subscribe('orders')]);
      }
      FakeSocket.last.confirm('orders');
      assert.equal(client.channel('orders').subscribed, true);
      await again();
      FakeSocket.last.took();
      refuse({ error: 'Too much again', status });
      await clock.advance(1000);
      await settle();
      assert.deepEqual(FakeSocket.last.took(), [subscribe('orders')], 'the waits begin anew');
    });
  }

  test('of a channel that is subscribed to changes nothing: another try was refused', async () => {
    const client = await connected();
    const channel = client.subscribe('private-orders', { auth: 'key:good' });
    await settle();
    client.subscribe('private-orders', { auth: 'key:bad' });
    await settle();
    FakeSocket.last.confirm('private-orders');
    FakeSocket.last.took();
    FakeSocket.last.say('pusher:subscription_error', { error: 'No', status: 401 }, 'private-orders');
    assert.deepEqual(words(client.told('subscription_error')), ['No']);
    assert.equal(channel.subscribed, true);
    channel.publish('client-x', 1);
    assert.equal(FakeSocket.last.took().length, 1, 'it is sent');
  });

  test('a newer token does not wait for the answer to the one before', async () => {
    const client = await connected();
    client.subscribe('private-orders', { auth: 'key:bad' });
    await settle();
    client.subscribe('private-orders', { auth: 'key:good' });
    await settle();
    assert.deepEqual(FakeSocket.last.took(), [
      subscribe('private-orders', { auth: 'key:bad' }),
      subscribe('private-orders', { auth: 'key:good' }),
    ]);
    FakeSocket.last.say('pusher:subscription_error', { error: 'No', status: 401 }, 'private-orders');
    FakeSocket.last.confirm('private-orders');
    assert.equal(client.channel('private-orders').subscribed, true);
  });

  test('is not tried again when the channel was left meanwhile', async () => {
    const client = await connected();
    const channel = client.subscribe('orders');
    await settle();
    refuse({ error: 'Too much', status: 503 });
    channel.unsubscribe();
    FakeSocket.last.took();
    await clock.advance(10_000);
    assert.deepEqual(FakeSocket.last.took(), []);
  });
});

describe('a new connection', () => {
  test('has every channel again, with its handlers', async () => {
    const client = await connected();
    const channel = await joined(client);
    const heard = [];
    channel.on('shipped', (data) => heard.push(data));
    await joined(client, 'news');
    FakeSocket.last.drop();
    assert.equal(channel.subscribed, false);
    await clock.advance(1000);
    FakeSocket.last.greet('2.2');
    await settle();
    assert.deepEqual(FakeSocket.last.took(), [subscribe('orders'), subscribe('news')]);
    FakeSocket.last.confirm('orders');
    FakeSocket.last.say('shipped', { id: 7 }, 'orders');
    assert.deepEqual(heard, [{ id: 7 }]);
  });

  test('has what was wished meanwhile', async () => {
    const client = await connected();
    const orders = await joined(client, 'orders');
    await joined(client, 'news');
    FakeSocket.last.drop();
    orders.unsubscribe();
    client.subscribe('chat');
    client.subscribe('brief').unsubscribe();
    await clock.advance(1000);
    FakeSocket.last.greet('2.2');
    await settle();
    assert.deepEqual(FakeSocket.last.took(), [subscribe('news'), subscribe('chat')]);
  });

  test('after disconnect() and connect() too', async () => {
    const client = await connected();
    await joined(client);
    client.disconnect();
    client.connect();
    FakeSocket.last.greet('2.2');
    await settle();
    assert.deepEqual(FakeSocket.last.took(), [subscribe('orders')]);
  });
});

describe('leaving', () => {
  test('tells the server and the application', async () => {
    const client = await connected();
    const channel = await joined(client);
    assert.equal(channel.unsubscribe(), channel);
    assert.deepEqual(FakeSocket.last.took(), [unsubscribe('orders')]);
    assert.deepEqual(client.told('unsubscribed'), [{ channel: 'orders' }]);
    assert.equal(channel.subscribed, false);
    assert.equal(client.channel('orders'), undefined);
    channel.unsubscribe();
    client.unsubscribe('orders');
    assert.deepEqual(FakeSocket.last.took(), []);
  });

  test('by name', async () => {
    const client = await connected();
    await joined(client);
    client.unsubscribe('orders');
    assert.deepEqual(FakeSocket.last.took(), [unsubscribe('orders')]);
  });

  test('before the confirmation: it changes nothing any more', async () => {
    const client = await connected();
    const channel = client.subscribe('orders');
    await settle();
    channel.unsubscribe();
    assert.deepEqual(FakeSocket.last.took(), [subscribe('orders'), unsubscribe('orders')]);
    FakeSocket.last.confirm('orders');
    assert.equal(channel.subscribed, false);
    assert.deepEqual(client.told('subscription_succeeded'), []);
  });

  test('nothing is heard any more', async () => {
    const client = await connected();
    const channel = await joined(client);
    channel.on('shipped', () => assert.fail('heard'));
    channel.unsubscribe();
    FakeSocket.last.say('shipped', {}, 'orders');
  });

  for (const [what, answer] of Object.entries({
    confirmation: () => FakeSocket.last.confirm('private-orders'),
    refusal: () => FakeSocket.last.say('pusher:subscription_error', { error: 'No', status: 401 }, 'private-orders'),
  })) {
    test(`a ${what} that comes late is not one of the next channel of that name`, async () => {
      const waiting = [];
      const client = await connected({ authorizer: () => new Promise((resolve) => waiting.push(resolve)) });
      const old = client.subscribe('private-orders');
      waiting[0]({ auth: 'key:old' });
      await settle();
      old.unsubscribe();
      const fresh = client.subscribe('private-orders');
      await settle();
      answer();
      assert.equal(fresh.subscribed, false);
      assert.deepEqual(client.told('subscription_succeeded', 'subscription_error'), []);
      waiting[1]({ auth: 'key:fresh' });
      await settle();
      assert.deepEqual(FakeSocket.last.took().at(-1), subscribe('private-orders', { auth: 'key:fresh' }));
      FakeSocket.last.confirm('private-orders');
      assert.equal(fresh.subscribed, true);
    });
  }

  test('in a handler: the handlers that come after it hear nothing', async () => {
    const client = await connected();
    const channel = client.subscribe('presence-room', { auth: 'key:token' });
    client.on('subscription_succeeded', () => channel.unsubscribe());
    const heard = [];
    for (const event of ['subscription_succeeded', 'here']) {
      channel.on(event, () => heard.push(event));
    }
    await settle();
    FakeSocket.last.confirm('presence-room', { presence: { count: 0, ids: [], hash: {} } });
    assert.deepEqual(heard, []);
    assert.equal(channel.subscribed, false);
  });

  test('and subscribing at once is another channel, which the old one cannot leave', async () => {
    const client = await connected();
    const old = await joined(client);
    old.unsubscribe();
    const fresh = client.subscribe('orders');
    assert.notEqual(fresh, old);
    await settle();
    assert.deepEqual(FakeSocket.last.took(), [unsubscribe('orders'), subscribe('orders')]);
    old.unsubscribe();
    assert.deepEqual(FakeSocket.last.took(), []);
    FakeSocket.last.confirm('orders');
    assert.equal(fresh.subscribed, true);
  });
});

describe('events', () => {
  test('are decoded and come with what is known about them', async () => {
    const client = await connected();
    const channel = await joined(client, 'presence-room');
    const heard = [];
    channel.on('client-typing', (data, meta) => heard.push([data, meta]));
    FakeSocket.last.say('client-typing', { user: 'John' }, 'presence-room', { user_id: '7' });
    assert.deepEqual(heard, [[{ user: 'John' }, { event: 'client-typing', channel: 'presence-room', user_id: '7' }]]);
    assert.deepEqual(client.told('message'), [
      { event: 'client-typing', channel: 'presence-room', data: { user: 'John' }, user_id: '7' },
    ]);
  });

  for (const [sent, value] of [
    ['"{\\"a\\":1}"', { a: 1 }],
    ['{"a":1}', { a: 1 }],
    ['"[1,2]"', [1, 2]],
    ['"\\"text\\""', 'text'],
    ['"plain text"', 'plain text'],
    ['""', ''],
    ['"7"', 7],
    ['"null"', null],
    ['null', null],
    ['"{broken"', '{broken'],
  ]) {
    test(`data ${sent}`, async () => {
      const client = await connected();
      const channel = await joined(client);
      const heard = [];
      channel.on('x', (data) => heard.push(data));
      FakeSocket.last.raw(`{"event":"x","channel":"orders","data":${sent}}`);
      assert.deepEqual(heard, [value]);
    });
  }

  test('of another channel are heard by nobody but the client', async () => {
    const client = await connected();
    const channel = await joined(client);
    channel.on('shipped', () => assert.fail('heard'));
    FakeSocket.last.say('shipped', {}, 'others');
    assert.equal(client.told('message').length, 1);
  });

  test('to this one client have no channel', async () => {
    const client = await connected();
    FakeSocket.last.say('hint', { id: 1 });
    assert.deepEqual(client.told('message'), [{ event: 'hint', channel: null, data: { id: 1 }, user_id: undefined }]);
  });

  test('before the confirmation are heard', async () => {
    const client = await connected();
    const heard = [];
    client.subscribe('orders').on('shipped', (data) => heard.push(data));
    await settle();
    FakeSocket.last.say('shipped', { id: 1 }, 'orders');
    assert.deepEqual(heard, [{ id: 1 }]);
  });

  test('of the protocol that nobody knows are no messages', async () => {
    const client = await connected();
    await joined(client);
    FakeSocket.last.say('pusher:something', {}, 'orders');
    FakeSocket.last.say('pusher_internal:something', {});
    assert.deepEqual(client.events, []);
  });

  for (const text of ['', '{', '[]', 'null', '7', '"x"', '{}', '{"event":7}', '{"event":null,"channel":"orders"}']) {
    test(`${JSON.stringify(text)} is told and harms nothing`, async () => {
      const client = await connected();
      const channel = await joined(client);
      FakeSocket.last.raw(text);
      assert.deepEqual(words(client.told('error')), ['The server sent something that is no message.']);
      assert.equal(client.state, 'connected');
      assert.equal(channel.subscribed, true);
    });
  }

  for (const [event, data] of [
    ['pusher_internal:member_added', 'null'],
    ['pusher_internal:member_removed', '7'],
    ['pusher:subscription_error', 'null'],
    ['pusher_internal:subscription_count', 'null'],
    ['pusher_internal:subscription_succeeded', '{"presence":7}'],
    ['pusher_internal:subscription_succeeded', 'null'],
    ['pusher:error', 'null'],
    ['pusher:error', '"text"'],
    ['pusher:signin_success', 'null'],
    ['pusher_internal:watchlist_events', 'null'],
    ['pusher_internal:watchlist_events', '{"events":[{}]}'],
    ['pusher_internal:watchlist_events', '{"events":[null]}'],
    ['pusher_internal:watchlist_events', '{"events":7}'],
    ['pusher_internal:member_added', '{"user_id":{"toString":7,"valueOf":7}}'],
    ['pusher_internal:subscription_succeeded', '{"presence":{"hash":"text"}}'],
  ]) {
    test(`${event} with ${data} harms nothing`, async () => {
      const client = await connected();
      await joined(client);
      FakeSocket.last.raw(`{"event":"${event}","channel":"orders","data":${data}}`);
      FakeSocket.last.say('shipped', {}, 'orders');
      assert.equal(client.told('message').length, 1);
      assert.equal(client.state, 'connected');
    });
  }

  test('cache_miss and subscription_count', async () => {
    const client = await connected();
    const channel = await joined(client);
    const heard = [];
    channel.on('cache_miss', (data) => heard.push(data)).on('subscription_count', (data) => heard.push(data));
    assert.equal(channel.subscriptionCount, null);
    FakeSocket.last.say('pusher:cache_miss', {}, 'orders');
    FakeSocket.last.say('pusher_internal:subscription_count', { subscription_count: 12 }, 'orders');
    assert.deepEqual(heard, [{}, { subscription_count: 12 }]);
    assert.equal(channel.subscriptionCount, 12);
    FakeSocket.last.drop(4200);
    assert.equal(channel.subscriptionCount, null, 'nobody knows without a connection');
  });

  test('of encrypted channels are passed through', async () => {
    const client = await connected({ authorizer: () => ({ auth: 'key:token', shared_secret: 'c2VjcmV0' }) });
    const channel = client.subscribe('private-encrypted-diary');
    const heard = [];
    channel.on('entry', (data) => heard.push(data));
    await settle();
    assert.deepEqual(
      FakeSocket.last.took(),
      [subscribe('private-encrypted-diary', { auth: 'key:token' })],
      'the server must not know the secret',
    );
    FakeSocket.last.confirm('private-encrypted-diary');
    FakeSocket.last.say('entry', { nonce: 'bm9uY2U=', ciphertext: 'eA==' }, 'private-encrypted-diary');
    assert.deepEqual(heard, [{ nonce: 'bm9uY2U=', ciphertext: 'eA==' }]);
  });
});

describe('client events', () => {
  const sent = (event, data) => [event, JSON.stringify(data), 'orders'];

  test('are sent as text of JSON, and publish() returns the channel', async () => {
    const client = await connected();
    const channel = await joined(client);
    assert.equal(channel.publish('client-typing', { user: 'John' }), channel);
    channel
      .publish('client-nothing')
      .publish('client-text', 'x')
      .publish('client-number', 7)
      .publish('client-null', null);
    assert.deepEqual(FakeSocket.last.took(), [
      sent('client-typing', { user: 'John' }),
      sent('client-nothing', {}),
      sent('client-text', 'x'),
      sent('client-number', 7),
      sent('client-null', null),
    ]);
  });

  test('have the prefix that the protocol wants', async () => {
    const client = await connected();
    const channel = await joined(client);
    channel.publish('typing', 1).publish('client-typing', 2).publish('clientele', 3);
    assert.deepEqual(FakeSocket.last.took(), [
      sent('client-typing', 1),
      sent('client-typing', 2),
      sent('client-clientele', 3),
    ]);
  });

  test('by the name of the channel', async () => {
    const client = await connected();
    const channel = await joined(client);
    assert.equal(client.publish('orders', 'client-x', 1), channel);
    assert.deepEqual(FakeSocket.last.took(), [sent('client-x', 1)]);
    assert.throws(() => client.publish('others', 'client-x', 1), {
      message: 'Subscribe to others before you publish.',
    });
  });

  test('what is no JSON is thrown back', async () => {
    const client = await connected();
    const channel = await joined(client);
    const circle = {};
    circle.circle = circle;
    assert.throws(() => channel.publish('client-x', circle), TypeError);
    assert.deepEqual(FakeSocket.last.took(), []);
  });

  test('wait for the connection and for the confirmation', async () => {
    const client = await begun();
    const channel = client.subscribe('orders').publish('client-a', 1);
    FakeSocket.last.greet();
    await settle();
    channel.publish('client-b', 2);
    assert.deepEqual(FakeSocket.last.took(), [subscribe('orders')]);
    channel.on('subscription_succeeded', () => channel.publish('client-c', 3));
    FakeSocket.last.confirm('orders');
    assert.deepEqual(FakeSocket.last.took(), [sent('client-a', 1), sent('client-b', 2), sent('client-c', 3)]);
    assert.deepEqual(client.told('error'), []);
  });

  test('wait for ten seconds at most', async () => {
    const client = await begun();
    const channel = client.subscribe('orders').publish('client-old', 1);
    await clock.advance(9000);
    channel.publish('client-new', 2);
    FakeSocket.last.greet();
    await settle();
    await clock.advance(1001);
    FakeSocket.last.took();
    FakeSocket.last.confirm('orders');
    assert.deepEqual(FakeSocket.last.took(), [sent('client-new', 2)]);
    const [error] = client.told('error');
    assert.equal(error.message, 'client-old was not sent to orders: it waited too long.');
    assert.deepEqual([error.type, error.channel], ['publish', 'orders']);
  });

  test('wait over a short loss', async () => {
    const client = await connected();
    const channel = await joined(client);
    FakeSocket.last.drop(4200);
    channel.publish('client-a', 1);
    FakeSocket.last.greet('2.2');
    await settle();
    FakeSocket.last.confirm('orders');
    assert.deepEqual(FakeSocket.last.took(), [subscribe('orders'), sent('client-a', 1)]);
  });

  test('wait when the socket closes already', async () => {
    const client = await connected();
    const channel = await joined(client);
    FakeSocket.last.readyState = 2;
    channel.publish('client-a', 1);
    await again();
    FakeSocket.last.confirm('orders');
    assert.deepEqual(FakeSocket.last.took(), [subscribe('orders'), sent('client-a', 1)]);
  });

  test('more than ten do not wait', async () => {
    const client = await begun();
    const channel = client.subscribe('orders');
    for (let number = 1; number <= 12; number++) {
      channel.publish(`client-${number}`);
    }
    assert.deepEqual(words(client.told('error')), [
      'client-11 was not sent to orders: 10 others wait already.',
      'client-12 was not sent to orders: 10 others wait already.',
    ]);
  });

  test('are given back when the subscription is refused', async () => {
    const client = await connected();
    client.subscribe('orders').publish('client-a');
    await settle();
    FakeSocket.last.say('pusher:subscription_error', { error: 'No', status: 403 }, 'orders');
    assert.deepEqual(words(client.told('error')), ['client-a was not sent to orders: there is no subscription.']);
  });

  test('are given back when the channel is left', async () => {
    const client = await begun();
    const channel = client.subscribe('orders').publish('client-a').unsubscribe();
    channel.publish('client-b');
    assert.deepEqual(words(client.told('error')), [
      'client-a was not sent to orders: the channel was left.',
      'client-b was not sent to orders: the channel was left.',
    ]);
  });

  test('that the server refuses are told', async () => {
    const client = await connected();
    await joined(client);
    FakeSocket.last.raw('{"event":"pusher:error","data":{"code":null,"message":"Client events are not enabled"}}');
    const [error] = client.told('error');
    assert.deepEqual([error.message, error.code, error.type], ['Client events are not enabled', undefined, 'server']);
  });
});

describe('presence', () => {
  const ANN = { user_id: '1', user_info: { name: 'Ann' } };
  const BOB = { user_id: '2', user_info: { name: 'Bob' } };
  const token = (id) => ({ auth: 'key:x', channel_data: JSON.stringify({ user_id: id, user_info: { name: 'Ann' } }) });
  const presence = (...members) => ({
    presence: {
      count: members.length,
      ids: members.map(({ user_id }) => user_id),
      hash: Object.fromEntries(members.map(({ user_id, user_info }) => [user_id, user_info])),
    },
  });

  async function room(data = token(1)) {
    const client = await connected();
    const channel = client.subscribe('presence-room', data);
    channel.heard = [];
    for (const event of ['here', 'joining', 'leaving', 'member_added', 'member_removed']) {
      channel.on(event, (value) => channel.heard.push([event, value]));
    }
    await settle();
    FakeSocket.last.took();
    FakeSocket.last.confirm('presence-room', presence(ANN, BOB));
    return { client, channel };
  }

  test('the members are there with the confirmation', async () => {
    const { channel } = await room();
    const { members } = channel;
    assert.equal(members.count, 2);
    assert.deepEqual(members.all(), [ANN, BOB]);
    assert.deepEqual([...members], [ANN, BOB]);
    assert.deepEqual(members.get(2), BOB);
    assert.equal(members.get('3'), null);
    assert.equal(members.myId, '1');
    assert.deepEqual(members.me, ANN);
    assert.deepEqual(channel.heard, [['here', [ANN, BOB]]]);
  });

  test('they come and go', async () => {
    const { channel } = await room();
    channel.heard.splice(0);
    const cleo = { user_id: '3', user_info: { name: 'Cleo' } };
    FakeSocket.last.say('pusher_internal:member_added', { user_id: 3, user_info: { name: 'Cleo' } }, 'presence-room');
    assert.equal(channel.members.count, 3);
    FakeSocket.last.say('pusher_internal:member_removed', { user_id: '2' }, 'presence-room');
    assert.deepEqual(channel.members.all(), [ANN, cleo]);
    assert.deepEqual(channel.heard, [
      ['joining', cleo],
      ['member_added', cleo],
      ['leaving', BOB],
      ['member_removed', BOB],
    ]);
  });

  test('handlers of the members', async () => {
    const { channel } = await room();
    const heard = [];
    const { members } = channel;
    assert.equal(
      members
        .here((all) => heard.push(all))
        .joining((one) => heard.push(one))
        .leaving((one) => heard.push(one)),
      members,
    );
    FakeSocket.last.confirm('presence-room', presence(ANN));
    FakeSocket.last.say('pusher_internal:member_added', BOB, 'presence-room');
    FakeSocket.last.say('pusher_internal:member_removed', { user_id: '2' }, 'presence-room');
    assert.deepEqual(heard, [[ANN], BOB, BOB]);
  });

  test('somebody unknown leaves', async () => {
    const { channel } = await room();
    channel.heard.splice(0);
    FakeSocket.last.say('pusher_internal:member_removed', { user_id: '9' }, 'presence-room');
    assert.deepEqual(channel.heard[0], ['leaving', { user_id: '9', user_info: undefined }]);
    assert.equal(channel.members.count, 2);
  });

  test('nobody is there while there is no connection, and everybody again afterwards', async () => {
    const { client, channel } = await room(() => token(1));
    channel.heard.splice(0);
    FakeSocket.last.drop(4200);
    assert.equal(channel.members.count, 0);
    assert.equal(channel.members.me, null);
    FakeSocket.last.greet('2.2');
    await settle();
    FakeSocket.last.confirm('presence-room', presence(ANN));
    assert.deepEqual(channel.heard, [['here', [ANN]]]);
    assert.equal(client.channel('presence-room').members.count, 1);
  });

  test('of a channel that was left nobody is there', async () => {
    const { channel } = await room();
    channel.unsubscribe();
    assert.equal(channel.members.count, 0);
  });

  test('names that objects have of their own', async () => {
    const { channel } = await room();
    FakeSocket.last.raw(
      '{"event":"pusher_internal:subscription_succeeded","channel":"presence-room",' +
        '"data":"{\\"presence\\":{\\"count\\":1,\\"ids\\":[\\"__proto__\\"],\\"hash\\":{\\"__proto__\\":{\\"name\\":\\"x\\"}}}}"}',
    );
    assert.equal(channel.members.count, 1);
    assert.deepEqual(channel.members.get('__proto__').user_info, { name: 'x' });
    assert.equal(channel.members.get('constructor'), null);
  });
});
