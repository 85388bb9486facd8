// The HTTP API with Node, curl and PHP as callers, and unmodified clients that hear of it.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Client, Raw, bound, closeClients, pusher, subscribed } from '../lib/clients.mjs';
import { Api, curl, send, signedPath } from '../lib/http.mjs';
import { Php, Server } from '../lib/server.mjs';
import { eventually } from '../lib/wait.mjs';

let server;
let api;
let url;
before(async () => {
  server = await Server.start({
    workers: 2,
    environment: { WEBSOCKET_HTTP_BROADCAST_KEY: 'broadcast-secret', WEBSOCKET_HTTP_METRICS_TOKEN: 'metrics-secret' },
  });
  api = new Api(server);
  url = `http://127.0.0.1:${server.port}`;
});
after(async () => {
  closeClients();
  await server.stop();
});

const event = (more = {}) => ({ name: 'said', data: '{"text":"Grüße"}', channel: 'news', ...more });

test('an event reaches pusher-js, and its data arrives as it was sent', async () => {
  const channel = await subscribed(pusher(server), 'news');
  const received = bound(channel, 'said');
  assert.deepEqual(await api.post('/events', event()), {});
  assert.deepEqual(await received, { text: 'Grüße' });
});

test('one client does not hear what it is left out of', async () => {
  const [first, second] = [await Client.greeted(server), await Client.greeted(server)];
  await first.subscribe('others');
  await second.subscribe('others');
  await api.post('/events', event({ channel: 'others', socket_id: first.socketId }));
  assert.equal((await second.expect('said', 'others')).data, '{"text":"Grüße"}');
  await api.post('/events', event({ name: 'second', channel: 'others' }));
  assert.equal((await first.next()).event, 'second');
});

test('pitfall 19: one channel as `channel`, and several as `channels`', async () => {
  const client = await Client.greeted(server);
  await client.subscribe('one');
  await client.subscribe('two');
  await api.post('/events', { name: 'a', data: '1', channels: ['one', 'two'] });
  const channels = [(await client.next()).channel, (await client.next()).channel];
  assert.deepEqual(channels.sort(), ['one', 'two']);
  await api.post('/events', { name: 'b', data: '1', channel: 'one' });
  await client.expect('b', 'one');
});

test('pitfall 20: a batch is published in order, each event with its own socket_id', async () => {
  const [first, second] = [await Client.greeted(server), await Client.greeted(server)];
  await first.subscribe('batch');
  await second.subscribe('batch');
  assert.deepEqual(await api.post('/batch_events', {
    batch: [
      { name: 'a', data: '1', channel: 'batch' },
      { name: 'b', data: '2', channel: 'batch', socket_id: first.socketId },
      { name: 'c', data: '3', channel: 'batch', info: 'subscription_count' },
    ],
  }), { batch: [{}, {}, { subscription_count: 2 }] });
  assert.deepEqual([(await first.next()).event, (await first.next()).event], ['a', 'c']);
  assert.deepEqual([(await second.next()).event, (await second.next()).event, (await second.next()).event], ['a', 'b', 'c']);
});

test('pitfalls 2 and 21: attributes of channels count users and connections', async () => {
  const one = { user_id: '1', user_info: { name: 'Ada' } };
  for (const user of [one, one, { user_id: '2' }]) {
    await subscribed(pusher(server, { user }), 'presence-room');
  }
  await subscribed(pusher(server), 'private-room');
  const info = 'user_count,subscription_count';
  assert.deepEqual(await api.get('/channels/presence-room', { info }), { occupied: true, user_count: 2, subscription_count: 3 });
  assert.deepEqual(await api.get('/channels/nobody'), { occupied: false });
  assert.deepEqual(await api.get('/channels', { filter_by_prefix: 'presence-', info: 'user_count' }), {
    channels: { 'presence-room': { user_count: 2 } },
  });
  assert.deepEqual((await api.get('/channels', { info: 'subscription_count' })).channels['private-room'], { subscription_count: 1 });
  assert.deepEqual((await api.get('/channels/presence-room/users')).users.map(({ id }) => id).sort(), ['1', '2']);
  assert.deepEqual(await api.get('/channels/presence-empty/users'), { users: [] });
  assert.deepEqual(await api.post('/events', { name: 'e', data: '', channels: ['presence-room', 'nobody'], info }), {
    channels: { 'presence-room': { user_count: 2, subscription_count: 3 }, nobody: { subscription_count: 0 } },
  });
});

test('the cached event of a cache channel', async () => {
  assert.deepEqual(await api.get('/channels/cache-prices', { info: 'cache' }), { occupied: false, cache: null });
  await api.post('/events', { name: 'price', data: '{"eur":"7\u20ac"}', channel: 'cache-prices' });
  const { cache, occupied } = await api.get('/channels/cache-prices', { info: 'cache' });
  assert.equal(occupied, false);
  assert.equal(cache.data, '{"eur":"7\u20ac"}');
  assert.ok(cache.ttl > 1700 && cache.ttl <= 1800, cache.ttl);
  const channel = pusher(server).subscribe('cache-prices');
  assert.deepEqual(await bound(channel, 'price'), { eur: '7€' });
});

test('all connections of a user are ended', async () => {
  const client = pusher(server, { account: { id: 'to be ended/1' } });
  const signedIn = bound(client, 'pusher:signin_success');
  client.signin();
  await signedIn;
  const ended = bound(client.connection, 'disconnected');
  assert.deepEqual(await api.post(`/users/${encodeURIComponent('to be ended/1')}/terminate_connections`, {}), {});
  await ended;
});

test('what only this server answers: subscribers, subscriptions, one connection, their number', async () => {
  const client = await Client.greeted(server);
  await client.subscribe('mine');
  assert.deepEqual(await api.get('/channels/mine/subscribers'), { subscribers: [client.socketId] });
  assert.deepEqual(await api.get(`/connections/${client.socketId}/channels/mine`), { subscribed: true });
  assert.deepEqual(await api.get(`/connections/${client.socketId}/channels/other`), { subscribed: false });
  assert.deepEqual(await api.post(`/connections/${client.socketId}/events`, { name: 'psst', data: '"you"' }), { delivered: true });
  assert.equal((await client.expect('psst')).data, '"you"');
  assert.deepEqual(await api.post('/connections/1.1/events', { name: 'psst', data: '1' }), { delivered: false });
  assert.ok((await api.get('/connections')).connections >= 1);
});

test('the deprecated way to publish', async () => {
  const client = await Client.greeted(server);
  await client.subscribe('old');
  const answer = await api.send('POST', '/channels/old/events', { body: 'any text', parameters: { name: 'e' } });
  assert.deepEqual([answer.status, answer.text, answer.headers['content-length']], [202, '', '0']);
  assert.equal((await client.expect('e', 'old')).data, 'any text');
});

test('what is refused, and how', async () => {
  const { port, key, secret } = server;
  const bad = (body, pattern, status = 400) => api.refused(status, 'POST', '/events', { body }, pattern);
  await bad('{', /not valid JSON/);
  await bad({ data: '1', channel: 'c' }, /^Missing required parameter: name$/);
  await bad({ name: 'e', data: '1' }, /^Missing required parameter: channel$/);
  await bad(event({ channel: 7 }), /^Expected channel name to be a string$/);
  await bad(event({ channel: 'no spaces' }), /invalid channel name/);
  await bad(event({ socket_id: '1' }), /invalid socket id/);
  await bad(event({ data: 'x'.repeat(102_401) }), /content of this event exceeds the allowed maximum/, 413);
  await api.refused(413, 'POST', '/batch_events', { body: { batch: Array(11).fill(event()) } }, /Batch too large/);
  await api.refused(400, 'GET', '/channels', { parameters: { info: 'user_count' } }, /filter_by_prefix/);
  await api.refused(400, 'GET', '/channels/news/users', {}, /presence/);
  await api.refused(404, 'GET', '/nothing', {}, /./);
  await new Api({ port, key, secret: 'wrong' }).refused(401, 'GET', '/channels', {}, /^Invalid signature: you should have sent HmacSHA256Hex\("GET\\n\/apps\/1\/channels\\nauth_key=/);
  await new Api({ port, key, secret, appId: '9' }).refused(404, 'GET', '/channels', {}, /./);
});

test('a request is good for ten minutes', async () => {
  for (const [seconds, status] of [[-590, 200], [590, 200], [-610, 401], [610, 401]]) {
    const path = signedPath(server, 'GET', '/apps/1/channels', '', {}, { time: Math.floor(Date.now() / 1000) + seconds });
    const answer = await send({ port: server.port, path });
    assert.equal(answer.status, status, answer.text);
    if (status === 401) {
      assert.match(answer.text, /^Timestamp expired: Given timestamp \(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\) not within 600s of server time/);
    }
  }
});

test('curl: an event by hand', async () => {
  const body = JSON.stringify(event({ channel: 'by-hand' }));
  const path = signedPath(server, 'POST', '/apps/1/events', body);
  assert.deepEqual(await curl(`${url}${path}`, '--data', body, '--header', 'Content-Type: application/json'), { status: 200, text: '{}' });
});

test('curl: a chunked body, an announced one, HTTP/1.0, and an offer of HTTP/2', async () => {
  const body = JSON.stringify(event({ data: 'x'.repeat(90_000), channel: 'large' }));
  const file = join(server.project.folder, 'body.json');
  writeFileSync(file, body);
  const path = signedPath(server, 'POST', '/apps/1/events', body);
  for (const more of [['--header', 'Transfer-Encoding: chunked'], ['--header', 'Expect: 100-continue'], ['--http1.0'], ['--http2']]) {
    assert.deepEqual(await curl(`${url}${path}`, '--data-binary', `@${file}`, ...more), { status: 200, text: '{}' }, more.join(' '));
  }
});

test('curl: a body that is far too large is refused, and the refusal arrives', async () => {
  const file = join(server.project.folder, 'large.json');
  writeFileSync(file, Buffer.alloc(20 << 20, 'x'));
  const { status, text } = await curl(`${url}/api/broadcast`, '--data-binary', `@${file}`, '--header', 'Expect:');
  assert.equal(status, 413);
  assert.match(text, /exceeds the allowed maximum/);
});

test('pitfall 11: a request byte by byte', async () => {
  const body = JSON.stringify(event({ channel: 'drop-by-drop' }));
  const raw = await Raw.open(server);
  const text = `POST ${signedPath(server, 'POST', '/apps/1/events', body)} HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length + 2}\r\n\r\n${body}`;
  for (const byte of Buffer.from(text)) {
    raw.write(Buffer.from([byte]));
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.match(await raw.until(/\r\n\r\n\{\}$/), /^HTTP\/1\.1 200 OK\r\n/);
});

test('pitfall 13: every answer says how long it is, and the connection stays', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const sockets = new Set();
  agent.on('free', (socket) => sockets.add(socket));
  const kept = new Api(server, { agent });
  for (let count = 0; count < 50; count++) {
    const { headers, status } = await kept.send('POST', '/events', { body: event({ channel: 'kept' }) });
    assert.equal(status, 200);
    assert.equal(headers['content-length'], '2');
    const { status: refused } = await kept.send('POST', '/events', { body: '{' });
    assert.equal(refused, 400);
  }
  agent.destroy();
  assert.equal(sockets.size, 1);
});

test('twenty connections at once, each event delivered once and in order', async () => {
  const client = await Client.greeted(server);
  const channels = Array.from({ length: 20 }, (_, index) => `load-${index}`);
  for (const channel of channels) {
    await client.subscribe(channel);
  }
  await Promise.all(channels.map(async (channel) => {
    const kept = new Api(server, { agent: new Agent({ keepAlive: true, maxSockets: 1 }) });
    for (let number = 0; number < 50; number++) {
      await kept.post('/events', { name: 'number', data: String(number), channel });
    }
    kept.agent.destroy();
  }));
  const seen = Object.fromEntries(channels.map((channel) => [channel, 0]));
  for (let count = 0; count < 1000; count++) {
    const message = await client.next();
    assert.equal(message.data, String(seen[message.channel]++));
  }
});

const broadcast = (body, { port = server.port, headers = {}, path = '/api/broadcast' } = {}) => send({
  port, method: 'POST', path, body: typeof body === 'string' ? body : JSON.stringify(body), headers: { Host: 'localhost', 'Content-Type': 'application/json', ...headers },
});

test('/api/broadcast: the api_key suffices for this machine, and for nobody else', async () => {
  const client = await Client.greeted(server);
  await client.subscribe('broadcasts');
  const body = { channel: 'broadcasts', event: 'new', data: { text: 'Hello from microservice!' }, api_key: server.key };
  const good = await broadcast(body);
  assert.deepEqual([good.status, good.text, good.headers['content-type']], [200, '{"success":true,"sent_to":1}', 'application/json']);
  assert.equal((await client.expect('new', 'broadcasts')).data, '{"text":"Hello from microservice!"}');
  for (const headers of [{ 'X-Forwarded-For': '127.0.0.1' }, { Origin: 'https://evil.example' }, { Host: 'ws.example.com' }]) {
    const refused = await broadcast(body, { headers });
    assert.equal(refused.status, 401);
    assert.match(JSON.parse(refused.text).error, /broadcast_key/);
  }
  const far = { headers: { 'X-Forwarded-For': '203.0.113.9' } };
  assert.equal((await broadcast({ ...body, broadcast_key: 'broadcast-secret' }, far)).status, 200);
  assert.equal((await broadcast({ ...body, broadcast_key: 'wrong' }, far)).status, 401);
  assert.equal((await broadcast(body, { headers: { ...far.headers, Authorization: 'Bearer broadcast-secret' } })).status, 200);
  const text = JSON.stringify(body);
  assert.equal((await broadcast(text, { ...far, path: signedPath(server, 'POST', '/api/broadcast', text) })).status, 200);
});

test('/api/broadcast: what is wrong is said as JSON', async () => {
  const answer = async (body, status) => {
    const { status: got, text } = await broadcast(body);
    assert.equal(got, status, text);
    assert.equal(JSON.parse(text).success, false);
    return JSON.parse(text).error;
  };
  assert.match(await answer({ channel: 'c' }, 400), /^Missing required field: event$/);
  assert.match(await answer({ channel: 'nobody', event: 'e', data: 1, api_key: server.key }, 404), /"nobody" does not exist/);
  assert.match(await answer({ channel: 'c', event: 'e', data: 1, api_key: 'other' }, 401), /api_key/);
  const { status, text } = await curl(`${url}/api/broadcast`, '--data', JSON.stringify({ channel: 'cache-c', event: 'e', data: [1], api_key: server.key }));
  assert.deepEqual([status, text], [200, '{"success":true,"sent_to":0}']);
});

test('pages of other origins may ask for /api/broadcast, and for nothing else', async () => {
  const ask = (path) => send({
    port: server.port, method: 'OPTIONS', path,
    headers: { Origin: 'https://page.example', 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'content-type' },
  });
  const { status, headers } = await ask('/api/broadcast');
  assert.equal(status, 204);
  assert.equal(headers['access-control-allow-origin'], '*');
  assert.equal(headers['access-control-allow-methods'], 'POST');
  assert.equal((await ask('/apps/1/events')).status, 405);
});

test('health, readiness, memory and metrics', async () => {
  const text = async (path, headers) => (await send({ port: server.port, path, headers })).text;
  assert.equal(await text('/up'), '{"health":"OK"}');
  assert.equal(await text('/health'), '{"health":"OK"}');
  assert.equal(await text('/ready'), 'OK');
  assert.equal(await text('/accept-traffic'), 'OK');
  assert.ok(JSON.parse(await text('/usage')).memory.used > 1 << 20);
  assert.match(await text('/metrics', { Host: 'localhost' }), /^ody_http_connections \d+$/m);
  const far = { Host: 'ws.example.com' };
  assert.equal((await send({ port: server.port, path: '/metrics', headers: far })).status, 401);
  assert.equal((await send({ port: server.port, path: '/metrics?token=metrics-secret', headers: far })).status, 200);
  assert.equal((await send({ port: server.port, path: '/metrics', headers: { ...far, Authorization: 'Bearer metrics-secret' } })).status, 200);
  const head = await send({ port: server.port, method: 'HEAD', path: '/up' });
  assert.deepEqual([head.status, head.text, head.headers['content-length']], [200, '', '15']);
});

test('PHP on another machine publishes and asks as over the socket', async () => {
  const client = await Client.greeted(server);
  await client.subscribe('from-php');
  const php = new Php(server.project, { environment: { WEBSOCKET_CONNECTION: url } });
  assert.equal(await php.call('publish', 'from-php', 'hello', { text: 'ä' }), 1);
  assert.equal((await client.expect('hello', 'from-php')).data, '{"text":"ä"}');
  assert.deepEqual(await php.call('getSubscribers', 'from-php'), [client.socketId]);
  assert.equal(await php.call('isSubscribed', client.socketId, 'from-php'), true);
  assert.equal(await php.call('whisper', client.socketId, 'psst', { a: 1 }), true);
  assert.equal((await client.expect('psst')).data, '{"a":1}');
  assert.equal(await php.call('publishToChannels', ['from-php', 'nobody'], 'e', []), 1);
  assert.equal((await php.call('getChannels'))['from-php'].subscribers, 1);
  assert.equal(await php.call('channelExists', 'from-php'), true);
  await assert.rejects(php.call('publish', 'nobody', 'e', []), /does not exist/);
  await php.end();
});

test('pitfall 14: a path prefix, signed with it and without it', async () => {
  const prefixed = await Server.start({ environment: { WEBSOCKET_PATH: '/ws' } });
  assert.deepEqual(await new Api(prefixed, { prefix: '/ws' }).get('/channels'), { channels: {} });
  assert.deepEqual(await new Api(prefixed).get('/channels'), { channels: {} });
  const path = signedPath(prefixed, 'GET', '/ws/apps/1/channels');
  assert.equal((await send({ port: prefixed.port, path })).status, 200);
  assert.equal((await send({ port: prefixed.port, path: '/ws/up' })).status, 200);
  await prefixed.stop();
});

test('restarts while events are sent: none is refused, none is lost', async () => {
  const restarted = await Server.start({ workers: 2 });
  const kept = new Api(restarted);
  let stop = false;
  let sent = 0;
  // Whoever has connected to an engine that leaves and sends nothing for 300 ms is not waited for. On a busy machine
  // this process may stand still for that long.
  let looked = performance.now();
  let stood = -Infinity;
  const standing = () => {
    const now = performance.now();
    stood = now - looked > 200 ? now : stood;
    looked = now;
    return stood;
  };
  const looking = setInterval(standing, 10);
  const senders = Array.from({ length: 3 }, async () => {
    while (!stop) {
      const began = performance.now();
      try {
        assert.deepEqual(await kept.post('/events', { name: 'e', data: String(sent++), channel: 'cache-restart' }), {});
      } catch (error) {
        assert.ok(error.code === 'ECONNRESET' && standing() >= began, error);
      }
    }
  });
  for (let count = 0; count < 3; count++) {
    const before = await restarted.enginePid();
    const goal = sent + 100;
    await eventually(() => sent > goal, 'events');
    restarted.signal('SIGUSR2');
    await eventually(async () => (await restarted.enginePid()) !== before, 'another engine');
  }
  stop = true;
  await Promise.all(senders);
  clearInterval(looking);
  await restarted.stop();
});
