// Builds everything that is made of the sources: node scripts/build.mjs [folder]. Without a folder the results go where they
// belong; with one, into a tree of the same shape there, which is how the check sees whether they are up to date.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { minify } from 'terser';
import { declarations } from './declarations.mjs';
import { inspector, page } from './page.mjs';
import { reference } from './reference.mjs';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..'); // of the whole project
const HERE = join(ROOT, 'js');
export const GZIP_LIMIT = 5 * 1024;

/** What is built, for check.mjs. */
export const BUILT = [
  'js/dist/ody-websocket.mjs',
  'js/dist/ody-websocket.mjs.map',
  'js/dist/ody-websocket.cjs',
  'js/dist/ody-websocket.cjs.map',
  'js/dist/ody-websocket.min.js',
  'js/dist/ody-websocket.min.js.map',
  'js/dist/ody-websocket.d.ts',
  'js/dist/ody-websocket.d.cts',
  'js/websocket-test-page.html',
  'js/inspector.html',
  'docs/client.md',
];

const { version } = JSON.parse(readFileSync(join(HERE, 'package.json'), 'utf8'));

/**
 * One bundle and its map, which names the sources as seen from where the bundle belongs. Names that begin with _ are shared by
 * the classes of the client and are nobody else's. Two programs make it small: what one leaves, the other takes.
 */
async function bundle(entry, format, name, folder) {
  const { outputFiles } = await build({
    absWorkingDir: HERE,
    entryPoints: [entry],
    outfile: join('dist', name),
    write: false,
    format,
    bundle: true,
    minify: true,
    mangleProps: /^_[a-z]/,
    target: 'es2022',
    charset: 'utf8',
    sourcemap: true,
    define: { VERSION: JSON.stringify(version) },
    logLevel: 'warning',
  });
  const [before, bundled] = outputFiles.map(({ text }) => text);
  const { code, map } = await minify(bundled, {
    ecma: 2020,
    module: format === 'esm',
    toplevel: true,
    compress: { passes: 3 },
    sourceMap: { content: before, filename: name, url: `${name}.map`, includeSources: true },
  });
  writeFileSync(join(folder, name), `${code}\n`);
  writeFileSync(join(folder, `${name}.map`), `${map}\n`);
}

/** Builds all into a folder. */
export async function buildAll(folder) {
  const at = (path) => join(folder, path);
  rmSync(at('js/dist'), { recursive: true, force: true });
  mkdirSync(at('js/dist'), { recursive: true });
  mkdirSync(at('docs'), { recursive: true });
  await bundle('src/index.ts', 'esm', 'ody-websocket.mjs', at('js/dist'));
  await bundle('src/index.ts', 'cjs', 'ody-websocket.cjs', at('js/dist'));
  await bundle('src/script.ts', 'iife', 'ody-websocket.min.js', at('js/dist'));
  const types = declarations();
  writeFileSync(at('js/dist/ody-websocket.d.ts'), types);
  writeFileSync(at('js/dist/ody-websocket.d.cts'), types);
  writeFileSync(
    at('js/websocket-test-page.html'),
    await page(readFileSync(at('js/dist/ody-websocket.min.js'), 'utf8'), version),
  );
  writeFileSync(at('js/inspector.html'), await inspector());
  writeFileSync(at('docs/client.md'), reference(types));
}

/** The size of a file when it is compressed as servers do. */
export function gzipped(path) {
  return gzipSync(readFileSync(path), { level: 9 }).length;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = resolve(process.argv[2] ?? ROOT);
  await buildAll(folder);
  const size = gzipped(join(folder, 'js/dist/ody-websocket.min.js'));
  console.log(`js/dist/ody-websocket.min.js: ${size} bytes gzipped, ${GZIP_LIMIT} at most`);
  process.exitCode = size > GZIP_LIMIT ? 1 : 0;
}
