// Runs the browser tests: node tests/browser/run.mjs [name …], such as "steps"; three files side by side, because they also wait.
// "load" measures, so it runs alone, and only when it is named. Screenshots are left in tests/out/browser.
import { mkdirSync, readdirSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

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
const reporter = join(here, '../integration/lib/reporter.mjs');
const child = spawn(
  process.execPath,
  ['--test', '--test-concurrency=3', `--test-reporter=${reporter}`, '--test-reporter-destination=stdout', ...files],
  { stdio: 'inherit' },
);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => child.kill(signal));
}
child.on('close', (code) => process.exit(code ?? 1));
