// The page for everybody: by keyboard alone, for screen readers, on a phone, dark and light.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client, closeClients } from '../../integration/lib/clients.mjs';
import { Server } from '../../integration/lib/server.mjs';
import { LARGE, LARGE_LOOKS, LOOKS, PHONE, look, overflow, tabTo, textSize, type, violations } from '../lib/access.mjs';
import { launch } from '../lib/browser.mjs';
import { Endpoint } from '../lib/endpoint.mjs';
import { Visitor } from '../lib/visitor.mjs';

let browser;
let server;
let endpoint;
let large = null; // a browser whose text is large

before(async () => {
  [browser, server] = await Promise.all([launch(), Server.start()]);
  endpoint = await Endpoint.start(server);
});
after(async () => {
  closeClients();
  await Promise.all([browser.close(), large?.close()]);
  await endpoint.stop();
  await server.stop();
});

/** Brings the page into a state in which everything is to be seen. */
async function fill(visitor) {
  const { page } = visitor;
  await visitor.connect(server);
  await visitor.subscribe('my-channel');
  await visitor.subscribeBy(endpoint, 'presence', 'room');
  const bob = await Client.greeted(server);
  await bob.subscribe('presence-room', { user_id: '8', user_info: { name: 'Bob' } });
  await server.publish('my-channel', 'new-message', { text: 'Hello world!', long: 'word'.repeat(60) });
  await visitor.lists(/Hello world/);
  await page.click('summary:has-text("new-message")');
  await page.fill('#channel-name', 'not allowed');
  await visitor.choose('public');
  await page.click('#subscribe');
  await visitor.says('.channel-state', /Invalid channel name/);
  await visitor.choose('presence', 'paste');
  await page.check('input[name=as][value=server]');
  await page.fill('#event-data', '{');
  await page.click('#send');
  await visitor.says('#send-problem', /no JSON/);
  return bob;
}

for (const [screen, names] of [[{}, ['light', 'dark']], [PHONE, ['phone-light', 'phone-dark']]]) {
  test(`axe finds nothing: ${names.join(', ')}`, async () => {
    const visitor = await Visitor.open(browser, { reducedMotion: 'reduce', ...screen });
    const bob = await fill(visitor);
    for (const name of names) {
      await look(visitor.page, LOOKS[name]);
      assert.deepEqual(await violations(visitor.page), [], `with everything on it: ${name}`);
      assert.ok((await overflow(visitor.page)) <= 0, 'it is not wider than the screen');
      await visitor.picture(name);
    }
    bob.end();
    await visitor.close();
  });
}

test('a phone with large text', async () => {
  large = await launch(LARGE);
  const visitor = await Visitor.open(large, { reducedMotion: 'reduce', ...PHONE });
  const check = async (state) => {
    for (const [name, looks] of Object.entries(LARGE_LOOKS)) {
      await look(visitor.page, looks);
      assert.ok((await overflow(visitor.page)) <= 0, `${state}: it is not wider than the screen`);
      await visitor.picture(`${name}-${state}`);
    }
  };
  assert.equal(await textSize(visitor.page), 30, 'what the browser is set to counts');
  await check('start');
  const bob = await fill(visitor);
  await check('filled');
  assert.deepEqual(await violations(visitor.page), []);
  bob.end();
  await visitor.close();
});

test('axe finds nothing at the beginning and at the end', async () => {
  const visitor = await Visitor.open(browser, { reducedMotion: 'reduce' });
  assert.deepEqual(await violations(visitor.page), []);
  await visitor.connect(server);
  await visitor.choose('private', 'endpoint');
  await visitor.page.click('#pause');
  await visitor.page.click('#disconnect');
  await visitor.state('disconnected');
  assert.deepEqual(await violations(visitor.page), []);
  await visitor.page.evaluate(() => document.querySelector('label[for=key]').remove());
  assert.match((await violations(visitor.page)).join(), /label/, 'the proof: axe sees what is planted');
  await visitor.close();
});

test('all steps by keyboard alone', async () => {
  const visitor = await Visitor.open(browser);
  const { page } = visitor;
  page.click = page.fill = page.check = page.focus = () => assert.fail('no mouse here');
  await tabTo(page, 'url');
  await type(page, `ws://127.0.0.1:${server.port}`);
  await tabTo(page, 'key');
  await type(page, server.key);
  await page.keyboard.press('Enter');
  await visitor.state('connected');

  await tabTo(page, 'channel-name');
  await type(page, 'my-channel');
  await page.keyboard.press('Enter');
  await visitor.says('.channel-state', /^subscribed/);

  await tabTo(page, 'kind=public', { back: true });
  await page.keyboard.press('ArrowRight');
  await tabTo(page, 'channel-name');
  await type(page, 'orders');
  await tabTo(page, 'endpoint');
  await type(page, endpoint.url);
  await tabTo(page, 'subscribe');
  await page.keyboard.press('Space');
  await visitor.says(`${visitor.card('private-orders')} .channel-state`, /^subscribed/);

  const other = await Client.greeted(server);
  await other.subscribe('my-channel');
  await tabTo(page, 'send-channel');
  await type(page, 'my-channel');
  await tabTo(page, 'event-name');
  await type(page, 'client-hello');
  await tabTo(page, 'event-data');
  await type(page, '{"by": "keyboard"}');
  await tabTo(page, 'send');
  await page.keyboard.press('Enter');
  assert.match((await other.expect('client-hello', 'my-channel')).data, /keyboard/);
  other.send({ event: 'client-answer', channel: 'my-channel', data: { read: 'me' } });
  await visitor.lists(/client-answer/);

  await tabTo(page, 'filter');
  await type(page, 'client-answer');
  await visitor.says('#count', /the last 1 shown/);
  await tabTo(page, 'log-frame');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await visitor.says('#log pre', /"read": "me"/);

  await tabTo(page, 'disconnect', { back: true });
  await page.keyboard.press('Enter');
  await visitor.state('disconnected');
  const focused = () => page.evaluate(() => document.activeElement.id);
  assert.equal(await focused(), 'connect', 'the focus is not lost');
  await page.keyboard.press('Space');
  await visitor.state('connected');
  assert.equal(await focused(), 'disconnect', 'nor here');
  await visitor.close();
});

test('people who listen to the page hear what happens, and no flood of it', async () => {
  const visitor = await Visitor.open(browser);
  await visitor.page.evaluate(() => {
    window.heard = [];
    const region = document.querySelector('[role=status]');
    new MutationObserver(() => window.heard.push(region.textContent)).observe(region, { childList: true });
  });
  await visitor.connect(server);
  await visitor.subscribe('my-channel');
  for (let number = 0; number < 50; number++) {
    await server.publish('my-channel', 'tick', { number });
  }
  await visitor.lists(/"number":49/);
  await visitor.page.waitForFunction(() => window.heard.some((text) => text.includes('Subscribed')));
  await visitor.page.waitForTimeout(400);
  const heard = await visitor.page.evaluate('window.heard');
  assert.match(heard.join(), /connected/);
  assert.match(heard.join(), /Subscribed to my-channel/);
  assert.ok(heard.length <= 4, heard.join(' / '));
  await visitor.close();
});
