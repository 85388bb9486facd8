// A real redis-server on a port and in a folder of its own, and redis-cli to talk to it.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './project.mjs';
import { run, start } from './server.mjs';
import { eventually, within } from './wait.mjs';

const made = [];
process.on('exit', () => made.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

export class Redis {
  /** Starts one. `password` is what it asks for. */
  static async start({ password = null } = {}) {
    const redis = new Redis();
    redis.folder = mkdtempSync(join(tmpdir(), 'ody-redis-'));
    made.push(redis.folder);
    redis.port = await freePort();
    redis.socket = join(redis.folder, 'redis.sock');
    redis.password = password;
    await redis.launch();
    return redis;
  }

  /** Starts the process; also again, after stop(). */
  async launch() {
    const parameters = [
      '--port', this.port, '--bind', '127.0.0.1', '--unixsocket', this.socket, '--dir', this.folder, '--save', '', '--appendonly', 'no',
      ...(this.password === null ? [] : ['--requirepass', this.password]),
    ];
    this.process = start('redis-server', parameters.map(String));
    await eventually(async () => (await this.cli(['ping'])).trim() === 'PONG', 'a Redis that answers');
  }

  /** Runs one command. Returns what redis-cli prints. */
  async cli(words, input = null) {
    const login = this.password === null ? [] : ['--no-auth-warning', '-a', this.password];
    if (input === null) {
      return (await run('redis-cli', ['-p', String(this.port), ...login, ...words])).stdout;
    }
    const child = start('redis-cli', ['-p', String(this.port), ...login, ...words]);
    child.child.stdin.end(input);
    assert.deepEqual(await within(child.exited, 'redis-cli', 30_000), { code: 0, signal: null });
    return child.output();
  }

  /** Publishes a message; returns how many subscribers Redis has for that channel. */
  async publish(channel, message) {
    return Number(await this.cli(['publish', channel, typeof message === 'string' ? message : JSON.stringify(message)]));
  }

  /** Waits until somebody listens to a channel. */
  async heard(channel) {
    await eventually(async () => Number((await this.cli(['pubsub', 'numsub', channel])).split('\n')[1]) === 1, `a listener to ${channel}`);
  }

  async stop() {
    this.process.child.kill('SIGKILL');
    await within(this.process.exited, 'the end of Redis');
  }
}
