// A project of its own for a test: the code of this checkout, but its own .env, configuration and
// storage, so that tests neither see nor touch those of the developer.
import { cpSync, chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { randomBytes, randomInt } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

export const ROOT = resolve(fileURLToPath(import.meta.url), '../../../..');
export const EXTENSION = join(ROOT, 'modules/ody_websocket.so');

const made = [];
process.on('exit', () => made.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/**
 * A port that was free a moment ago. None of those that the kernel gives to connections: one of other tests could take
 * it before a server does, and a client of a port where nobody listens could be connected to itself.
 */
export async function freePort() {
  for (;;) {
    const port = randomInt(10_000, 32_768);
    if (await isFree(port)) {
      return port;
    }
  }
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** How long PHP waits for the server: a busy machine may stand still for seconds. */
const PATIENT = { WEBSOCKET_CONNECT_TIMEOUT: 10, WEBSOCKET_TIMEOUT: 30 };

/** Makes a project with fresh keys. `configuration` is the text of a config/websocket.php. */
export async function makeProject({ configuration = null, environment = {} } = {}) {
  const project = await makeFolder();
  writeVariables(project, {
    WEBSOCKET_PORT: project.port,
    WEBSOCKET_API_KEY: project.key,
    WEBSOCKET_SECRET_KEY: project.secret,
    ...PATIENT,
    ...environment,
  });
  if (configuration !== null) {
    writeConfiguration(project, configuration);
  }
  return project;
}

/** What another server's variables are called: the port that it listens on, and its app. */
const OTHERS = {
  reverb: { port: 'REVERB_SERVER_PORT', appId: 'REVERB_APP_ID', key: 'REVERB_APP_KEY', secret: 'REVERB_APP_SECRET' },
  soketi: { port: 'SOKETI_PORT', appId: 'SOKETI_DEFAULT_APP_ID', key: 'SOKETI_DEFAULT_APP_KEY', secret: 'SOKETI_DEFAULT_APP_SECRET' },
};

/** Makes a project whose .env is that of another server: "reverb" or "soketi". Only the port is another one. */
export async function makeProjectOf(server) {
  const project = await makeFolder();
  const names = OTHERS[server];
  const lines = readFileSync(join(ROOT, 'tests/integration/fixtures', `${server}.env`), 'utf8')
    .replace(new RegExp(`^${names.port}=.*$`, 'm'), `${names.port}=${project.port}`);
  writeFileSync(join(project.folder, '.env'), lines, { mode: 0o644 });
  // A variable of ours would hide all of the other server's.
  writeConfiguration(project, `<?php return ['connect_timeout' => ${PATIENT.WEBSOCKET_CONNECT_TIMEOUT}, 'timeout' => ${PATIENT.WEBSOCKET_TIMEOUT}];`);
  const value = (name) => new RegExp(`^${names[name]}=(.*)$`, 'm').exec(lines)[1];
  return { ...project, appId: value('appId'), key: value('key'), secret: value('secret') };
}

function writeConfiguration({ folder }, text) {
  mkdirSync(join(folder, 'config'));
  writeFileSync(join(folder, 'config/websocket.php'), text);
}

function writeVariables({ folder }, variables) {
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(folder, '.env'), lines.join(''), { mode: 0o644 });
}

async function makeFolder() {
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
  return {
    folder,
    port: await freePort(),
    appId: '1',
    key: randomBytes(10).toString('hex'),
    secret: randomBytes(20).toString('hex'),
    socket: join(folder, 'storage/websocket/ody.sock'),
    pidFile: join(folder, 'storage/websocket/ody.pid'),
  };
}

/** The environment of a child: ours, without what would configure the server. */
export function cleanEnvironment(more = {}) {
  const ours = Object.entries(process.env).filter(([name]) => !/^(WEBSOCKET|REVERB|SOKETI|DEFAULT_APP)_/.test(name));
  return { ...Object.fromEntries(ours), ...more };
}
