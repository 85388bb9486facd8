// What others say never becomes HTML: not by the code, and by the policy of the page once more.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server } from '../../integration/lib/server.mjs';
import { Client, closeClients } from '../../integration/lib/clients.mjs';
import { address, launch, variant } from '../lib/browser.mjs';
import { CORPUS, plant } from '../lib/corpus.mjs';
import { Endpoint } from '../lib/endpoint.mjs';
import { Visitor } from '../lib/visitor.mjs';

/** Those that the server takes as the name of an event. */
const NAMES = CORPUS.filter((text) => text.length < 190 && !text.includes('\0'));

const withoutPolicy = () =>
  variant('without-policy', (html) => {
    const changed = html.replace(/<meta\s+http-equiv="Content-Security-Policy"[^>]*>/, '');
    assert.notEqual(changed, html);
    return changed;
  });

let browser;
let server;
let endpoint;

before(async () => {
  [browser, server] = await Promise.all([launch(), Server.start({ environment: { WEBSOCKET_LIMIT_CLIENT_EVENTS_PER_SECOND: 0 } })]);
  endpoint = await Endpoint.start(server);
});
after(async () => {
  await browser.close();
  await endpoint.stop();
  await server.stop();
});

/** Lets everybody who can say something to the page say the whole corpus. Returns how often something ran. */
async function attack(visitor, { careful = true } = {}) {
  const { page } = visitor;
  await visitor.connect(server);
  await visitor.subscribe('wall');
  endpoint.user = { user_id: '7', user_info: { name: CORPUS[0] } };
  await visitor.subscribeBy(endpoint, 'presence', 'room');
  for (const text of CORPUS) {
    await server.publish('wall', 'said', { text, [text]: [text] });
  }
  for (const name of NAMES) {
    await server.publish('wall', name, {});
  }
  await server.php.call('publish', 'wall', 'said', [CORPUS[0]]);
  const member = await Client.greeted(server);
  await member.subscribe('presence-room', { user_id: CORPUS[1], user_info: { name: CORPUS[2] } });
  for (const name of NAMES) {
    member.send({ event: `client-${name}`, channel: 'presence-room', data: name });
  }
  await member.works();
  await page.check('input[name=kind][value=public]');
  await page.evaluate((names) => {
    for (const name of names) {
      document.getElementById('channel-name').value = name;
      document.getElementById('subscribe-form').requestSubmit();
    }
  }, CORPUS);
  endpoint.refusal = [403, { error: CORPUS[0] }];
  await page.check('input[name=kind][value=private]');
  await page.fill('#channel-name', 'refused');
  await page.click('#subscribe');
  await page.fill('#event-data', CORPUS[0]);
  await page.click('#send');
  if (careful) {
    await visitor.lists(/client-<svg\/onload=fired/);
    await visitor.says('.channel-state', /onerror=fired/);
    await page.evaluate(() => document.querySelectorAll('details').forEach((details) => (details.open = true)));
    await visitor.says('#log pre', /<svg onload=fired/);
    await visitor.says('.channel-name', /^<IMG SRC=x/);
    await visitor.says('.channel-state', /Invalid channel name: <form>/);
  }
  await page.waitForTimeout(300);
  member.end();
  endpoint.refusal = null;
  return page.evaluate('window.count');
}

async function meet(url, planted) {
  const visitor = await Visitor.open(browser, { url: 'about:blank' });
  await visitor.page.addInitScript(() => {
    window.count = 0;
    window.fired = window.alert = () => window.count++;
  });
  if (planted) {
    await visitor.page.addInitScript(plant);
  }
  await visitor.page.goto(url);
  return visitor;
}

/** What only somebody's HTML can have brought into the page. */
const foreign = (page) =>
  page.evaluate(() => document.querySelectorAll('main :is(img, iframe, script, svg, style, object, video, audio, math, template, a), [onerror], [onload]').length);

test('the page as it is, which asks nobody but the servers', async () => {
  const visitor = await meet(address, false);
  const requests = [];
  visitor.page.on('request', (request) => requests.push(request.url()));
  assert.equal(await attack(visitor), 0);
  assert.equal(await foreign(visitor.page), 0);
  assert.ok(requests.length > 0);
  assert.deepEqual(requests.filter((url) => url !== endpoint.url), []);
  await visitor.close();
  closeClients();
});

test('the page without its policy: the code alone is enough', async () => {
  const visitor = await meet(withoutPolicy(), false);
  assert.equal(await attack(visitor), 0);
  assert.equal(await foreign(visitor.page), 0);
  await visitor.close();
  closeClients();
});

test('the proof: where texts are taken for HTML, these attacks run', async () => {
  const visitor = await meet(withoutPolicy(), true);
  await attack(visitor, { careful: false });
  await visitor.page.waitForFunction('window.count > 10'); // what runs when something was loaded is late
  await visitor.context.close();
  closeClients();
});

test('data that is nested without end, and entries without end, leave the list alive', async () => {
  const visitor = await meet(address, false);
  await visitor.connect(server);
  await visitor.subscribe('wall');
  const member = await Client.greeted(server);
  await member.subscribe('wall');
  for (const data of ['['.repeat(5000) + ']'.repeat(5000), '{"a":'.repeat(1700) + '1' + '}'.repeat(1700)]) {
    member.send({ event: 'client-deep', channel: 'wall', data });
  }
  member.send({ event: 'client-end', channel: 'wall', data: 'the end' });
  await visitor.lists(/client-end/);
  await visitor.lists(/client-deep[^]*nested too deeply/);
  await visitor.page.evaluate(() => document.querySelectorAll('details').forEach((details) => (details.open = true)));
  await visitor.says('#log pre', /^\(nested too deeply to be shown\)$/);
  await visitor.page.fill('#filter', 'the end');
  await visitor.says('#count', /the last 1 shown/);
  await visitor.close();
  closeClients();
});

test('the policy alone is enough, too', async () => {
  const visitor = await meet(address, true);
  await visitor.page.fill('#url', 'ws://x');
  const refused = await visitor.page.evaluate(() => {
    try {
      document.getElementById('log').append('<img src=x onerror=fired()>');
      return 'taken';
    } catch (error) {
      return error.name;
    }
  });
  assert.equal(refused, 'TypeError', 'no text becomes HTML');
  await visitor.page.goto(variant('with-handler', (html) => html.replace('</main>', '<img src=x onerror=fired()></main>')));
  await visitor.page.waitForTimeout(300);
  assert.equal(await visitor.page.evaluate('window.count'), 0, 'no handler in HTML runs');
  await visitor.context.close();
});
