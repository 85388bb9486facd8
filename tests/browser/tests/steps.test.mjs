// What the documentation says about testing, step by step, on the page as it is opened from disk.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { after, afterEach, before, test } from 'node:test';
import { Client, closeClients } from '../../integration/lib/clients.mjs';
import { Server } from '../../integration/lib/server.mjs';
import { PAGE, address, launch } from '../lib/browser.mjs';
import { Endpoint } from '../lib/endpoint.mjs';
import { Visitor } from '../lib/visitor.mjs';

const BROADCAST_KEY = 'a-key-for-broadcasts';

let browser;
let server;
let endpoint;
let visitor;

before(async () => {
  [browser, server] = await Promise.all([
    launch(),
    Server.start({ workers: 2, environment: { WEBSOCKET_HTTP_BROADCAST_KEY: BROADCAST_KEY } }),
  ]);
  endpoint = await Endpoint.start(server);
});
after(async () => {
  await browser.close();
  await endpoint.stop();
  await server.stop();
});
afterEach(async () => {
  closeClients();
  await visitor?.close();
  visitor = null;
  endpoint.refusal = null;
});

test('open, URL, key, connect, subscribe, send and receive', async () => {
  visitor = await Visitor.open(browser);
  await visitor.picture('begin');
  assert.equal(await visitor.value('#url'), 'ws://localhost:9502');
  await visitor.state('disconnected');
  await visitor.connect(server);
  assert.match(await visitor.text('#socket-id'), /^\d+\.\d+$/);
  await visitor.says('#latency', /^[\d.]+ ms$/);
  await visitor.subscribe('my-channel');
  assert.equal(await server.publish('my-channel', 'new-message', { text: 'Hello world!', user: 'System' }), 1);
  await visitor.lists(/my-channel[^]*new-message[^]*Hello world!/);

  const other = await Client.greeted(server);
  await other.subscribe('my-channel');
  await visitor.send('client', 'my-channel', 'typing', '{"user": "John"}');
  const { data } = await other.expect('client-typing', 'my-channel');
  assert.deepEqual(JSON.parse(data), { user: 'John' });
  await visitor.says('#send-result', /client-typing was sent to my-channel/);
  other.send({ event: 'client-answer', channel: 'my-channel', data: { to: 'you' } });
  await visitor.lists(/client-answer[^]*"to":"you"/);
});

test('private and presence channels by the application’s endpoint', async () => {
  visitor = await Visitor.open(browser);
  await visitor.connect(server);
  await visitor.page.check('input[name=kind][value=private]');
  await visitor.page.fill('#authorization', 'Bearer abc');
  await visitor.subscribeBy(endpoint, 'private', 'orders');
  assert.equal(endpoint.requests.at(-1).authorization, 'Bearer abc');
  assert.equal(endpoint.requests.at(-1).channel_name, 'private-orders');
  await visitor.subscribeBy(endpoint, 'presence', 'room');
  const room = visitor.card('presence-room');
  await visitor.says(`${room} .member.me`, /Ann \(7\) – you/);

  const bob = await Client.greeted(server);
  await bob.subscribe('presence-room', { user_id: '8', user_info: { name: 'Bob' } });
  await visitor.says(`${room} .member`, /^Bob \(8\)$/);
  await visitor.lists(/Bob \(8\) joined/);
  await visitor.says(`${room} .channel-state`, /2 members/);
  bob.send({ event: 'client-typing', channel: 'presence-room', data: {} });
  await visitor.lists(/client-typing[^]*"from":"8"/);
  await visitor.picture('connected');
  bob.end();
  await visitor.lists(/Bob \(8\) left/);
  await visitor.says(`${room} .channel-state`, /1 member$/);
  await visitor.page.click(`${room} button`);
  await visitor.lists(/presence-room[^]*unsubscribed/);
});

test('private and presence channels by a pasted token', async () => {
  visitor = await Visitor.open(browser);
  await visitor.choose('private', 'paste');
  assert.equal(await visitor.value('#to-sign'), 'connect first');
  await visitor.connect(server);
  await visitor.page.fill('#channel-name', 'orders');
  await visitor.pasteToken(server);
  await visitor.subscribe('orders', 'private-orders');
  await visitor.choose('presence');
  await visitor.page.fill('#channel-name', 'room');
  await visitor.page.fill('#user-id', '42');
  await visitor.page.fill('#user-name', 'Dora');
  await visitor.pasteToken(server);
  await visitor.subscribe('room', 'presence-room');
  await visitor.says(`${visitor.card('presence-room')} .member.me`, /Dora \(42\) – you/);
  await visitor.choose('private');
  await visitor.page.fill('#channel-name', 'other');
  await visitor.page.click('#subscribe');
  await visitor.says(`${visitor.card('private-other')} .channel-state`, /Invalid signature/);
});

test('events of the server by the HTTP API', async () => {
  visitor = await Visitor.open(browser);
  await visitor.connect(server);
  await visitor.subscribe('my-channel');
  await visitor.page.check('input[name=as][value=server]');
  assert.equal(await visitor.value('#event-name'), 'new-message');
  assert.equal(await visitor.value('#api'), `http://127.0.0.1:${server.port}`);
  await visitor.send('server', 'my-channel', 'new-message', '{"text": "by HTTP"}');
  await visitor.says('#send-problem', /answered 401: .*broadcast_key/);
  await visitor.page.fill('#broadcast-key', BROADCAST_KEY);
  await visitor.send('server', 'my-channel', 'new-message', '{"text": "by HTTP"}');
  await visitor.lists(/new-message[^]*by HTTP/);
  await visitor.says('#send-result', /new-message reached 1 subscriber of my-channel/);
  await visitor.send('server', 'nobody-there', 'new-message');
  await visitor.says('#send-problem', /answered 404/);
  await visitor.page.fill('#api', 'http://127.0.0.1:9');
  await visitor.send('server', 'my-channel', 'new-message');
  await visitor.says('#send-problem', /gave no answer/);
});

test('everything that goes wrong is said in words', async () => {
  visitor = await Visitor.open(browser);
  const { page } = visitor;
  await page.click('#subscribe');
  await visitor.says('#subscribe-problem', /Connect first/);
  await page.click('#connect');
  await visitor.says('#connect-problem', /API key is missing/);
  await page.fill('#key', server.key);
  await page.fill('#url', 'example');
  await page.click('#connect');
  await visitor.says('#connect-problem', /A URL like ws:/);
  assert.equal(await page.locator('#url').getAttribute('aria-invalid'), 'true');
  await page.fill('#url', 'ws://127.0.0.1:9');
  await page.click('#connect');
  await visitor.says('#connect-problem', /cannot be reached \(1006\)\. Is the server running/);
  await visitor.picture('problem');
  await page.fill('#url', `ws://127.0.0.1:${server.port}`);
  await page.fill('#key', 'wrong-key');
  await page.keyboard.press('Enter');
  await visitor.state('failed');
  await visitor.says('#connect-problem', /4001.*WEBSOCKET_API_KEY/);
  await visitor.connect(server);
  assert.equal(await page.locator('#connect-problem').isHidden(), true);
  assert.equal(await page.locator('#connect').isDisabled(), true, 'that is done');
  await page.fill('#url', 'ws://localhost:1');
  assert.equal(await page.locator('#connect').isDisabled(), false, 'another address is not');
  await page.fill('#url', `ws://127.0.0.1:${server.port}`);

  await page.fill('#channel-name', 'no spaces');
  await page.click('#subscribe');
  await visitor.says('.channel-state', /Invalid channel name/);
  endpoint.refusal = [403, { error: 'Ann may not read orders' }];
  await visitor.choose('private', 'endpoint');
  await page.fill('#channel-name', 'orders');
  await page.click('#subscribe');
  await visitor.says('#subscribe-problem', /auth endpoint is missing/);
  await page.fill('#endpoint', endpoint.url);
  await page.click('#subscribe');
  await visitor.says('.channel-state', /Ann may not read orders \(status 403\)/);
  endpoint.refusal = [422, { error: { code: 7 } }];
  await page.click('#subscribe');
  await visitor.says('.channel-state', /\{"code":7\} \(status 422\)/);
  await page.fill('#endpoint', 'http://127.0.0.1:9/auth');
  await page.click('#subscribe');
  await visitor.says('.channel-state', /gave no answer.*CORS/);
  await visitor.send('client', 'orders', 'client-x');
  await visitor.says('#send-problem', /not subscribed to orders/);
  await visitor.send('client', 'orders', 'client-x', '{no json');
  await visitor.says('#send-problem', /no JSON/);
});

test('servers that do not answer are not waited for', async () => {
  visitor = await Visitor.open(browser, { url: 'about:blank' });
  const { page } = visitor;
  await page.addInitScript(() => {
    const { timeout } = AbortSignal;
    AbortSignal.timeout = (milliseconds) => timeout.call(AbortSignal, milliseconds / 50);
  });
  await page.goto(address);
  await visitor.connect(server);
  const silent = createServer(() => {});
  await new Promise((resolve) => silent.listen(0, '127.0.0.1', resolve));
  silent.unref();
  const url = `http://127.0.0.1:${silent.address().port}`;
  await visitor.choose('private', 'endpoint');
  await page.fill('#channel-name', 'orders');
  await page.fill('#endpoint', `${url}/auth`);
  await page.click('#subscribe');
  await visitor.says('.channel-state', /gave no answer/);
  await page.check('input[name=as][value=server]');
  await page.fill('#api', url);
  await visitor.send('server', 'my-channel', 'new-message');
  await visitor.says('#send-problem', /gave no answer/);
  assert.equal(await page.locator('#send').isDisabled(), false);
  silent.closeAllConnections();
  await new Promise((resolve) => silent.close(resolve));
});

test('the list can be filtered, paused, opened and emptied', async () => {
  visitor = await Visitor.open(browser);
  const { page } = visitor;
  await visitor.connect(server);
  await visitor.subscribe('one');
  await visitor.subscribe('two');
  await server.publish('one', 'apple', { color: 'red' });
  await server.publish('two', 'pear', { color: 'green', deep: { inside: [1, 2] } });
  await visitor.lists(/pear/);
  const shown = () => page.locator('#log > li').allInnerTexts();

  await page.fill('#filter', 'GREEN');
  await visitor.says('#count', /the last 1 shown/);
  assert.match((await shown())[0], /pear/);
  await page.fill('#filter', '');
  await visitor.says('#count', /^6 so far$/);
  await page.selectOption('#show-channel', 'one');
  await page.selectOption('#show', 'event');
  assert.deepEqual((await shown()).length, 1);
  await page.selectOption('#show-channel', '');
  await page.click('summary:has-text("pear")');
  await visitor.says('#log pre', /"inside": \[\s+1,\s+2/);

  await page.click('#pause');
  await server.publish('one', 'cherry');
  await visitor.says('#count', /^7 so far, the last 2 shown/);
  assert.equal((await shown()).some((text) => text.includes('cherry')), false);
  await page.click('#pause');
  await visitor.lists(/cherry/);
  await page.click('#clear');
  assert.deepEqual(await shown(), []);
  assert.match(await visitor.text('#count'), /^0 so far/);
});

test('served by the server under its path, the page knows where the server is', async () => {
  const html = readFileSync(PAGE);
  const served = createServer((request, response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end(html));
  await new Promise((resolve) => served.listen(0, '127.0.0.1', resolve));
  const { port } = served.address();
  visitor = await Visitor.open(browser, { url: `http://127.0.0.1:${port}/ws/test` });
  assert.equal(await visitor.value('#url'), `ws://127.0.0.1:${port}/ws`);
  assert.equal(await visitor.value('#api'), `http://127.0.0.1:${port}/ws`);
  await visitor.connect(server);
  await visitor.subscribe('my-channel');
  served.closeAllConnections();
  await new Promise((resolve) => served.close(resolve));
});

test('what was entered is there the next time, but no secret', async () => {
  visitor = await Visitor.open(browser);
  const { page } = visitor;
  await visitor.connect(server);
  await page.check('input[name=as][value=server]');
  await page.fill('#broadcast-key', BROADCAST_KEY);
  await visitor.send('server', 'nobody-there', 'x');
  await page.reload();
  assert.equal(await visitor.value('#url'), `ws://127.0.0.1:${server.port}`);
  assert.equal(await visitor.value('#key'), server.key);
  assert.equal(await visitor.value('#broadcast-key'), '');
  assert.doesNotMatch(await page.evaluate('JSON.stringify({ ...localStorage })'), new RegExp(BROADCAST_KEY));
  await page.goto('about:blank');
  await page.goto(`${address}#url=wss://example.com/ws&key=other`);
  assert.equal(await visitor.value('#url'), 'wss://example.com/ws');
  assert.equal(await visitor.value('#key'), 'other');
});
