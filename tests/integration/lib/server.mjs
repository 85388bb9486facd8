// The real server: `php artisan websocket:start` in a project of its own, and PHP to publish with.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { EXTENSION, ROOT, cleanEnvironment, makeProject } from './project.mjs';
import { DEADLINE, Inbox, eventually, within } from './wait.mjs';

const running = new Set();
process.on('exit', () => running.forEach((child) => killGroup(child.pid, 'SIGKILL')));
process.once('SIGTERM', () => process.exit(1)); // as a run that is interrupted ends its files

function killGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    assert.equal(error.code, 'ESRCH');
  }
}

/** Starts a program in a process group of its own. `lines` gets what it prints, line by line. */
export function start(program, parameters, options = {}) {
  const child = spawn(program, parameters, { stdio: ['pipe', 'pipe', 'pipe'], detached: true, ...options });
  const lines = new Inbox();
  const all = [];
  running.add(child);
  // What a failed test leaves behind must not keep the test file from ending; its end kills it.
  [child, child.stdin, child.stdout, child.stderr].forEach((handle) => handle.unref());
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      all.push(line);
      lines.push(line);
    });
  }
  child.stdin.on('error', () => {});
  const exited = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      running.delete(child);
      lines.close(`the program ended with ${signal ?? code}`);
      resolve({ code, signal });
    });
  });
  return { child, lines, exited, output: () => all.join('\n') };
}

/** Runs a program to its end. Returns its status and what it printed. */
export function run(program, parameters, options = {}) {
  return new Promise((resolve) => {
    const child = execFile(program, parameters, { timeout: 30_000, maxBuffer: 1 << 24, ...options }, (error, stdout, stderr) => {
      resolve({ code: error ? (error.code ?? error.signal) : 0, stdout, stderr });
    });
    child.stdin.end();
  });
}

/** Runs a command of the console in a project. */
export function artisan(project, ...parameters) {
  return run('php', ['artisan', ...parameters], { cwd: project.folder, env: cleanEnvironment() });
}

/** The children of a process. */
export function childrenOf(pid) {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}

/** Whether a process is there and no zombie. */
export function alive(pid) {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** A PHP process that answers calls, one after the other. */
class PhpCalls {
  constructor(program, parameters, environment = {}) {
    this.process = start(program, parameters, { cwd: '/', env: cleanEnvironment(environment) });
  }

  /** Calls a method. Rejects with an error that carries `class` and `code` where it throws. */
  async call(method, ...parameters) {
    this.process.child.stdin.write(`${JSON.stringify([method, parameters])}\n`);
    const answer = JSON.parse(await this.process.lines.next(`the answer to ${method}`));
    if ('error' in answer) {
      throw Object.assign(new Error(answer.message), { class: answer.error, code: answer.code });
    }
    return answer.result;
  }

  async end() {
    this.process.child.stdin.end();
    return within(this.process.exited, 'the end of PHP');
  }
}

/** Calls the facade, with the extension. */
export class Php extends PhpCalls {
  constructor(project, { identity = [], environment = {} } = {}) {
    const script = join(ROOT, 'tests/integration/lib/facade.php');
    const [program, ...parameters] = [
      ...identity, 'php', '-d', `extension=${EXTENSION}`, script, join(project.folder, 'vendor/autoload.php'),
    ];
    super(program, parameters, environment);
  }
}

/** Calls an unmodified pusher/pusher-php-server: of major version 4 or 7, made with [key, secret, app id, options]. */
export class PusherPhp extends PhpCalls {
  constructor(version, ...made) {
    const script = join(ROOT, 'tests/integration/lib/pusher-php.php');
    super('php', [script, join(ROOT, `tests/pusher-php/${version}/vendor/autoload.php`), JSON.stringify(made)]);
  }
}

/** One server. Its log is kept, and never holds its secret: stop() checks that. */
export class Server {
  /** Starts a server and waits until it serves. */
  static async start({ workers = 1, environment = {}, configuration = null, project = null, identity = [] } = {}) {
    const server = new Server();
    server.project = project ?? (await makeProject({
      configuration,
      environment: { WEBSOCKET_WORKER_COUNT: workers, ...environment },
    }));
    server.identity = identity;
    server.phps = [];
    server.logs = '';
    await server.launch();
    return server;
  }

  get port() {
    return this.project.port;
  }

  get appId() {
    return this.project.appId;
  }

  get key() {
    return this.project.key;
  }

  get secret() {
    return this.project.secret;
  }

  /**
   * Starts the process; also a second time, after the first has ended. The port takes connections before the socket of
   * PHP processes is there and before there is an engine, so that is no sign.
   */
  async launch() {
    const [program, ...parameters] = [...this.identity, 'php', 'artisan', 'websocket:start'];
    this.process = start(program, parameters, { cwd: this.project.folder, env: cleanEnvironment() });
    let ended = false;
    this.process.exited.then(() => (ended = true));
    await eventually(async () => {
      if (ended) {
        throw new Error(`the server ended at once:\n${this.process.output()}`);
      }
      return this.process.output().includes('server ready');
    }, 'a server that is ready');
  }

  /** The process that php artisan became: the supervisor. */
  get pid() {
    return Number(readFileSync(this.project.pidFile, 'utf8'));
  }

  /** The process that holds the connections. */
  async enginePid() {
    return eventually(() => childrenOf(this.pid)[0], 'an engine process');
  }

  /** What the server logged until now. */
  get log() {
    return this.logs + this.process.output();
  }

  /** Waits for a line of the log that matches, and returns what it says. */
  async logged(pattern, milliseconds = DEADLINE) {
    const line = await eventually(
      () => this.log.split('\n').find((one) => pattern.test(one)), `a log line ${pattern}`, milliseconds,
    );
    return JSON.parse(line);
  }

  /** The long-lived PHP process that this server's tests publish with. */
  get php() {
    if (this.phps.length === 0) {
      this.phps.push(new Php(this.project));
    }
    return this.phps[0];
  }

  /** Publishes from PHP; returns how many subscribers it reached. */
  publish(channel, event, data = {}) {
    return this.php.call('publish', channel, event, data);
  }

  async status() {
    const { code, stdout, stderr } = await artisan(this.project, 'websocket:status', '--json');
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout);
  }

  /** Sends a signal to the supervisor alone. */
  signal(name) {
    process.kill(this.pid, name);
  }

  /** Waits for the process to end. */
  async ended(milliseconds = DEADLINE) {
    const end = await within(this.process.exited, 'the end of the server', milliseconds);
    this.logs += `${this.process.output()}\n`;
    return end;
  }

  /** Ends the server as systemd does. Fails when it did not end well or logged a secret. */
  async stop() {
    await Promise.all(this.phps.splice(0).map((php) => php.end()));
    if (this.process.child.exitCode === null && this.process.child.signalCode === null) {
      this.signal('SIGTERM');
      assert.deepEqual(await this.ended(), { code: 0, signal: null }, this.log);
    }
    assert.ok(!this.log.includes(this.secret), 'the log holds the secret');
  }
}
