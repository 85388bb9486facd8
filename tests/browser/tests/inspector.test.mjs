// The inspector, as the server serves it: numbers that move, lists, live messages, test events, disconnecting; with a password;
// by keyboard and for screen readers; and with clients who say what they should not.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Client, closeClients } from '../../integration/lib/clients.mjs';
import { Server, artisan } from '../../integration/lib/server.mjs';
import { within } from '../../integration/lib/wait.mjs';
import { LARGE, LARGE_LOOKS, LOOKS, crowded, look, overflow, tabTo, textSize, type, violations } from '../lib/access.mjs';
import { launch } from '../lib/browser.mjs';
import { CORPUS } from '../lib/corpus.mjs';
import { Inspecting } from '../lib/inspecting.mjs';
import { Visitor } from '../lib/visitor.mjs';

const PASSWORD = 'correct-horse-battery+staple';

let browser;
let server; // debug is on
let guarded; // it has a password, and a path before everything
let visitors = [];
let large = null; // a browser whose text is large

before(async () => {
  [browser, server, guarded] = await Promise.all([
    launch(),
    Server.start({ workers: 2, environment: { WEBSOCKET_DEBUG: 'true', WEBSOCKET_LIMIT_CLIENT_EVENTS_PER_SECOND: 0 } }),
    Server.start({ environment: { WEBSOCKET_INSPECTOR_PASSWORD: PASSWORD, WEBSOCKET_PATH: '/ws' } }),
  ]);
});
after(async () => {
  await Promise.all([browser.close(), large?.close()]);
  await Promise.all([server.stop(), guarded.stop()]);
  assert.ok(!guarded.log.includes(PASSWORD), 'the log does not hold the password');
});
afterEach(async () => {
  await Promise.all(visitors.splice(0).map((visitor) => visitor.close()));
  closeClients();
});

async function visit(view, options = {}, at = server, by = browser) {
  const visitor = await Inspecting.at(by, at, view, options);
  visitors.push(visitor);
  return visitor;
}

test('the numbers are live', async () => {
  const visitor = await visit('');
  await visitor.state('live');
  await visitor.says(visitor.figure('Connections'), /^0$/);
  const client = await Client.greeted(server);
  await client.subscribe('orders');
  await visitor.says(visitor.figure('Connections'), /^1$/);
  await visitor.says(visitor.figure('Channels'), /^1$/);
  await server.publish('orders', 'made', { n: 1 });
  await visitor.says(visitor.figure('Delivered'), /^[1-9]/);
  await visitor.says(visitor.figure('Publish to socket'), /[1-9].* (µs|ms)$/);
  client.send({ event: 'client-x', channel: 'nowhere', data: {} });
  await visitor.says('.loss', /Client events that are not allowed[^]*\+1 in the last \d+ s\s+client_events/);
  assert.match(await visitor.page.locator('.line').first().getAttribute('d'), /^M[\d.]+ /, 'there is a line');
});

test('a chart says what was when, and how much time it shows', async () => {
  const visitor = await visit('');
  const card = '.figure-card:has(dt:text-is("Published"))';
  await visitor.says(`${card} .most`, /^most [\d.]+\/s$/);
  await visitor.says(`${card} .span`, /^last 30 s$/);
  const line = `${card} .line`;
  await visitor.page.waitForFunction((path) => /L/.test(document.querySelector(path)?.getAttribute('d')), '.figure-card:nth-child(3) .line');
  const { x, y, width } = await visitor.page.locator(`${card} .picture`).boundingBox();
  await visitor.page.mouse.move(x + width - 2, y + 10);
  await visitor.says(`${card} .most`, /^[\d.]+\/s, 0 s ago$/);
  assert.match(await visitor.page.getAttribute(line, 'd'), /^M/);
  await visitor.page.mouse.move(x + 2, y + 10);
  await visitor.says(`${card} .most`, /^most/);
});

test('a card says when something is not well', async () => {
  const visitor = await visit('');
  await visitor.state('live');
  await visitor.page.route('**/api/overview', async (route) => {
    const answer = await route.fetch();
    const told = await answer.json();
    told.status.connection_limit = 0;
    told.outbound_soft = -1;
    told.shards[0].connections = 1;
    await route.fulfill({ response: answer, json: told });
  });
  await visitor.says('.alarm:has-text("Connections")', /nearly all of 0 possible/);
  await visitor.says('.alarm:has-text("Waiting")', /somebody reads slowly/);
  await visitor.page.unrouteAll({ behavior: 'wait' });
  await visitor.page.waitForSelector('.alarm', { state: 'detached' });
});

test('what is looked for stands in the address, and one comes back to it', async () => {
  const client = await Client.greeted(server);
  await client.subscribe('orders');
  await client.subscribe('other');
  const visitor = await visit('channels');
  const { page } = visitor;
  await visitor.says('tbody', /other/);
  await page.fill('#filter', 'ord');
  await page.waitForFunction(() => location.hash === '#/channels/1/ord');
  await page.click('a:text-is("orders")');
  await visitor.says('h2:focus', /orders$/);
  await page.goBack();
  await visitor.says('h2:focus', /^Channels$/);
  assert.equal(await page.inputValue('#filter'), 'ord');
  await visitor.says('tbody', /^\s*orders\s/);
  await page.click('#tabs a:text-is("Overview")');
  await page.click('dt a:text-is("Waiting for clients")');
  assert.ok(await page.isChecked('#slow'));
  await visitor.says('#view', /256 KiB for too long, or 1 MiB at all[^]*Nobody reads slowly/);
});

test('pages of a list stand in the address, too, whoever has written it', async () => {
  const client = await Client.greeted(server);
  for (let number = 0; number < 60; number++) {
    await client.subscribe(`page-${String(number).padStart(2, '0')}`);
  }
  const visitor = await visit('channels/1/page-');
  const { page } = visitor;
  const hash = () => page.evaluate(() => location.hash);
  await page.click('button:text-is("Next")');
  await visitor.says('.list-note', /^Page 2\.$/);
  await visitor.says('tbody', /^\s*page-50[^]*page-59/);
  const second = await hash();
  assert.match(second, /^#\/channels\/1\/page-\?channels=/);
  await page.reload();
  await visitor.says('tbody', /^\s*page-50[^]*page-59/);
  assert.equal(await hash(), second);
  await page.click('a:text-is("page-50")');
  await visitor.says('h2:focus', /page-50$/);
  await page.goBack();
  await visitor.says('.list-note', /^Page 2\.$/);
  await visitor.says('tbody', /page-59/);
  await page.click('button:text-is("Back")');
  await visitor.says('tbody', /^\s*page-00/);
  assert.equal(await hash(), '#/channels/1/page-');
  for (const place of [...CORPUS, '5', 'x:y', '%', '\u0000']) {
    await page.evaluate((to) => (location.hash = to), `#/channels/1/page-?channels=${encodeURIComponent(place)}&other=?#&channels`);
    await page.waitForFunction(() => !location.hash.includes('channels='));
    await visitor.says('tbody', /^\s*page-00/);
  }
  await page.evaluate(() => (location.hash = '#/channels/1/page-?channels=0:z&channels=0:zz'));
  await visitor.says('.list-note', /^Page 3\. Nothing is here any more\.$/);
  await page.fill('#filter', 'page-1');
  await visitor.says('tbody', /^\s*page-10/);
  assert.equal(await hash(), '#/channels/1/page-1');
});

test('what is typed and left at once changes nothing elsewhere', async () => {
  const client = await Client.greeted(server);
  await client.subscribe('orders');
  const visitor = await visit('channels');
  const { page } = visitor;
  await page.fill('#filter', 'orders');
  await page.keyboard.press('Enter');
  await visitor.says('h2:focus', /orders$/);
  await page.fill('#tail-filter', 'made?&=#');
  await page.waitForFunction(() => location.hash === '#/channel/1/orders?messages=made%3F%26%3D%23');
  await page.reload();
  assert.equal(await page.inputValue('#tail-filter'), 'made?&=#');
  await page.fill('#tail-filter', 'made');
  await page.click('#tabs a:text-is("Users")');
  await visitor.says('h2:focus', /^Users$/);
  await page.waitForTimeout(300);
  assert.equal(await page.evaluate(() => location.hash), '#/users');
});

test('nothing is asked while nobody looks', async () => {
  const visitor = await visit('');
  await visitor.says(visitor.figure('Connections'), /\d/);
  await visitor.page.click('#pause');
  await visitor.state('paused');
  let asked = 0;
  await visitor.page.waitForTimeout(200);
  visitor.page.on('request', () => asked++);
  await visitor.page.waitForTimeout(500);
  assert.equal(asked, 0);
  await visitor.page.click('#pause');
  await visitor.state('live');
});

test('a channel shows who is in it and what is said, and takes a test event', async () => {
  const [ann, bob] = [await Client.greeted(server), await Client.greeted(server)];
  await ann.subscribe('presence-room', { user_id: '7', user_info: { name: 'Ann' } });
  const visitor = await visit('channels');
  const { page } = visitor;
  await page.fill('#filter', 'presence-');
  await page.click('a:text-is("presence-room")');
  await visitor.says('#view', /presence · 1 connection, 1 user/);
  await visitor.says('tbody', /"name":"Ann"/);
  await visitor.listens();
  await server.publish('presence-room', 'made', { n: 41 });
  await visitor.hears(/made[^]*"n":41/);
  await bob.subscribe('presence-room', { user_id: '8', user_info: {} });
  await visitor.hears(/^[^]*8 came in/);
  bob.send({ event: 'client-typing', channel: 'presence-room', data: { fast: true } });
  await visitor.hears(/client-typing/);
  await page.click('summary:has-text("client-typing")');
  await visitor.says('#tail pre', /"fast": true/);
  await visitor.says('#tail .facts-line', new RegExp('from 8 · to 1 connection'));
  await page.fill('#tail-filter', 'nothing like it');
  await page.waitForFunction(() => document.querySelectorAll('#tail > li:not([hidden])').length === 0);
  await page.fill('#event-name', 'from-here');
  await page.fill('#event-data', 'just a text');
  await visitor.says('#event-data-hint', /no JSON/);
  await page.click('#send');
  await visitor.says('form .success', /Sent to 2 connections/);
  assert.equal((await bob.messages.until((message) => message.event === 'from-here', 'the test event')).data, 'just a text');
  await page.fill('#event-name', '');
  await page.click('#send');
  await visitor.says('form .problem', /Invalid event name/);
});

test('an open message stands still and can be copied; what waits comes after it', async () => {
  const client = await Client.greeted(server);
  await client.subscribe('busy');
  const visitor = await visit('channel/1/busy', { permissions: ['clipboard-read', 'clipboard-write'] });
  const { page } = visitor;
  await visitor.listens();
  await server.publish('busy', 'first', { n: 1 });
  await visitor.hears(/first[^]*→ 1/);
  await page.click('#tail summary');
  await server.publish('busy', 'second', {});
  await visitor.says('.tail .count', /^2 so far, 1 waiting$/);
  assert.equal(await page.locator('#tail > li').count(), 1);
  await page.click('#tail button:text-is("Copy")');
  await visitor.says('#tail button', /^Copied$/);
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), '{"n":1}');
  await page.fill('#tail-filter', 'second'); // a filter shows what is there already, and then what has waited
  await visitor.hears(/second/);
  assert.equal(await page.locator('#tail > li').count(), 1);
  await page.fill('#tail-filter', '');
  assert.equal(await page.locator('#tail > li').count(), 2);
  await server.publish('busy', 'again', {});
  await visitor.says('.tail .count', /^3 so far, 1 waiting$/);
  await page.click('#tail summary:has-text("first")');
  await visitor.hears(/again/);
  await page.click('#pause');
  await server.publish('busy', 'third', {});
  await visitor.says('.tail .count', /^4 so far, 1 waiting$/);
  await page.click('#pause');
  await visitor.hears(/third/);
});

test('what cannot be is said, and not asked again and again', async () => {
  const visitor = await visit('channel/nope/x');
  const { page } = visitor;
  let begun = 0;
  page.on('request', (request) => (begun += request.url().endsWith('begin-tail') ? 1 : 0));
  await visitor.says('.tail .problem', /There is no such app/);
  await page.evaluate(() => (location.hash = '#/connection/garbage'));
  await visitor.says('.problem', /must be a socket id/);
  assert.ok(await page.isDisabled('#end'));
  assert.ok(begun <= 1, `${begun} times`);
});

test('who leaves a channel leaves no refused question behind', async () => {
  const visitor = await visit('channel/1/x');
  const { page } = visitor;
  const refused = [];
  page.on('response', (response) => response.ok() || refused.push(`${response.status()} ${response.url()}`));
  await visitor.listens();
  await page.waitForTimeout(100);
  const ended = page.waitForResponse(/end-tail$/);
  await page.click('#tabs a:text-is("Overview")');
  assert.equal((await ended).status(), 200);
  await visitor.says(visitor.figure('Connections'), /\d/);
  await page.waitForTimeout(200);
  assert.deepEqual(refused, []);
  await visitor.state('live');
  await page.route('**/begin-tail', async (route) => {
    const answer = await route.fetch();
    await page.waitForTimeout(200);
    await route.fulfill({ response: answer });
  });
  const begun = page.waitForRequest(/begin-tail$/);
  await page.evaluate(() => (location.hash = '#/channel/1/y'));
  await begun;
  const late = page.waitForRequest(/end-tail$/);
  await page.click('#tabs a:text-is("Overview")');
  await late; // it was left before it had begun
});

test('much is left out, and that is said', async () => {
  const client = await Client.greeted(server);
  await client.subscribe('flood');
  const visitor = await visit('channel/1/flood');
  await visitor.listens();
  for (let number = 0; number < 400; number++) {
    client.send({ event: 'client-drop', channel: 'flood', data: { number } });
  }
  await visitor.says('#tail > li.gap', /messages left out/);
  await visitor.says('.tail .count', /^400 so far/);
});

test('a user is followed', async () => {
  const ann = await Client.greeted(server);
  await ann.signIn({ id: 'ann' });
  await ann.subscribe('private-a');
  const visitor = await visit('users');
  await visitor.page.click('a:text-is("ann")');
  await visitor.listens();
  ann.send({ event: 'client-x', channel: 'private-a', data: { of: 'ann' } });
  await visitor.hears(/private-a[^]*client-x[^]*"of":"ann"/);
  await visitor.page.click('#send');
  await visitor.says('form .problem', /Nobody listens there/);
  await ann.subscribe('#server-to-user-ann');
  await visitor.page.click('#send');
  await visitor.says('form .success', /^Sent to 1 connection\.$/);
  await ann.expect('test', '#server-to-user-ann');
  await visitor.end('do');
  await visitor.says('.outcome', /^1 connection disconnected/);
  assert.equal((await within(ann.closed, 'the end')).code, 4009);
});

test('one client is disconnected, when that is really wanted', async () => {
  const client = await Client.greeted(server);
  await client.subscribe('orders');
  const visitor = await visit('connections');
  await visitor.page.fill('#filter', client.socketId);
  await visitor.page.click(`a:text-is("${client.socketId}")`);
  await visitor.says('.properties', /127\.0\.0\.1/);
  await visitor.says('tbody', /orders/);
  await visitor.end('not');
  await visitor.page.click('#end');
  await visitor.page.keyboard.press('Escape');
  assert.equal(await visitor.page.evaluate(() => document.activeElement.id), 'end', 'the focus comes back');
  assert.equal(client.socket.readyState, 1);
  await visitor.end('do');
  assert.equal((await within(client.closed, 'the end')).code, 4009);
  await visitor.says('.outcome', /^Disconnected/);
  await visitor.says('.gone', /This connection is closed/);
  await visitor.says('.properties', /127\.0\.0\.1/);
  assert.ok(await visitor.page.isDisabled('#end'));
});

test('the password opens it, and ends with the tab or by a click', async () => {
  const visitor = await visit('channels', { before: '/ws' }, guarded);
  const { page } = visitor;
  await page.waitForSelector('#password:focus');
  assert.equal(await page.isVisible('#view'), false);
  await page.keyboard.press('Enter');
  await visitor.says('#login-problem', /missing/);
  await page.fill('#password', 'wrong');
  await page.keyboard.press('Enter');
  await visitor.says('#login-problem', /The password is wrong/);
  assert.deepEqual(await violations(page), []);
  assert.ok((await overflow(page)) <= 0, 'it is not wider than the screen');
  await page.fill('#password', PASSWORD);
  await page.keyboard.press('Enter');
  await visitor.says('#view', /Nobody is subscribed/);
  await page.reload();
  await visitor.says('#view', /Nobody is subscribed/);
  const { code, stderr } = await artisan(guarded.project, 'websocket:restart');
  assert.equal(code, 0, stderr);
  await page.waitForSelector('#password:focus');
  await page.fill('#password', PASSWORD);
  await page.keyboard.press('Enter');
  await visitor.says('#view', /Nobody is subscribed/);
  await page.click('#sign-out');
  await page.waitForSelector('#password:focus');
  await page.reload();
  await page.waitForSelector('#password:focus');
});

test('a page of another origin learns nothing and can do nothing', async () => {
  const visitor = await visit('');
  const { page } = visitor;
  await visitor.state('live');
  await page.goto(`http://127.0.0.1:${guarded.port}/up`);
  const base = `http://127.0.0.1:${server.port}/inspector/api`;
  const ask = (path, options) =>
    page.evaluate(([url, how]) => fetch(url, how).then((answer) => answer.status, (error) => error.name), [`${base}/${path}`, options]);
  assert.equal(await ask('overview', { headers: { 'X-Inspector': 'page' } }), 'TypeError');
  assert.equal(await ask('overview', {}), 'TypeError');
  assert.equal(await ask('publish', { method: 'POST', mode: 'no-cors', body: 'channel=a&event=e&data=1' }), 'TypeError');
  const framed = await page.evaluate((url) => {
    const frame = document.createElement('iframe');
    frame.src = url;
    document.documentElement.append(frame);
    return new Promise((resolve) => (frame.onload = () => resolve(frame.contentDocument === null ? 'other' : frame.contentDocument.body.childElementCount)));
  }, `http://127.0.0.1:${guarded.port}/inspector`);
  assert.equal(framed, 'other', 'it is in no frame');
  assert.match(visitor.troubles.splice(0).join(), /frame-ancestors/);
});

test('a server that is away is waited for', async () => {
  const client = await Client.greeted(server);
  await client.subscribe('away');
  const visitor = await visit('channel/1/away');
  await visitor.state('live');
  await visitor.listens();
  await visitor.page.route('**/api/**', (route) => route.abort());
  await visitor.state('no answer');
  await server.publish('away', 'last', {});
  await visitor.hears(/^Interrupted: what was said meanwhile is not here$/);
  await visitor.says('#trouble', /does not answer since \d\d:\d\d:\d\d/);
  assert.equal(await visitor.page.locator('[role=alert]:visible').count(), 1, 'it is said once');
  await visitor.page.unroute('**/api/**');
  await visitor.state('live');
  assert.equal(await visitor.page.isVisible('#trouble'), false);
  await visitor.listens();
  await server.publish('away', 'back', {});
  await visitor.hears(/back/);
});

test('nothing jumps when the first numbers come', async () => {
  const client = await Client.greeted(server);
  await client.subscribe('orders');
  for (const view of ['', 'channels', 'connections', 'channel/1/orders']) {
    const visitor = await visit(view);
    await visitor.says('#view', /[1-9]/);
    await visitor.says('tbody', /\d/);
    const moved = () => visitor.page.evaluate(() => new Promise((resolve) => {
      let sum = 0;
      const observer = new PerformanceObserver((list) => list.getEntries().forEach(({ value }) => (sum += value)));
      observer.observe({ type: 'layout-shift', buffered: true });
      setTimeout(() => resolve(sum), 200);
    }));
    const jumped = await moved();
    assert.ok(jumped < 0.02, `${view}: ${jumped}`);
    if (view === '') {
      await visitor.page.evaluate(() => document.getElementById('view').style.setProperty('padding-top', '300px'));
      assert.ok((await moved()) > 0.02, 'the proof: what jumps is noticed');
    }
  }
});

test('what clients say never becomes HTML', async () => {
  const client = await Client.greeted(server);
  const visitor = await visit('channel/1/presence-wall');
  await visitor.page.addInitScript(() => {
    window.count = 0;
    window.fired = window.alert = () => window.count++;
  });
  await visitor.page.reload();
  await client.signIn({ id: CORPUS[0], user_info: { name: CORPUS[1] } });
  await client.subscribe('presence-wall', { user_id: CORPUS[2].slice(0, 120), user_info: { name: CORPUS[3] } });
  await visitor.listens();
  for (const text of CORPUS) {
    client.send({ event: `client-${text.replaceAll('\0', '')}`.slice(0, 190), channel: 'presence-wall', data: { [text]: text } });
  }
  await visitor.hears(/<svg\/onload=fired/);
  await visitor.page.evaluate(() => document.querySelectorAll('details').forEach((details) => (details.open = true)));
  for (const view of ['users', `user/1/${encodeURIComponent(CORPUS[0])}`, `channel/1/${encodeURIComponent(CORPUS[0])}`, 'connections', `connection/${encodeURIComponent(CORPUS[0])}`]) {
    await visitor.page.evaluate((hash) => (location.hash = hash), `#/${view}`);
    await visitor.page.waitForTimeout(250);
  }
  await visitor.says('#view', /onerror=fired/);
  assert.equal(await visitor.page.evaluate('window.count'), 0);
  const foreign = '#view :is(img, iframe, script, style, object, video, audio, math, template), #view [onerror], #view [onload], a[href^="javascript"]';
  assert.equal(await visitor.page.locator(foreign).count(), 0);
});

test('by keyboard alone', async () => {
  const client = await Client.greeted(server);
  await client.subscribe('orders');
  const visitor = await visit('');
  const { page } = visitor;
  await visitor.state('live');
  page.click = page.fill = page.check = page.focus = () => assert.fail('no mouse here');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'skip', 'what is always the same can be skipped');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'view');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await visitor.says('h2:focus', /^Channels$/);
  assert.equal(await page.getAttribute('#tabs a:text-is("Channels")', 'aria-current'), 'page');
  await tabTo(page, 'filter');
  await type(page, 'orders');
  await page.keyboard.press('Enter');
  await visitor.says('h2:focus', /orders$/);
  await visitor.listens();
  await tabTo(page, 'event-name');
  await type(page, 'by-keyboard');
  await tabTo(page, 'send');
  await page.keyboard.press('Enter');
  await visitor.hears(/by-keyboard/);
  await client.expect('by-keyboard', 'orders');
});

/** Somebody of whom there is something to be seen in every view, and the views with what they say. */
async function everywhere() {
  const client = await Client.greeted(server);
  await client.signIn({ id: 'ann' });
  await client.subscribe('presence-room', { user_id: '7', user_info: { name: 'Ann', long: 'word'.repeat(40) } });
  await client.subscribe('presence-room-2', { user_id: `שלום 🦊 \u202e ${'long'.repeat(20)}`, user_info: {} });
  await client.subscribe(`long.${'name'.repeat(40)}`);
  client.send({ event: 'client-x', channel: 'nowhere', data: {} });
  return [['', /Limits and losses/], ['channels', /presence-room/], ['channel/1/presence-room', /"name":"Ann"/], ['channel/1/presence-room-2', /שלום 🦊/], [`channel/1/long.${'name'.repeat(40)}`, /1 connection/], ['connections', /127|Waiting/], [`connection/${client.socketId}`, /presence-room/], ['users', /ann/], ['user/1/ann', /Send a test event/]];
}

/** Shows a view, with a message where there are some. */
async function turnTo(visitor, view, sign) {
  const { page } = visitor;
  await page.evaluate((hash) => (location.hash = hash), `#/${view}`);
  await visitor.says('#view', sign);
  if (view === 'channel/1/presence-room') {
    await visitor.listens();
    await server.publish('presence-room', 'made', { long: 'word'.repeat(90) });
    await visitor.hears(/made/);
    await page.click('#tail summary');
  }
}

const pictureName = (view, name) => `inspector-${view.split('/').at(view.includes('room') ? 2 : 0).slice(0, 20) || 'overview'}-${name}`;

// Both sets of colours, and the widest and the narrowest screen.
for (const name of ['light', 'phone-dark']) {
  test(`axe finds nothing: ${name}`, async () => {
    const views = await everywhere();
    const visitor = await visit('', LOOKS[name]);
    const { page } = visitor;
    await look(page, LOOKS[name]);
    await visitor.says(visitor.figure('Connections'), /[1-9]/);
    for (const [view, sign] of views) {
      await turnTo(visitor, view, sign);
      assert.deepEqual(await violations(page), [], view);
      assert.ok((await overflow(page)) <= 0, `${view} is not wider than the screen`);
      assert.deepEqual(await crowded(page), [], view);
      await visitor.picture(pictureName(view, name));
    }
    await page.click('#end');
    assert.deepEqual(await violations(page, 8), [], 'the question');
    await page.keyboard.press('Escape');
  });
}

test('a phone with large text', async () => {
  large = await launch(LARGE);
  const views = await everywhere();
  const fits = async (visitor, what) => {
    for (const [name, looks] of Object.entries(LARGE_LOOKS)) {
      await look(visitor.page, looks);
      assert.ok((await overflow(visitor.page)) <= 0, `${what} is not wider than the screen`);
      assert.deepEqual(await crowded(visitor.page), [], what);
      await visitor.picture(pictureName(what, name));
    }
  };
  const visitor = await visit('', LARGE_LOOKS['large-light'], server, large);
  assert.equal(await textSize(visitor.page), 30, 'what the browser is set to counts');
  await visitor.says(visitor.figure('Connections'), /[1-9]/);
  for (const [view, sign] of views) {
    await turnTo(visitor, view, sign);
    await fits(visitor, view);
    assert.deepEqual(await violations(visitor.page), [], view);
  }
  await visitor.page.click('#end');
  await fits(visitor, 'question');
  const stranger = await visit('', { ...LARGE_LOOKS['large-light'], before: '/ws' }, guarded, large);
  await stranger.page.waitForSelector('#password:focus');
  await stranger.page.keyboard.press('Enter');
  await fits(stranger, 'password');
});

test('the test page comes from the server, too, and finds it', async () => {
  const visitor = await Visitor.open(browser, { url: `http://127.0.0.1:${server.port}/test` });
  visitors.push(visitor);
  assert.equal(await visitor.value('#url'), `ws://127.0.0.1:${server.port}`);
  await visitor.connect(server);
  await visitor.subscribe('my-channel');
});
