// The setting client_events: who may send client events where.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { Client, closeClients } from '../lib/clients.mjs';
import { Server } from '../lib/server.mjs';

async function sends(server, channel) {
  const [a, b] = [await Client.greeted(server), await Client.greeted(server)];
  await a.subscribe(channel);
  await b.subscribe(channel);
  a.send({ event: 'client-x', channel, data: {} });
  return [a, b];
}

describe('client_events', () => {
  let server;
  after(closeClients);

  test('private: not on public channels', async () => {
    server = await Server.start({ environment: { WEBSOCKET_CLIENT_EVENTS: 'private' } });
    const [, allowed] = await sends(server, 'private-p');
    await allowed.expect('client-x', 'private-p');
    const [sender, other] = await sends(server, 'public-p');
    await sender.refused(null);
    await server.publish('public-p', 'marker');
    await other.expect('marker', 'public-p');
    await server.stop();
  });

  test('none: nowhere', async () => {
    server = await Server.start({ environment: { WEBSOCKET_CLIENT_EVENTS: 'none' } });
    const [sender, other] = await sends(server, 'private-n');
    await sender.refused(null);
    await server.publish('private-n', 'marker');
    await other.expect('marker', 'private-n');
    await server.stop();
  });

  test('members, the default: only where the sender is subscribed, and only client- events', async () => {
    server = await Server.start();
    const [member, stranger] = [await Client.greeted(server), await Client.greeted(server)];
    await member.subscribe('club');
    stranger.send({ event: 'client-x', channel: 'club', data: {} });
    await stranger.refused(null);
    member.send({ event: 'client-x', data: {} });
    await member.refused(null);
    member.send({ event: 'client-x', channel: 'club' });
    await member.refused(null);
    member.send({ event: 'client-x', channel: 'club', data: 'x'.repeat(20_000) });
    assert.notEqual((await member.next()).event, 'client-x');
    await stranger.works();
    await member.works();
    await server.stop();
  });
});
