// The line comes and goes: restarts, an outage, no network, sessions that expired, two pages of one user.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { closeClients } from '../../integration/lib/clients.mjs';
import { Server, artisan } from '../../integration/lib/server.mjs';
import { launch } from '../lib/browser.mjs';
import { Endpoint } from '../lib/endpoint.mjs';
import { Visitor } from '../lib/visitor.mjs';

let browser;
let server;
let endpoint;
let visitors = [];

async function visit() {
  const visitor = await Visitor.open(browser);
  visitors.push(visitor);
  await visitor.connect(server);
  return visitor;
}

before(async () => {
  [browser, server] = await Promise.all([launch(), Server.start()]);
  endpoint = await Endpoint.start(server);
});
after(async () => {
  await browser.close();
  await endpoint.stop();
  await server.stop();
});
afterEach(async () => {
  closeClients();
  await Promise.all(visitors.splice(0).map((visitor) => visitor.close()));
  endpoint.refusal = null;
});

test('a restarted server has the page and its channels again', async () => {
  const visitor = await visit();
  await visitor.subscribe('news');
  await visitor.subscribeBy(endpoint, 'private', 'orders');
  const before = await visitor.text('#socket-id');
  const { code, stderr } = await artisan(server.project, 'websocket:restart');
  assert.equal(code, 0, stderr);
  await visitor.lists(/connection ended[^]*4200/);
  await visitor.state('connected');
  await visitor.says('#socket-id', new RegExp(`^(?!${before}$)\\d`));
  await visitor.says(`${visitor.card('private-orders')} .channel-state`, /^subscribed/);
  await visitor.says(`${visitor.card('news')} .channel-state`, /^subscribed/);
  assert.equal(await server.publish('news', 'headline', { number: 1 }), 1);
  assert.equal(await server.publish('private-orders', 'shipped', { number: 2 }), 1);
  await visitor.lists(/headline/);
  await visitor.lists(/shipped/);
  assert.equal(endpoint.requests.filter(({ channel_name }) => channel_name === 'private-orders').length, 2, 'a token each');
});

test('an outage is waited for', async () => {
  const visitor = await visit();
  await visitor.subscribe('news');
  await server.stop();
  await visitor.state('unavailable');
  await visitor.says('#connect-problem', /cannot be reached/);
  await visitor.says(`${visitor.card('news')} .channel-state`, /waiting for the connection/);
  await server.launch();
  await visitor.state('connected');
  await visitor.says(`${visitor.card('news')} .channel-state`, /^subscribed/);
  assert.equal(await visitor.page.locator('#connect-problem').isHidden(), true);
});

test('without a network the line is dead within seconds, and back soon', async () => {
  const visitor = await visit();
  await visitor.subscribe('news');
  await visitor.context.setOffline(true);
  await visitor.state('unavailable');
  await visitor.context.setOffline(false);
  await visitor.state('connected', 10_000);
  await visitor.says(`${visitor.card('news')} .channel-state`, /^subscribed/);
});

test('an expired session is told, and the next try may have another', async () => {
  const visitor = await visit();
  await visitor.subscribeBy(endpoint, 'private', 'orders');
  endpoint.refusal = [401, { message: 'Unauthenticated.' }];
  await artisan(server.project, 'websocket:restart');
  const state = `${visitor.card('private-orders')} .channel-state`;
  await visitor.says(state, /Unauthenticated\. \(status 401\)/);
  await visitor.state('connected');
  endpoint.refusal = null;
  await visitor.page.click('#subscribe');
  await visitor.says(state, /^subscribed/);
});

test('a pasted token ends with its connection, and the page says so', async () => {
  const visitor = await visit();
  await visitor.choose('private', 'paste');
  await visitor.page.fill('#channel-name', 'orders');
  await visitor.pasteToken(server);
  await visitor.subscribe('orders', 'private-orders');
  await artisan(server.project, 'websocket:restart');
  const state = `${visitor.card('private-orders')} .channel-state`;
  await visitor.says(state, /its token was for an earlier connection/);
  await visitor.pasteToken(server);
  await visitor.page.click('#subscribe');
  await visitor.says(state, /^subscribed/);
});

test('two pages of one user are one member', async () => {
  const [first, second] = await Promise.all([visit(), visit()]);
  await first.subscribeBy(endpoint, 'presence', 'room');
  await second.subscribeBy(endpoint, 'presence', 'room');
  const room = first.card('presence-room');
  await second.says(`${room} .channel-state`, /1 member$/);
  await first.says(`${room} .channel-state`, /1 member$/);
  await second.send('client', 'presence-room', 'client-hello', '{}');
  await first.lists(/client-hello[^]*"from":"7"/);
  await second.page.click('#disconnect');
  await second.state('disconnected');
  endpoint.user = { user_id: '9', user_info: { name: 'Cleo' } };
  const third = await visit();
  await third.subscribeBy(endpoint, 'presence', 'room');
  await first.lists(/Cleo \(9\) joined/);
  const entries = await first.page.locator('#log > li[data-kind=member]').allInnerTexts();
  assert.equal(entries.length, 1, entries.join());
  endpoint.user = { user_id: '7', user_info: { name: 'Ann' } };
});

test('a page that goes away and comes back is connected', async () => {
  const visitor = await visit();
  await visitor.subscribe('news');
  await visitor.page.evaluate('window.kept = true');
  await visitor.page.goto('about:blank');
  await visitor.page.goBack();
  if (!(await visitor.page.evaluate('window.kept'))) {
    await visitor.page.click('#connect'); // the browser did not keep it, so it is a new page
  }
  await visitor.state('connected');
});
