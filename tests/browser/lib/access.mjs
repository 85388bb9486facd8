// Pages for everybody: what axe finds, whether something lies beyond the edge, and the way by keyboard.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** How people see a page: the screen, and what may change while they look. */
export const PHONE = { deviceScaleFactor: 2, hasTouch: true };
export const LOOKS = {
  light: { colorScheme: 'light', size: { width: 1280, height: 900 } },
  dark: { colorScheme: 'dark', size: { width: 1280, height: 900 } },
  'phone-light': { colorScheme: 'light', size: { width: 390, height: 844 }, ...PHONE },
  'phone-dark': { colorScheme: 'dark', size: { width: 320, height: 640 }, ...PHONE },
};

/** A phone of somebody who reads large text. */
export const LARGE = 200; // %
export const LARGE_LOOKS = {
  'large-light': { colorScheme: 'light', size: { width: 360, height: 740 }, ...PHONE },
  'large-dark': { colorScheme: 'dark', size: { width: 360, height: 740 }, ...PHONE },
};

/** Has a page look like that. */
export async function look(page, { colorScheme, size }) {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await page.setViewportSize(size);
}

/** What axe finds, in words. @param least rules that it must have had something to do with */
export async function violations(page, least = 20) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) {
    await page.evaluate(AXE);
  }
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  assert.ok(found.passes.length > least, 'axe has looked at something');
  return found.violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}

/** The size of its text, in pixels. */
export const textSize = (page) => page.evaluate(() => parseFloat(getComputedStyle(document.body).fontSize));

/** Nothing of the page lies beyond its right edge. */
export const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Titles of columns that run into those beside them. */
export const crowded = (page) =>
  page.evaluate(() => {
    const text = (cell) => {
      const range = document.createRange();
      range.selectNodeContents(cell);
      return range.getBoundingClientRect();
    };
    return [...document.querySelectorAll('thead th + th')]
      .filter((cell) => cell.checkVisibility() && text(cell).left < text(cell.previousElementSibling).right)
      .map((cell) => cell.textContent);
  });

/** Goes on with the Tab key until something has the focus, which must be to be seen. */
export async function tabTo(page, id, { back = false } = {}) {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press(back ? 'Shift+Tab' : 'Tab');
    const [focused, ring] = await page.evaluate(() => {
      const { activeElement: element } = document;
      return [element.id || `${element.name}=${element.value}`, getComputedStyle(element).outlineStyle];
    });
    if (focused === id) {
      assert.notEqual(ring, 'none', `the focus on ${id} is to be seen`);
      return;
    }
  }
  assert.fail(`Tab does not reach ${id}`);
}

export async function type(page, text) {
  await page.keyboard.press('Control+A');
  await page.keyboard.type(text);
}
