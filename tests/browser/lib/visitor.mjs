// Somebody who uses the test page: opens it, fills in fields, reads what it says.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { sign } from '../../integration/lib/clients.mjs';
import { DEADLINE } from '../../integration/lib/wait.mjs';
import { PICTURES, address } from './browser.mjs';

const POLL = 10; // ms between two looks at the page

export class Visitor {
  /** Opens the page in a context of its own. Whatever the page throws fails the test, by `check()`. */
  static async open(browser, { url = address, init = null, ...options } = {}) {
    const visitor = new Visitor();
    visitor.context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    visitor.page = await visitor.context.newPage();
    visitor.page.setDefaultTimeout(DEADLINE);
    visitor.troubles = [];
    visitor.page.on('pageerror', (error) => visitor.troubles.push(error.message));
    visitor.page.on('console', (message) => {
      // What the network says is not the page's doing.
      if (message.type() === 'error' && !/ERR_|WebSocket connection|Failed to load resource|CORS policy/.test(message.text())) {
        visitor.troubles.push(message.text());
      }
    });
    if (init) {
      await visitor.page.addInitScript(init);
    }
    await visitor.page.goto(url);
    return visitor;
  }

  async close() {
    assert.deepEqual(this.troubles, [], 'the page had troubles');
    await this.context.close();
  }

  text(selector) {
    return this.page.locator(selector).innerText();
  }

  value(selector) {
    return this.page.locator(selector).inputValue();
  }

  /** Waits until an element says something. */
  async says(selector, pattern, milliseconds = DEADLINE) {
    for (const end = Date.now() + milliseconds; ; ) {
      const texts = await this.page.locator(selector).allInnerTexts();
      if (texts.some((text) => pattern.test(text))) {
        return;
      }
      assert.ok(Date.now() < end, `${selector} does not say ${pattern} within ${milliseconds} ms, but ${JSON.stringify(texts)}`);
      await this.page.waitForTimeout(POLL);
    }
  }

  state(name, milliseconds) {
    return this.says('#state', new RegExp(`^${name}$`), milliseconds);
  }

  /** Waits for an entry of the list. */
  lists(pattern, milliseconds) {
    return this.says('#log > li', pattern, milliseconds);
  }

  /** Enters address and key, and connects. */
  async connect(server) {
    await this.page.fill('#url', `ws://127.0.0.1:${server.port}`);
    await this.page.fill('#key', server.key);
    await this.page.click('#connect');
    await this.state('connected');
  }

  /** Chooses a kind of channel and where the token comes from. */
  async choose(kind, source = null) {
    await this.page.check(`input[name=kind][value=${kind}]`);
    if (source !== null) {
      await this.page.check(`input[name=source][value=${source}]`);
    }
  }

  /** The card of a channel. */
  card(channel) {
    return `.channel:has(.channel-name:text-is("${channel}"))`;
  }

  async subscribe(name, channel = name) {
    await this.page.fill('#channel-name', name);
    await this.page.click('#subscribe');
    await this.says(`${this.card(channel)} .channel-state`, /^subscribed/);
  }

  /** Subscribes with a token of the endpoint. */
  async subscribeBy(endpoint, kind, name) {
    await this.choose(kind, 'endpoint');
    await this.page.fill('#endpoint', endpoint.url);
    await this.subscribe(name, `${kind}-${name}`);
  }

  /** Makes the token that the page asks for, as a developer would in a shell, and pastes it. */
  async pasteToken(server) {
    const [socketId, channel, ...data] = (await this.value('#to-sign')).split(':');
    await this.page.fill('#auth-token', sign(server, socketId, channel, data.length ? data.join(':') : null));
  }

  async send(as, channel, event, data = '{}') {
    await this.page.check(`input[name=as][value=${as}]`);
    await this.page.fill('#send-channel', channel);
    await this.page.fill('#event-name', event);
    await this.page.fill('#event-data', data);
    await this.page.click('#send');
  }

  picture(name) {
    return this.page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
  }
}
