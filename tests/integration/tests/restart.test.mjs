// Restarts and reloads of a server that is in use.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Client, bound, closeClients, pusher, subscribed } from '../lib/clients.mjs';
import { Php, Server, alive, artisan, childrenOf } from '../lib/server.mjs';
import { eventually } from '../lib/wait.mjs';

after(closeClients);

/** Changes variables in the .env of a server's project; null removes one. */
function configure(server, changes) {
  const file = join(server.project.folder, '.env');
  const lines = readFileSync(file, 'utf8').split('\n').filter((line) => line && !(line.split('=')[0] in changes));
  for (const [name, value] of Object.entries(changes)) {
    if (value !== null) {
      lines.push(`${name}=${value}`);
    }
  }
  writeFileSync(file, `${lines.join('\n')}\n`);
}

/** A command of the console that must succeed. */
async function does(server, command, ...parameters) {
  const { code, stdout, stderr } = await artisan(server.project, command, ...parameters);
  assert.equal(code, 0, stdout + stderr + server.log);
  return stdout;
}

/** A command of the console that must fail with one sentence. */
async function refuses(server, pattern, command, ...parameters) {
  const { code, stdout, stderr } = await artisan(server.project, command, ...parameters);
  assert.equal(code, 1, stdout + stderr);
  assert.match(stderr, pattern);
  assert.ok(!/Stack trace|#0 /.test(stderr), stderr);
  assert.ok(!(stdout + stderr).includes(server.secret), 'the secret is shown');
}

/** Publishes without a pause until it is stopped, and keeps what went wrong. */
class Publisher {
  constructor(project, channel) {
    this.php = new Php(project);
    this.errors = [];
    this.count = 0;
    this.longest = 0;
    this.running = true;
    this.done = this.run(channel);
  }

  async run(channel) {
    while (this.running) {
      const began = performance.now();
      try {
        await this.php.call('publish', channel, 'counted', { number: this.count });
        this.count++;
      } catch (error) {
        this.errors.push(`${error.class}: ${error.message}`);
      }
      this.longest = Math.max(this.longest, performance.now() - began);
    }
  }

  async stop() {
    this.running = false;
    await this.done;
    await this.php.end();
  }
}

test('restarts with 200 clients and publishers: nobody is refused, every publish is answered', async (t) => {
  const server = await Server.start({ workers: 2, environment: { WEBSOCKET_LIMIT_CONNECTIONS_PER_ADDRESS: 0 } });
  const clients = await Promise.all(Array.from({ length: 200 }, async () => {
    const client = pusher(server);
    const channel = await subscribed(client, 'cache-room');
    const errors = [];
    client.connection.bind('error', (error) => errors.push(JSON.stringify(error.error ?? error)));
    client.connection.bind('unavailable', () => errors.push('unavailable'));
    return { client, channel, errors };
  }));
  const publishers = Array.from({ length: 3 }, () => new Publisher(server.project, 'cache-room'));
  const engines = new Set([await server.enginePid()]);
  for (let round = 0; round < 3; round++) {
    const before = publishers.map((publisher) => publisher.count);
    const again = clients.map(({ channel }) => bound(channel, 'pusher:subscription_succeeded', 'a new subscription', 20_000));
    const began = performance.now();
    await does(server, 'websocket:restart');
    await Promise.all(again);
    t.diagnostic(`round ${round}: all 200 subscribed again ${Math.round(performance.now() - began)} ms after the command began`);
    engines.add((await server.status()).engine_pid);
    await eventually(() => publishers.every((publisher, index) => publisher.count > before[index] + 10), 'more publishes');
  }
  await Promise.all(publishers.map((publisher) => publisher.stop()));
  t.diagnostic(`${publishers.map(({ count, longest }) => `${count} publishes, the longest ${Math.round(longest)} ms`).join('; ')}`);
  assert.equal(engines.size, 4);
  assert.deepEqual(publishers.flatMap(({ errors }) => errors), []);
  assert.deepEqual(clients.flatMap(({ errors }) => errors).filter((error) => !error.includes('"code":4200')), []);
  const events = clients.map(({ channel }) => bound(channel, 'last'));
  assert.equal(await server.publish('cache-room', 'last', {}), 200);
  await Promise.all(events);
  await eventually(() => childrenOf(server.pid).length === 1, 'the end of the old engines');
  assert.equal((await server.status()).last_change.number, 3);
  await server.stop();
});

test('a reload keeps connections and changes limits; what it cannot change is named', async () => {
  const server = await Server.start();
  const client = await Client.greeted(server);
  await client.subscribe('room');
  const engine = await server.enginePid();
  configure(server, { WEBSOCKET_LIMIT_EVENT_DATA_SIZE: 100, WEBSOCKET_LIMIT_CLIENT_EVENT_DATA_SIZE: 100, WEBSOCKET_PORT: 1 });
  assert.match(await does(server, 'websocket:reload'), /needs stop and start: port/);
  await assert.rejects(server.publish('room', 'large', { text: 'x'.repeat(200) }), /limit|large|bytes/i);
  assert.equal(await server.publish('room', 'small', {}), 1);
  await client.expect('small', 'room');
  assert.equal(await server.enginePid(), engine);
  await server.stop();
});

test('a configuration that is wrong changes nothing', async () => {
  const server = await Server.start();
  const client = await Client.greeted(server);
  await client.subscribe('room');
  const engine = await server.enginePid();
  const good = readFileSync(join(server.project.folder, '.env'), 'utf8');
  const file = join(server.project.folder, 'config/websocket.php');
  mkdirSync(join(server.project.folder, 'config'));
  for (const command of ['websocket:reload', 'websocket:restart']) {
    configure(server, { WEBSOCKET_LIMIT_MESSAGE_SIZE: 1 });
    await refuses(server, /limits\.message_size/, command);
    writeFileSync(join(server.project.folder, '.env'), good);
    writeFileSync(file, '<?php return [');
    await refuses(server, /config\/websocket\.php cannot be loaded/, command);
    // The command is not asked when a signal comes.
    const failures = server.log.split('nothing was changed').length;
    server.signal(command === 'websocket:reload' ? 'SIGUSR1' : 'SIGUSR2');
    await eventually(() => server.log.split('nothing was changed').length > failures, 'the outcome');
    assert.match(server.log.split('\n').filter((line) => line.includes('nothing was changed')).at(-1), /websocket\.php cannot be loaded/);
    writeFileSync(file, '<?php echo "printed\n"; return [];');
    await does(server, 'websocket:reload');
  }
  configure(server, { WEBSOCKET_PORT: server.port + 1 });
  await refuses(server, /port.*[Ss]top the server and start it/, 'websocket:restart');
  assert.equal(await server.enginePid(), engine);
  await client.works();
  await server.stop();
  const none = await artisan(server.project, 'websocket:restart');
  assert.equal(none.code, 1);
  assert.match(none.stderr, /No server of this project is running/);
});

test('the options of the start command and variables of .env: the former stay, the latter are read anew', async () => {
  const server = await Server.start();
  await server.stop();
  const { project } = server;
  const started = await artisan(project, 'websocket:start', '-d', '--workers=3');
  assert.equal(started.code, 0, started.stderr);
  configure(server, { WEBSOCKET_ACTIVITY_TIMEOUT: 77, WEBSOCKET_WORKER_COUNT: 2 });
  const before = await server.enginePid();
  await does(server, 'websocket:restart');
  await eventually(() => !alive(before), 'the end of the old engine'); // until then it may still accept
  assert.equal((await server.status()).workers, 3);
  const client = await Client.open(server);
  assert.equal(JSON.parse((await client.next()).data).activity_timeout, 77);
  assert.equal((await artisan(project, 'websocket:stop')).code, 0);
});

test('a restart while the engine dies again and again', async () => {
  const server = await Server.start();
  // An engine that dies before any was ready ends the server.
  await (await Client.greeted(server)).works();
  const supervisor = server.pid;
  for (let round = 0; round < 5; round++) {
    const restarted = artisan(server.project, 'websocket:restart');
    for (const child of childrenOf(supervisor)) {
      try {
        process.kill(child, 'SIGKILL');
      } catch (error) {
        assert.equal(error.code, 'ESRCH');
      }
    }
    await restarted;
    assert.ok(alive(supervisor));
  }
  await eventually(async () => (await Client.greeted(server).catch(() => null)) !== null, 'a served client');
  await does(server, 'websocket:restart');
  await eventually(() => childrenOf(supervisor).length === 1, 'one engine');
  await server.stop();
});
