// A project of its own for a test: the code of this checkout, but its own .env, configuration and
// storage, so that tests neither see nor touch those of the developer.
import { cpSync, chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

export const ROOT = resolve(fileURLToPath(import.meta.url), '../../../..');
export const EXTENSION = join(ROOT, 'modules/ody_websocket.so');

const made = [];
process.on('exit', () => made.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A port that was free a moment ago. */
export function freePort() {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

/** Makes a project with fresh keys. `configuration` is the text of a config/websocket.php. */
export async function makeProject({ configuration = null, environment = {} } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'ody-'));
  made.push(folder);
  chmodSync(folder, 0o755);
  for (const name of ['php', 'modules', 'engine']) {
    symlinkSync(join(ROOT, name), join(folder, name));
  }
  for (const name of ['artisan', 'composer.json', 'vendor/autoload.php', 'vendor/composer']) {
    cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  }
  for (const name of readdirSync(join(ROOT, 'vendor'))) {
    if (name !== 'composer' && name !== 'autoload.php') {
      symlinkSync(join(ROOT, 'vendor', name), join(folder, 'vendor', name));
    }
  }
  const project = {
    folder,
    port: await freePort(),
    key: randomBytes(10).toString('hex'),
    secret: randomBytes(20).toString('hex'),
    socket: join(folder, 'storage/websocket/ody.sock'),
    pidFile: join(folder, 'storage/websocket/ody.pid'),
  };
  const variables = {
    WEBSOCKET_PORT: project.port,
    WEBSOCKET_API_KEY: project.key,
    WEBSOCKET_SECRET_KEY: project.secret,
    ...environment,
  };
  writeFileSync(
    join(folder, '.env'),
    Object.entries(variables).map(([name, value]) => `${name}=${value}\n`).join(''),
    { mode: 0o644 },
  );
  if (configuration !== null) {
    mkdirSync(join(folder, 'config'));
    writeFileSync(join(folder, 'config/websocket.php'), configuration);
  }
  return project;
}

/** The environment of a child: ours, without what would configure the server. */
export function cleanEnvironment(more = {}) {
  const ours = Object.entries(process.env).filter(([name]) => !name.startsWith('WEBSOCKET_'));
  return { ...Object.fromEntries(ours), ...more };
}
