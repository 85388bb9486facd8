// Whether everything that is built and committed is what the sources make, whether the client is small enough, whether no
// function is too long, and whether the files are formatted. `--self-test` proves that changes are noticed.
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { BUILT, GZIP_LIMIT, ROOT, buildAll, gzipped } from './build.mjs';

const HERE = join(ROOT, 'js');
const FUNCTION_LINES = 40;
const FILE_LINES = 600;

/** Those built files of a tree that differ from another tree's. */
function stale(committed, built) {
  const same = (path) =>
    existsSync(join(committed, path)) && readFileSync(join(committed, path)).equals(readFileSync(join(built, path)));
  return BUILT.filter((path) => !same(path)).map(
    (path) => `${path} is not what the sources make: npm run build in js/`,
  );
}

function tooLarge(folder) {
  return ['js/dist/ody-websocket.min.js', 'js/dist/ody-websocket.mjs']
    .map((path) => [path, gzipped(join(folder, path))])
    .filter(([, size]) => size > GZIP_LIMIT)
    .map(([path, size]) => `${path} has ${size} bytes when it is compressed, ${GZIP_LIMIT} at most`);
}

/** Functions and files of a text that are too long. */
function tooLong(path, text) {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const line = (position) => file.getLineAndCharacterOfPosition(position).line + 1;
  const found = text.split('\n').length > FILE_LINES ? [`${path} has more than ${FILE_LINES} lines`] : [];
  const visit = (node) => {
    const lines = line(node.end) - line(node.getStart(file)) + 1;
    if (ts.isFunctionLike(node) && node.body && lines > FUNCTION_LINES) {
      found.push(`${path}:${line(node.getStart(file))}: a function of ${lines} lines`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

const sources = () =>
  ['js/src', 'js/page', 'js/inspector', 'js/shared', 'js/scripts'].flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => /\.(ts|mjs)$/.test(name))
      .map((name) => join(folder, name)),
  );

function unformatted() {
  try {
    execFileSync(join(HERE, 'node_modules/.bin/prettier'), ['--check', '--log-level=warn', '.'], {
      cwd: HERE,
      stdio: 'pipe',
    });
    return [];
  } catch (error) {
    return [String(error.stderr || error.message).trim(), 'npm run format in js/'];
  }
}

/** A changed file, a missing one and a long function must be found. */
function selfTest(built) {
  const copy = join(built, 'copy');
  for (const path of BUILT) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    copyFileSync(join(built, path), join(copy, path));
  }
  const clean = stale(copy, built).length === 0;
  writeFileSync(join(copy, BUILT[0]), 'changed');
  rmSync(join(copy, BUILT[1]));
  const long = `function long() {\n${'  work();\n'.repeat(FUNCTION_LINES)}}\n`;
  return clean && stale(copy, built).length === 2 && tooLong('x.ts', long).length === 1
    ? []
    : ['a planted fault was not noticed'];
}

const folder = mkdtempSync(join(tmpdir(), 'ody-js-'));
try {
  await buildAll(folder);
  const complaints = process.argv.includes('--self-test')
    ? selfTest(folder)
    : [
        ...stale(ROOT, folder),
        ...tooLarge(folder),
        ...sources().flatMap((path) => tooLong(path, readFileSync(join(ROOT, path), 'utf8'))),
        ...unformatted(),
      ];
  complaints.forEach((complaint) => console.error(complaint));
  process.exitCode = complaints.length > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
