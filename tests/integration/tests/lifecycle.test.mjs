// Starting, stopping, crashing and coming back.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Client, bound, closeClients, eventsOf, pusher, reached, subscribed } from '../lib/clients.mjs';
import { cleanEnvironment, makeProject } from '../lib/project.mjs';
import { Php, Server, alive, artisan, start } from '../lib/server.mjs';
import { accepts, eventually, within } from '../lib/wait.mjs';

after(closeClients);

/** The server has left nothing behind. */
async function assertGone(server) {
  assert.equal(existsSync(server.project.socket), false, 'the socket is still there');
  assert.equal(existsSync(server.project.pidFile), false, 'the pid file is still there');
  assert.equal(await accepts(server.port), false, 'the port still answers');
}

test('pusher-js reconnects to a restarted server and subscribes again', async () => {
  const server = await Server.start();
  const client = pusher(server, { user: { user_id: 'u' } });
  const channel = await subscribed(client, 'presence-again');
  const publisher = new Php(server.project);
  assert.equal(await publisher.call('publish', 'presence-again', 'before', {}), 1);
  const lost = new Promise((resolve) => client.connection.bind('state_change', ({ current }) => current !== 'connected' && resolve()));
  server.signal('SIGTERM');
  assert.deepEqual(await server.ended(), { code: 0, signal: null });
  await assertGone(server);
  await within(lost, 'a lost connection');
  await assert.rejects(publisher.call('publish', 'presence-again', 'nobody', {}), (error) => {
    assert.equal(error.class, 'Ody\\Websocket\\Exceptions\\ConnectionException');
    assert.ok(error.message.includes(server.project.socket), error.message);
    return true;
  });
  const again = bound(channel, 'pusher:subscription_succeeded', 'a new subscription', 20_000);
  await server.launch();
  await again;
  const received = bound(channel, 'after');
  assert.equal(await publisher.call('publish', 'presence-again', 'after', {}), 1);
  await received;
  await publisher.end();
  await server.stop();
});

/** Kills the engine of a server and returns how long it takes until another one serves (ms). */
async function killEngine(workers) {
  const server = await Server.start({ workers });
  const client = await Client.greeted(server);
  await client.subscribe('before');
  const engine = await server.enginePid();
  const supervisor = server.pid;
  process.kill(engine, 'SIGKILL');
  const killed = performance.now();
  await within(client.closed, 'a lost connection');
  const next = await Client.greeted(server);
  await next.subscribe('served');
  assert.equal(await server.publish('served', 'again'), 1);
  await next.expect('again', 'served');
  const took = performance.now() - killed;
  assert.equal(server.pid, supervisor);
  assert.notEqual(await server.enginePid(), engine);
  await server.logged(/"level":"(error|warning)".*(engine|signal|killed)|(engine|signal|killed).*"level":"(error|warning)"/i);
  await server.stop();
  return took;
}

for (const workers of [1, 4]) {
  test(`kill -9 of the engine: served again within a second (${workers} workers)`, async () => {
    const times = [];
    // A machine that stands still meanwhile gets another try.
    do {
      times.push(await killEngine(workers));
    } while (times.at(-1) >= 1000 && times.length < 3);
    assert.ok(times.at(-1) < 1000, `it took ${times.join(', ')} ms`);
  });
}

test('a PHP process goes on after the engine was replaced', async () => {
  const server = await Server.start();
  await (await Client.greeted(server)).subscribe('one');
  assert.equal(await server.publish('one', 'first'), 1);
  process.kill(await server.enginePid(), 'SIGKILL');
  const client = await Client.greeted(server);
  await client.subscribe('two');
  assert.equal(await server.publish('two', 'second'), 1);
  await client.expect('second', 'two');
  await server.stop();
});

for (const signal of ['SIGTERM', 'SIGINT']) {
  test(`${signal} to the supervisor: clients get 4200, nothing is left`, async () => {
    const server = await Server.start({ workers: 4 });
    const clients = await Promise.all(Array.from({ length: 20 }, () => Client.greeted(server)));
    const engine = await server.enginePid();
    server.signal(signal);
    await Promise.all(clients.map((client) => client.closedWith(4200)));
    assert.deepEqual(await server.ended(), { code: 0, signal: null });
    assert.equal(alive(engine), false);
    await assertGone(server);
    await server.stop();
  });
}

test('Ctrl-C reaches the whole process group and ends cleanly', async () => {
  const server = await Server.start({ workers: 2 });
  const client = await Client.greeted(server);
  process.kill(-server.process.child.pid, 'SIGINT');
  await client.closedWith(4200);
  assert.deepEqual(await server.ended(), { code: 0, signal: null });
  await assertGone(server);
});

test('closing the terminal ends cleanly', async () => {
  const project = await makeProject();
  // script(1) makes a terminal; when it is gone the kernel hangs up everybody on it.
  const terminal = start('setsid', ['--wait', 'script', '--quiet', '--command', 'php artisan websocket:start', '/dev/null'], {
    cwd: project.folder, env: cleanEnvironment({ TERM: 'xterm' }),
  });
  await eventually(() => accepts(project.port), 'a listening server');
  const supervisor = Number(readFileSync(project.pidFile, 'utf8'));
  const client = await Client.greeted(project);
  terminal.child.kill('SIGKILL');
  const scripts = readFileSync(`/proc/${supervisor}/stat`, 'utf8').split(') ')[1].split(' ')[1];
  try {
    process.kill(Number(scripts), 'SIGKILL');
  } catch (error) {
    assert.equal(error.code, 'ESRCH');
  }
  await client.closedWith(4200);
  await eventually(() => !alive(supervisor), 'the end of the supervisor');
  await assertGone({ project, port: project.port });
});

test('when the supervisor is killed, the engine ends too', async () => {
  const server = await Server.start();
  const client = await Client.greeted(server);
  const engine = await server.enginePid();
  process.kill(server.pid, 'SIGKILL');
  await client.closedWith(4200);
  await eventually(() => !alive(engine), 'the end of the engine');
  await server.ended();
  await server.launch();
  await server.stop();
});

test('the background: start -d, status, stop', async () => {
  const project = await makeProject();
  const started = await artisan(project, 'websocket:start', '-d');
  assert.equal(started.code, 0, started.stderr);
  assert.equal(await accepts(project.port), true, 'start -d returned before the server accepts');
  const pid = Number(readFileSync(project.pidFile, 'utf8'));
  assert.ok(alive(pid));
  const client = await Client.greeted(project);
  client.server = project;
  await client.subscribe('counted');
  const { stdout } = await artisan(project, 'websocket:status', '--json');
  const status = JSON.parse(stdout);
  assert.equal(status.pid, pid);
  assert.equal(status.port, project.port);
  assert.equal(status.connections, 1);
  assert.equal(status.channels, 1);
  const second = await artisan(project, 'websocket:start', '-d');
  assert.equal(second.code, 1);
  assert.match(second.stdout + second.stderr, new RegExp(`\\b${pid}\\b`));
  const stopped = await artisan(project, 'websocket:stop');
  assert.equal(stopped.code, 0, stopped.stderr);
  await client.closedWith(4200);
  assert.equal(alive(pid), false, 'stop returned before the server had ended');
  await assertGone({ project, port: project.port });
  const nothing = await artisan(project, 'websocket:stop');
  assert.notEqual(nothing.code, 0);
  assert.notEqual((await artisan(project, 'websocket:status')).code, 0);
});

const refusals = [
  ['a port out of range', { WEBSOCKET_PORT: '70000' }, /port/],
  ['a word as port', { WEBSOCKET_PORT: 'http' }, /port/],
  ['an unreadable certificate', { WEBSOCKET_SSL_CERT_FILE: '/nowhere.crt', WEBSOCKET_SSL_KEY_FILE: '/nowhere.key' }, /ssl_cert_file/],
  ['a certificate without its key', { WEBSOCKET_SSL_CERT_FILE: '/nowhere.crt' }, /ssl_(key|cert)_file/],
  ['no workers', { WEBSOCKET_WORKER_COUNT: '0' }, /worker_num/],
  ['an unknown policy', { WEBSOCKET_CLIENT_EVENTS: 'everyone' }, /client_events/],
  ['an unknown group', { WEBSOCKET_SOCKET_GROUP: 'no-such-group' }, /socket\.group/],
  ['a broken network', { WEBSOCKET_TRUSTED_PROXIES: '10.0.0.0/99' }, /trusted_proxies/],
  ['placeholder keys on a public address', { WEBSOCKET_HOST: '0.0.0.0', WEBSOCKET_API_KEY: 'your-api-key' }, /websocket:keys/],
];
for (const [name, environment, pattern] of refusals) {
  for (const mode of [[], ['-d']]) {
    test(`${name} is one sentence and status 1${mode.length ? ', in the background too' : ''}`, async () => {
      const project = await makeProject({ environment });
      const { code, stdout, stderr } = await artisan(project, 'websocket:start', ...mode);
      assert.equal(code, 1, stdout + stderr);
      assert.match(stdout + stderr, pattern);
      assert.ok(!(stdout + stderr).includes(project.secret), 'the secret is shown');
      assert.ok(!/Stack trace|#0 /.test(stdout + stderr), stderr);
      assert.equal(existsSync(project.pidFile), false);
      assert.equal(existsSync(project.socket), false);
    });
  }
}

test('an unknown key of the configuration is named', async () => {
  const project = await makeProject({ configuration: '<?php return ["prot" => 1];' });
  const { code, stdout, stderr } = await artisan(project, 'websocket:start');
  assert.equal(code, 1);
  assert.match(stdout + stderr, /prot/);
});

test('a port in use is one sentence and status 1', async () => {
  const project = await makeProject();
  const holder = createServer();
  await new Promise((resolve) => holder.listen(project.port, '127.0.0.1', resolve));
  for (const mode of [[], ['-d']]) {
    const { code, stdout, stderr } = await artisan(project, 'websocket:start', ...mode);
    assert.equal(code, 1);
    assert.match(stdout + stderr, new RegExp(`port.*${project.port}|${project.port}.*port`));
  }
  await new Promise((resolve) => holder.close(resolve));
});

test('the file of the configuration that Swoole users have loads unchanged', async () => {
  const project = await makeProject({
    configuration: `<?php return [
      'host' => env('WEBSOCKET_HOST', '127.0.0.1'),
      'port' => env('WEBSOCKET_PORT', 9502),
      'sock_type' => SWOOLE_SOCK_TCP,
      'additional' => ["worker_num" => env('WEBSOCKET_WORKER_COUNT', swoole_cpu_num() * 2)],
      'secret_key' => env('WEBSOCKET_SECRET_KEY', 'your-secret-key'),
      'api_key' => env('WEBSOCKET_API_KEY', 'your-api-key'),
      'ssl' => ['ssl_cert_file' => null, 'ssl_key_file' => null],
    ];`,
  });
  const server = await Server.start({ project });
  await (await Client.greeted(server)).works();
  await server.stop();
});

test('websocket:keys writes fresh keys that only the owner reads', async () => {
  const project = await makeProject();
  const file = join(project.folder, '.env');
  const before = readFileSync(file, 'utf8');
  const unasked = await artisan(project, 'websocket:keys');
  assert.notEqual(unasked.code, 0);
  assert.equal(readFileSync(file, 'utf8'), before, 'keys were replaced without a yes');
  const forced = await artisan(project, 'websocket:keys', '--force');
  assert.equal(forced.code, 0, forced.stderr);
  const text = readFileSync(file, 'utf8');
  assert.ok(!text.includes(project.secret), 'the old secret is still there');
  assert.match(text, new RegExp(`^WEBSOCKET_PORT="?${project.port}`, 'm'));
  assert.equal(statSync(file).mode & 0o077, 0);
});

test('the socket is 0660 in a folder that only its owner can write', async () => {
  const server = await Server.start();
  assert.equal(statSync(server.project.socket).mode & 0o777, 0o660);
  assert.equal(statSync(join(server.project.socket, '..')).mode & 0o022, 0);
  await server.stop();
});

test('a silent client is probed, and evicted with 4201 when it does not answer', async () => {
  const server = await Server.start({ environment: { WEBSOCKET_ACTIVITY_TIMEOUT: 1, WEBSOCKET_PONG_TIMEOUT: 5 } });
  const silent = await Client.open(server, { autoPong: false });
  assert.equal(JSON.parse((await silent.next()).data).activity_timeout, 1);
  const lively = await Client.greeted(server);
  await silent.expect('pusher:ping');
  await silent.closedWith(4201);
  await lively.expect('pusher:ping');
  lively.send({ event: 'pusher:ping', data: {} });
  await lively.messages.until((message) => message.event === 'pusher:pong', 'the answer to a ping');
  await server.stop();
});

test('pusher-js survives many probes', async () => {
  const server = await Server.start({ environment: { WEBSOCKET_ACTIVITY_TIMEOUT: 1, WEBSOCKET_PONG_TIMEOUT: 5 } });
  const client = pusher(server);
  await reached(client, 'connected');
  const channel = await subscribed(client, 'probed');
  const events = eventsOf(channel);
  // Another client that does not answer is the clock: it is evicted after six seconds.
  for (let round = 0; round < 2; round++) {
    const silent = await Client.open(server, { autoPong: false });
    await silent.closedWith(4201);
  }
  assert.equal(client.connection.state, 'connected');
  await server.publish('probed', 'alive');
  assert.equal((await events.next())[0], 'alive');
  await server.stop();
});
