// What is shipped: the same client as ES module, CommonJS and script, small, complete, and in need of nothing.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const read = (path) => readFileSync(join(ROOT, path), 'utf8');
const manifest = JSON.parse(read('package.json'));
const BUNDLES = ['dist/ody-websocket.mjs', 'dist/ody-websocket.cjs', 'dist/ody-websocket.min.js'];

/** A page with nothing in it but what the client needs. */
function worker(more = {}) {
  const sockets = [];
  class WebSocket {
    constructor(url) {
      this.url = url;
      sockets.push(this);
    }
    close() {}
  }
  const context = createContext({
    WebSocket,
    queueMicrotask,
    setTimeout,
    clearTimeout,
    AbortController,
    console,
    ...more,
  });
  return { context, sockets };
}

describe('the package', () => {
  test('as an ES module, by its name', async () => {
    const module = await import('ody-websocket');
    assert.equal(module.default, module.OdyWebSocketClient);
    assert.deepEqual(Object.keys(module).sort(), [
      'Channel',
      'Emitter',
      'Members',
      'OdyWebSocketClient',
      'OdyWebSocketError',
      'User',
      'default',
    ]);
  });

  test('as CommonJS, by its name', () => {
    const module = createRequire(import.meta.url)('ody-websocket');
    assert.equal(module.default, module.OdyWebSocketClient);
    assert.equal(typeof module.OdyWebSocketError, 'function');
  });

  for (const name of ['window', 'self']) {
    test(`as a script: one global, in a ${name === 'window' ? 'page' : 'worker'}`, async () => {
      const { context, sockets } = worker();
      context[name] = context;
      const before = Object.keys(context);
      runInContext(read('dist/ody-websocket.min.js'), context);
      assert.deepEqual(
        Object.keys(context).filter((key) => !before.includes(key)),
        ['OdyWebSocketClient'],
      );
      runInContext(
        "client = new OdyWebSocketClient('ws://example.com', 'key'); channel = client.subscribe('my-channel')",
        context,
      );
      await Promise.resolve();
      assert.match(sockets[0].url, /^ws:\/\/example\.com\/app\/key\?/);
      context.client.disconnect();
    });
  }

  test('as a script that a bundler takes in: it is not left out', async () => {
    const { outputFiles } = await build({
      stdin: { contents: "import 'ody-websocket/script';", resolveDir: ROOT },
      bundle: true,
      write: false,
    });
    assert.match(outputFiles[0].text, /pusher:subscribe/);
  });

  test('may be loaded where there is no WebSocket, and says so when it is used', () => {
    const { context } = worker({ WebSocket: undefined });
    runInContext(read('dist/ody-websocket.min.js'), context);
    assert.throws(() => runInContext("new OdyWebSocketClient('ws://a', 'k')", context), {
      message: /no WebSocket: give one/,
    });
  });

  test('depends on nothing', () => {
    assert.equal(manifest.dependencies, undefined);
    assert.equal(manifest.peerDependencies, undefined);
    for (const path of BUNDLES) {
      assert.doesNotMatch(read(path), /\brequire\(|\bimport\s*[("'{*]|process\.|Buffer\b/, path);
    }
  });

  for (const path of ['dist/ody-websocket.mjs', 'dist/ody-websocket.min.js']) {
    test(`${path}, which browsers load, has at most 5 KiB when it is compressed`, () => {
      const size = gzipSync(read(path), { level: 9 }).length;
      assert.ok(size <= 5 * 1024, `${size} bytes`);
    });
  }

  for (const path of BUNDLES) {
    test(`${path} has a map to its sources, with no path of this machine`, () => {
      const text = read(path);
      const [, name] = /\/\/# sourceMappingURL=(\S+)\s*$/.exec(text);
      const map = JSON.parse(read(join('dist', name)));
      assert.ok(map.sources.includes('../src/client.ts'));
      map.sources.forEach((source, index) => assert.equal(map.sourcesContent[index], read(join('dist', source))));
      assert.ok(!JSON.stringify(map).includes(ROOT));
    });
  }

  test('says its version, which is the one of the server', () => {
    const [, version] = /ODY_VERSION "([^"]+)"/.exec(read('../engine/include/ody/version.h'));
    assert.equal(manifest.version, version);
    BUNDLES.forEach((path) => assert.ok(read(path).includes(`version=${version}`), path));
  });

  test('ships what its manifest names, and nothing of the tests', () => {
    const listed = JSON.parse(
      execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: ROOT, encoding: 'utf8' }),
    );
    const files = listed[0].files.map(({ path }) => path);
    const named = JSON.stringify(manifest.exports)
      .match(/\.\/[^"]+/g)
      .filter((path) => /\.\w+$/.test(path));
    for (const path of [...named, manifest.main, manifest.module, manifest.types, manifest.unpkg]) {
      assert.ok(existsSync(join(ROOT, path)), path);
      assert.ok(files.includes(path.slice(2)), `${path} is not shipped`);
    }
    assert.deepEqual(
      files.filter((path) => !/^dist\/|^(LICENSE|README\.md|package\.json)$/.test(path)),
      [],
    );
    assert.ok(files.includes('README.md'));
  });
});
