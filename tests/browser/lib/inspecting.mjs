// Somebody who looks at the inspector of a server.
import assert from 'node:assert/strict';
import { Visitor } from './visitor.mjs';

/** What the page does every second or less often, it does five times as often: nobody waits for that. */
function hurry() {
  for (const name of ['setTimeout', 'setInterval']) {
    const original = globalThis[name];
    globalThis[name] = (callback, time = 0, ...parameters) => original(callback, time >= 500 ? time / 5 : time, ...parameters);
  }
}

export class Inspecting extends Visitor {
  /** Opens the inspector at a view, such as "channels". Whatever the page throws fails the test, by `close()`. */
  static async at(browser, server, view = '', { before = '', ...options } = {}) {
    const url = `http://127.0.0.1:${server.port}${before}/inspector#/${view}`;
    return Object.assign(Object.create(Inspecting.prototype), await Visitor.open(browser, { url, init: hurry, ...options }));
  }

  /** What a card of the overview says. */
  figure(title) {
    return `.figure-card:has(dt :text-is("${title}"), dt:text-is("${title}")) .figure`;
  }

  /** Waits for a message of the tail. */
  hears(pattern, milliseconds) {
    return this.says('#tail > li', pattern, milliseconds);
  }

  /** Waits until the tail is there, so that nothing is missed. */
  listens() {
    return this.page.waitForSelector('.tail[data-listens=yes]');
  }

  async end(action) {
    await this.page.click('#end');
    assert.equal(await this.page.evaluate(() => document.activeElement.id), 'confirm-cancel', 'what changes nothing comes first');
    await this.page.click(action === 'do' ? '#confirm-do' : '#confirm-cancel');
  }
}
