// Whoever has curl has a client: every way in which it sends requests, and the endpoints that need no library.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { signed, signedPath } from '../lib/http.mjs';
import { Client, closeClients } from '../lib/clients.mjs';
import { Server, run } from '../lib/server.mjs';

const BROADCAST_KEY = 'only-for-backends';
const folder = mkdtempSync(join(tmpdir(), 'ody-curl-'));
let server;
let subscriber;
before(async () => {
  server = await Server.start({
    workers: 2, environment: { WEBSOCKET_HTTP_BROADCAST_KEY: BROADCAST_KEY, WEBSOCKET_HTTP_METRICS_TOKEN: 'for-prometheus' },
  });
  subscriber = await Client.greeted(server);
  await subscriber.subscribe('news');
});
after(async () => {
  closeClients();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs curl for a path, or for some over one connection. Returns [{ status, body, connects, type }]. */
async function curl(path, ...parameters) {
  const urls = [path].flat().map((one) => `http://127.0.0.1:${server.port}${one}`);
  const { code, stdout, stderr } = await run('curl', [
    '--silent', '--show-error', '--noproxy', '*', '--max-time', '30',
    '--write-out', '\x1e%{http_code} %{num_connects} %{content_type}\x1e', ...parameters, ...urls,
  ]);
  assert.equal(code, 0, stderr);
  const parts = stdout.split('\x1e');
  return urls.map((_, index) => {
    const [, status, connects, type] = parts[2 * index + 1].match(/^(\d+) (\d+) ?(.*)$/);
    return { body: parts[2 * index], status: Number(status), connects: Number(connects), type };
  });
}

const one = async (...parameters) => (await curl(...parameters))[0];
const event = (data) => JSON.stringify({ name: 'e', channel: 'news', data });

/** A file with a body, for --data-binary @file. */
function inFile(body) {
  const file = join(folder, 'body');
  writeFileSync(file, body);
  return `@${file}`;
}

async function publishes(data, ...parameters) {
  const body = event(data);
  const answer = await one(signed(server, 'POST', '/events', { body }), '--data-binary', inFile(body), ...parameters);
  assert.deepEqual([answer.status, answer.body], [200, '{}']);
  assert.ok((await subscriber.expect('e', 'news')).data === data, 'other data');
}

test('a body as curl sends it by itself', () => publishes('plain'));
test('a body after "100 Continue"', () => publishes('x'.repeat(50_000), '-H', 'Expect: 100-continue'));
test('a body in chunks', () => publishes('x'.repeat(50_000), '-H', 'Transfer-Encoding: chunked'));
test('a body in chunks after "100 Continue"', () =>
  publishes('x'.repeat(50_000), '-H', 'Transfer-Encoding: chunked', '-H', 'Expect: 100-continue'));
test('HTTP/1.0', () => publishes('old', '--http1.0'));
test('an offer of HTTP/2 is left alone', () => publishes('new', '--http2'));
test('no Content-Type, and a wrong one', async () => {
  await publishes('none', '-H', 'Content-Type:');
  await publishes('wrong', '-H', 'Content-Type: text/html');
});

test('a batch of more than a megabyte, for which curl waits by itself', async () => {
  const body = JSON.stringify({ batch: Array.from({ length: 10 }, () => ({ name: 'e', channel: 'elsewhere', data: '"'.repeat(102_400) })) });
  const answer = await one(signed(server, 'POST', '/batch_events', { body }), '--data-binary', inFile(body));
  assert.deepEqual([answer.status, answer.body], [200, '{}']);
});

test('a body that is too large is refused with its limit, waited for or not', async () => {
  const body = event('x'.repeat(3_000_000));
  for (const header of ['Expect:', 'Expect: 100-continue', 'Transfer-Encoding: chunked']) {
    const answer = await one(signed(server, 'POST', '/events', { body }), '--data-binary', inFile(body), '-H', header);
    assert.deepEqual([answer.status, answer.body], [413, 'The request body exceeds the allowed maximum (2062240 bytes)'], header);
  }
});

test('what must be signed and is not', async () => {
  for (const header of ['Expect:', 'Expect: 100-continue']) {
    const answer = await one('/apps/1/events', '--data-binary', inFile(event('x'.repeat(50_000))), '-H', header);
    assert.deepEqual([answer.status, answer.body, answer.type], [401, 'Missing required parameter: auth_key', 'text/plain; charset=utf-8']);
  }
});

test('many questions over one connection', async () => {
  const answers = await curl(['/up', signed(server, 'GET', '/channels'), '/apps/1/channels', '/nothing', '/ready', signed(server, 'GET', '/channels/news')]);
  assert.deepEqual(answers.map(({ status }) => status), [200, 200, 401, 404, 200, 200]);
  assert.deepEqual(answers.map(({ connects }) => connects), [1, 0, 0, 0, 0, 0]);
  assert.equal(answers[1].body, '{"channels":{"news":{}}}');
  assert.equal(answers[5].body, '{"occupied":true}');
});

test('two bodies over one connection', async () => {
  const body = event('twice');
  const answers = await curl([1, 2].map(() => signed(server, 'POST', '/events', { body })), '--data-binary', inFile(body));
  assert.deepEqual(answers.map(({ status, connects }) => [status, connects]), [[200, 1], [200, 0]]);
  await subscriber.expect('e', 'news');
  await subscriber.expect('e', 'news');
});

test('whether the server lives, under every name', async () => {
  const answers = await curl(['/', '/up', '/health', '/ready', '/accept-traffic', '/usage']);
  assert.ok(answers.every(({ status }) => status === 200));
  assert.equal(answers[1].body, '{"health":"OK"}');
  assert.deepEqual(Object.keys(JSON.parse(answers[5].body)), ['memory']);
});

test('metrics: for this machine, elsewhere with the token', async () => {
  const forwarded = ['-H', 'X-Forwarded-For: 203.0.113.9'];
  assert.match((await one('/metrics')).body, /^# HELP ody_/m);
  assert.equal((await one('/metrics', ...forwarded)).status, 401);
  assert.equal((await one('/metrics', ...forwarded, '-H', 'Authorization: Bearer wrong')).status, 401);
  assert.equal((await one('/metrics', ...forwarded, '-H', 'Authorization: Bearer for-prometheus')).status, 200);
});

const broadcast = (message, ...parameters) => one('/api/broadcast', '--data', JSON.stringify(message), ...parameters);
const hello = () => ({ channel: 'news', event: 'new-message', data: { text: 'Hello from microservice!' }, api_key: server.key });

test('a broadcast from this machine needs the api_key', async () => {
  const answer = await broadcast(hello(), '-H', 'Content-Type: application/json');
  assert.deepEqual([answer.status, answer.body, answer.type], [200, '{"success":true,"sent_to":1}', 'application/json']);
  assert.deepEqual(JSON.parse((await subscriber.expect('new-message', 'news')).data), { text: 'Hello from microservice!' });
  // As a form, and as JSON that curl calls a form.
  assert.equal((await broadcast({ ...hello(), data: 'text' })).body, '{"success":true,"sent_to":1}');
  assert.equal((await subscriber.expect('new-message', 'news')).data, 'text');
  const form = await one('/api/broadcast', '-d', 'channel=news', '-d', 'event=said', '--data-urlencode', 'data={"a":"ä b"}', '-d', `api_key=${server.key}`);
  assert.equal(form.body, '{"success":true,"sent_to":1}');
  assert.equal((await subscriber.expect('said', 'news')).data, '{"a":"ä b"}');
});

test('a broadcast from elsewhere needs the broadcast_key or a signature, and is told so', async () => {
  const elsewhere = ['-H', 'X-Forwarded-For: 203.0.113.9'];
  const refused = await broadcast(hello(), ...elsewhere);
  assert.equal(refused.status, 401);
  assert.match(JSON.parse(refused.body).error, /http_api\.broadcast_key .* sign the request/);
  assert.equal((await broadcast(hello(), ...elsewhere, '-H', 'Authorization: Bearer wrong')).status, 401);
  assert.equal((await broadcast({ ...hello(), broadcast_key: server.key }, ...elsewhere)).status, 401);
  assert.equal((await broadcast(hello(), '-H', 'Origin: https://elsewhere.example')).status, 401);
  assert.equal((await broadcast(hello(), ...elsewhere, '-H', `Authorization: Bearer ${BROADCAST_KEY}`)).status, 200);
  assert.equal((await broadcast({ ...hello(), broadcast_key: BROADCAST_KEY }, ...elsewhere)).status, 200);
  await subscriber.expect('new-message', 'news');
  await subscriber.expect('new-message', 'news');
  const body = JSON.stringify(hello());
  const path = '/api/broadcast';
  const target = signedPath(server, 'POST', path, body);
  const answer = await one(target, '--data-binary', inFile(body), ...elsewhere);
  assert.equal(answer.body, '{"success":true,"sent_to":1}');
  await subscriber.expect('new-message', 'news');
  assert.equal((await one(target, '--data-binary', inFile(`${body} `))).status, 401);
});

test('a broadcast that is wrong is refused in JSON', async () => {
  const { channel, ...withoutChannel } = hello();
  const { event: _, ...withoutEvent } = hello();
  const { data, ...withoutData } = hello();
  const { api_key: key, ...withoutKey } = hello();
  const cases = [
    [{ ...hello(), channel: 'nobody-is-here' }, 404, /"nobody-is-here"|does not exist/], [withoutChannel, 400, /channel/],
    [withoutEvent, 400, /event/], [withoutData, 400, /data/], [withoutKey, 400, /api_key/],
    [{ ...hello(), api_key: 'wrong' }, 401, /api_key/], [{ ...hello(), channel: 'a b' }, 400, /invalid channel name/],
    [{ ...hello(), event: 7 }, 400, /event/], [{ ...hello(), data: 'x'.repeat(102_401) }, 413, /exceeds/],
  ];
  for (const [message, status, text] of cases) {
    const answer = await one('/api/broadcast', '--data-binary', inFile(JSON.stringify(message)));
    const { success, error, ...rest } = JSON.parse(answer.body);
    assert.deepEqual([answer.status, success, rest, answer.type], [status, false, {}, 'application/json'], JSON.stringify(message).slice(0, 200));
    assert.match(error, text);
  }
  await subscriber.works();
});

test('a page may ask whether it may broadcast', async () => {
  const { stdout } = await run('curl', ['-s', '-i', '-X', 'OPTIONS', '-H', 'Origin: https://a.example', '-H', 'Access-Control-Request-Method: POST',
    `http://127.0.0.1:${server.port}/api/broadcast`]);
  assert.match(stdout, /^HTTP\/1\.1 204/);
  assert.match(stdout, /^Access-Control-Allow-Origin: \*\r$/m);
});

test('lengths that contradict each other are 400', async () => {
  const body = event('twice');
  const target = signed(server, 'POST', '/events', { body });
  for (const headers of [['-H', `Content-Length: ${body.length}`, '-H', 'Content-Length: 5'], ['-H', 'Transfer-Encoding: chunked', '-H', 'Content-Length: 5']]) {
    assert.equal((await one(target, '--data-binary', inFile(body), ...headers)).status, 400);
  }
  await subscriber.works();
});

test('paths with dots are none', async () => {
  for (const path of ['/apps/../apps/1/channels', '/./up', '//up', '/up/', '/up%2f', '/%75p/x']) {
    assert.equal((await one(path, '--path-as-is')).status, 404, path);
  }
});
