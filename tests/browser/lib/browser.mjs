// Debian's Chromium without a window, with a profile of its own that goes with it. A page in the build that never has one costs a
// quarter of what it costs in the whole browser, which does as well.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { ROOT } from '../../integration/lib/project.mjs';

export const PICTURES = join(ROOT, 'tests/out/browser');
export const PAGE = join(ROOT, 'js/websocket-test-page.html');

const PROGRAM = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const SWITCHES = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
];

/** Starts it. playwright gives each browser a new profile and removes that afterwards. @param text the size that people have set, in % */
export function launch(text = 100) {
  return chromium.launch({ executablePath: PROGRAM, args: [...SWITCHES, `--blink-settings=defaultFontSize=${(16 * text) / 100}`] });
}

/** Writes another version of the page beside the pictures, and returns its address. */
export function variant(name, change) {
  const path = join(PICTURES, `${name}.html`);
  writeFileSync(path, change(readFileSync(PAGE, 'utf8')));
  return pathToFileURL(path).href;
}

/** The page as it is opened from disk. */
export const address = pathToFileURL(PAGE).href;

/** The version of the browser, for the log. */
export const version = () => execFileSync(PROGRAM, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
