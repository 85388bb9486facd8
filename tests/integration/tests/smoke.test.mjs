// The least that must work: subscribe on each kind of channel, publish from PHP, end well.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client, bound, closeClients, eventsOf, pusher, subscribed } from '../lib/clients.mjs';
import { Server } from '../lib/server.mjs';

let server;
before(async () => (server = await Server.start()));
after(closeClients);

test('pusher-js receives on a public channel what PHP publishes', async () => {
  const client = pusher(server);
  const channel = await subscribed(client, 'my-channel');
  const received = bound(channel, 'new-message');
  assert.equal(await server.publish('my-channel', 'new-message', { text: 'Hello world!', nothing: null }), 1);
  assert.deepEqual(await received, { text: 'Hello world!', nothing: null });
});

test('pusher-js receives on a private channel', async () => {
  const channel = await subscribed(pusher(server), 'private-orders');
  const received = bound(channel, 'shipped');
  assert.equal(await server.publish('private-orders', 'shipped', { id: 7 }), 1);
  assert.deepEqual(await received, { id: 7 });
});

test('pusher-js knows the members of a presence channel', async () => {
  const first = pusher(server, { user: { user_id: '1', user_info: { name: 'Ada' } } });
  const room = await subscribed(first, 'presence-room');
  assert.equal(room.members.count, 1);
  assert.equal(room.members.me.info.name, 'Ada');
  const events = eventsOf(room);
  const second = pusher(server, { user: { user_id: 2, user_info: { name: 'Grace' } } });
  const other = await subscribed(second, 'presence-room');
  assert.deepEqual(Object.keys(other.members.members).sort(), ['1', '2']);
  const [event, member] = await events.next();
  assert.equal(event, 'pusher:member_added');
  assert.deepEqual(member, { id: '2', info: { name: 'Grace' } });
});

test('the greeting, the confirmation and an event are the frames of the protocol', async () => {
  const client = await Client.open(server);
  const greeting = await client.next();
  const { socket_id: socketId, activity_timeout: timeout, ...rest } = JSON.parse(greeting.data);
  assert.deepEqual(Object.keys(greeting).sort(), ['data', 'event']);
  assert.equal(greeting.event, 'pusher:connection_established');
  assert.match(socketId, /^\d+\.\d+$/);
  assert.equal(timeout, 120);
  assert.deepEqual(rest, {});
  client.ask('frames', { auth: '' });
  assert.deepEqual(await client.next(), {
    event: 'pusher_internal:subscription_succeeded', channel: 'frames', data: '{}',
  });
  await server.publish('frames', 'said', { text: 'grüß "dich"' });
  const message = await client.next();
  assert.equal(message.event, 'said');
  assert.equal(message.channel, 'frames');
  assert.deepEqual(JSON.parse(message.data), { text: 'grüß "dich"' });
});

test('SIGTERM: clients are told to reconnect, and the server ends with 0', async () => {
  const client = await Client.greeted(server);
  const stopped = server.stop();
  await client.closedWith(4200);
  await stopped;
});
