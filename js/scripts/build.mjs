// Builds everything that is made of the sources: node scripts/build.mjs [folder]. Without a folder the results go where they
// belong; with one, into a tree of the same shape there, which is how the check sees whether they are up to date.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { declarations } from './declarations.mjs';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
export const GZIP_LIMIT = 5 * 1024;

/** What is built, for check.mjs. Paths are relative to js/. */
export const BUILT = [
  'dist/ody-websocket.mjs',
  'dist/ody-websocket.mjs.map',
  'dist/ody-websocket.cjs',
  'dist/ody-websocket.cjs.map',
  'dist/ody-websocket.min.js',
  'dist/ody-websocket.min.js.map',
  'dist/ody-websocket.d.ts',
  'dist/ody-websocket.d.cts',
];

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** One bundle. Names that begin with _ are shared by the classes of the client and are nobody else's. */
function bundle(entry, format, outfile) {
  return build({
    absWorkingDir: ROOT,
    entryPoints: [entry],
    outfile,
    format,
    bundle: true,
    minify: true,
    mangleProps: /^_[a-z]/,
    target: 'es2022',
    charset: 'utf8',
    sourcemap: true,
    sourceRoot: '',
    define: { VERSION: JSON.stringify(version) },
    logLevel: 'warning',
  });
}

/** Builds all into a folder. */
export async function buildAll(folder) {
  const at = (path) => join(folder, path);
  rmSync(at('dist'), { recursive: true, force: true });
  mkdirSync(at('dist'), { recursive: true });
  await bundle('src/index.ts', 'esm', at('dist/ody-websocket.mjs'));
  await bundle('src/index.ts', 'cjs', at('dist/ody-websocket.cjs'));
  await bundle('src/script.ts', 'iife', at('dist/ody-websocket.min.js'));
  const types = declarations();
  writeFileSync(at('dist/ody-websocket.d.ts'), types);
  writeFileSync(at('dist/ody-websocket.d.cts'), types);
}

/** The size of a file when it is compressed as servers do. */
export function gzipped(path) {
  return gzipSync(readFileSync(path), { level: 9 }).length;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = resolve(process.argv[2] ?? ROOT);
  await buildAll(folder);
  const size = gzipped(join(folder, 'dist/ody-websocket.min.js'));
  console.log(`dist/ody-websocket.min.js: ${size} bytes gzipped, ${GZIP_LIMIT} at most`);
  process.exitCode = size > GZIP_LIMIT ? 1 : 0;
}
