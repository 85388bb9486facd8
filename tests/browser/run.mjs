// Runs the browser tests: node tests/browser/run.mjs [name …], such as "steps"; three files side by side, because they also wait.
// "load" measures, so it runs alone, and only when it is named. Screenshots are left in tests/out/browser.
import { mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTwice } from '../integration/lib/attempts.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const names = process.argv.slice(2);
const files = readdirSync(join(here, 'tests'))
  .filter((file) => file.endsWith('.test.mjs'))
  .filter((file) => (names.length === 0 ? file !== 'load.test.mjs' : names.includes(file.replace('.test.mjs', ''))))
  .map((file) => join(here, 'tests', file));
if (files.length === 0) {
  console.error(`no test file is called ${names.join(', ')}`);
  process.exit(1);
}

const pictures = join(here, '../out/browser');
mkdirSync(pictures, { recursive: true });
await runTwice(files, 3);
