// GET /metrics of a running server: a monitoring system can read it, and its numbers are those of what happened.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Client, closeClients } from '../lib/clients.mjs';
import { Redis } from '../lib/redis.mjs';
import { Server, artisan } from '../lib/server.mjs';
import { eventually } from '../lib/wait.mjs';

after(closeClients);

/** Reads all samples; fails where a line is no comment and no sample. */
async function scrape(server) {
  const answer = await fetch(`http://127.0.0.1:${server.port}/metrics`);
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  const samples = new Map();
  const kinds = new Map();
  for (const line of (await answer.text()).trimEnd().split('\n')) {
    const comment = line.match(/^# (HELP|TYPE) (ody_\w+) (.+)$/);
    if (comment) {
      comment[1] === 'TYPE' && kinds.set(comment[2], comment[3]);
      continue;
    }
    const [, name, labels, value] = line.match(/^(ody_\w+)(\{[^}]*\})? ([0-9.+Inf]+)$/) ?? assert.fail(`no sample: ${line}`);
    const key = name + (labels ?? '');
    assert.ok(!samples.has(key), key);
    assert.ok(kinds.has(name.replace(/_(bucket|sum|count)$/, '')) || kinds.has(name), key);
    samples.set(key, Number(value.replace('+Inf', 'Infinity')));
  }
  return {
    kinds,
    samples,
    value: (key) => samples.get(key) ?? assert.fail(`there is no ${key}`),
    sum: (name) => [...samples].filter(([key]) => key.startsWith(`${name}{`)).reduce((sum, [, value]) => sum + value, 0),
  };
}

function notLess(before, now) {
  for (const [key, value] of before.samples) {
    if (!['gauge'].includes(before.kinds.get(key.split('{')[0]))) {
      assert.ok(now.value(key) >= value, `${key} went from ${value} to ${now.value(key)}`);
    }
  }
}

test('the numbers are those of what happened', async () => {
  const server = await Server.start({
    workers: 2,
    configuration: `<?php return ['apps' => [['id' => 'shop', 'key' => 'shop-key', 'secret' => 'shop-secret']]];`,
    environment: { WEBSOCKET_APP_ID: 'main' },
  });
  const before = await scrape(server);
  assert.match([...before.samples.keys()].find((key) => key.startsWith('ody_build_info')), /version="\d+\.\d+\.\d+",.*libmicrohttpd="/);
  assert.equal(before.sum('ody_connections'), 0);
  const clients = [];
  for (let number = 0; number < 3; number++) {
    clients.push(await Client.greeted(server));
    await clients[number].subscribe('room');
  }
  const stranger = await Client.greeted({ ...server, port: server.port, key: 'shop-key' });
  for (let number = 0; number < 10; number++) {
    assert.equal(await server.publish('room', 'e', { number }), 3);
  }
  for (const client of clients) {
    for (let number = 0; number < 10; number++) {
      await client.expect('e', 'room');
    }
  }
  const wrong = await Client.open({ ...server, port: server.port, key: 'no-such-key' });
  await wrong.closed;
  const now = await scrape(server);
  notLess(before, now);
  assert.equal(now.value('ody_app_connections{app="main"}'), 3);
  assert.equal(now.value('ody_app_connections{app="shop"}'), 1);
  assert.equal(now.sum('ody_connections'), 4);
  assert.equal(now.value('ody_app_channels{app="main"}'), 1);
  assert.equal(now.value('ody_app_subscriptions{app="main"}'), 3);
  assert.equal(now.value('ody_app_messages_published_total{app="main"}'), 10);
  assert.equal(now.value('ody_app_messages_published_total{app="shop"}'), 0);
  assert.equal(now.value('ody_app_deliveries_total{app="main"}'), 3 + 3 + 30);
  assert.equal(now.value('ody_losses_total{reason="refused_app"}'), 1);
  // One message is measured once by each shard that has one of the three subscribers.
  const measured = now.value('ody_publish_latency_seconds_count');
  assert.ok(measured >= 10 && measured <= 20, `${measured} were measured`);
  assert.equal(now.value('ody_publish_latency_seconds_bucket{le="5"}'), measured);
  assert.ok(now.value('ody_publish_latency_seconds_sum') > 0);
  assert.ok(now.sum('ody_busy_seconds_total') > before.sum('ody_busy_seconds_total'));
  assert.ok(now.sum('ody_turns_total') > before.sum('ody_turns_total'));
  assert.ok(now.sum('ody_busy_seconds_total') < 10);
  assert.equal(now.value('ody_processes'), 1);
  assert.ok(now.value('ody_memory_resident_bytes') > 1 << 20);
  const { apps } = await server.status();
  assert.deepEqual(apps.map(({ id, connections, channels, messages_published: messages }) => [id, connections, channels, messages]), [['main', 3, 1, 10], ['shop', 1, 0, 0]]);
  stranger.end();
  clients.forEach((client) => client.end());
  await eventually(async () => {
    const gone = await scrape(server);
    return gone.sum('ody_connections') === 0 && gone.value('ody_app_subscriptions{app="main"}') === 0;
  }, 'gauges that go back');
  await server.stop();
});

test('an idle server is hardly busy', async () => {
  const server = await Server.start();
  // Where the machine stands still in the middle of a turn, that turn is long: another second tells more.
  await eventually(async () => {
    const before = await scrape(server);
    const began = Date.now();
    await eventually(() => Date.now() - began > 1000, 'a second');
    const now = await scrape(server);
    return (now.sum('ody_busy_seconds_total') - before.sum('ody_busy_seconds_total')) / ((Date.now() - began) / 1000) < 0.2;
  }, 'a second with less than 0.2 s of work');
  await server.stop();
});

test('apps that a reload takes away are in no label any more, and the rest counts on', async () => {
  const server = await Server.start({
    configuration: `<?php return ['apps' => file_exists(__DIR__ . '/gone') ? [] : [['id' => 'shop', 'key' => 'shop-key', 'secret' => 'shop-secret']]];`,
  });
  const client = await Client.greeted(server);
  await client.subscribe('room');
  await server.publish('room', 'e');
  const before = await scrape(server);
  assert.equal(before.value('ody_app_connections{app="shop"}'), 0);
  const { writeFileSync } = await import('node:fs');
  writeFileSync(`${server.project.folder}/config/gone`, '');
  const { code, stderr } = await artisan(server.project, 'websocket:reload');
  assert.equal(code, 0, stderr);
  const now = await scrape(server);
  assert.ok(![...now.samples.keys()].some((key) => key.includes('"shop"')));
  assert.equal(now.sum('ody_app_messages_published_total'), before.sum('ody_app_messages_published_total'));
  await server.stop();
});

test('messages from Redis are measured and counted as all others', async () => {
  const redis = await Redis.start();
  const server = await Server.start({ environment: { WEBSOCKET_REDIS_URL: `redis://127.0.0.1:${redis.port}` } });
  const client = await Client.greeted(server);
  await client.subscribe('a');
  await redis.heard('websocket.broadcast');
  await redis.publish('websocket.broadcast', { channel: 'a', event: 'e', data: 1 });
  await redis.publish('websocket.broadcast', 'nonsense');
  await client.expect('e', 'a');
  const now = await eventually(async () => {
    const found = await scrape(server);
    return found.value('ody_redis_messages_total') === 2 && found;
  }, 'two messages');
  assert.equal(now.value('ody_redis_connected'), 1);
  assert.equal(now.value('ody_redis_messages_rejected_total{reason="json"}'), 1);
  assert.equal(now.value('ody_publish_latency_seconds_count'), 1);
  await server.stop();
  await redis.stop();
});
