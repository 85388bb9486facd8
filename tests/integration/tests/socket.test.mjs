// The Unix socket: who may use it, and what happens with programs of another version.
import assert from 'node:assert/strict';
import { writeFileSync, mkdirSync, chmodSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { dirname } from 'node:path';
import { after, test } from 'node:test';
import { Client, closeClients } from '../lib/clients.mjs';
import { EXTENSION, makeProject } from '../lib/project.mjs';
import { Php, Server, run } from '../lib/server.mjs';
import { eventually, within } from '../lib/wait.mjs';

after(closeClients);

const asUser = (user, group) => ['setpriv', `--reuid=${user}`, `--regid=${group}`, '--clear-groups'];

test('www-data publishes to another user\'s server through socket.group', async () => {
  const server = await Server.start({ environment: { WEBSOCKET_SOCKET_GROUP: 'www-data' } });
  const client = await Client.greeted(server);
  await client.subscribe('shared');
  const friend = new Php(server.project, { identity: asUser('www-data', 'www-data') });
  assert.equal(await friend.call('publish', 'shared', 'from-www-data', { n: 1 }), 1);
  await client.expect('from-www-data', 'shared');
  await friend.end();
  const stranger = new Php(server.project, { identity: asUser('nobody', 'nogroup') });
  await assert.rejects(stranger.call('publish', 'shared', 'from-nobody', {}), (error) => {
    assert.equal(error.class, 'Ody\\Websocket\\Exceptions\\ConnectionException');
    assert.ok(error.message.includes(server.project.socket), error.message);
    return true;
  });
  await stranger.end();
  await client.works();
  await server.stop();
});

/** Sends bytes to the Unix socket and returns what comes until the server closes. */
function exchange(path, bytes) {
  const socket = connect(path);
  let answer = Buffer.alloc(0);
  socket.on('data', (data) => (answer = Buffer.concat([answer, data])));
  socket.on('error', () => {});
  socket.write(bytes);
  return within(new Promise((resolve) => socket.on('close', () => resolve(answer))), 'a close of the Unix socket');
}

const number = (tag, value) => {
  const field = Buffer.alloc(10);
  field.writeUInt16LE(tag, 0);
  field.writeUInt32LE(4, 2);
  field.writeUInt32LE(value, 6);
  return field;
};
const message = (type, ...fields) => {
  const body = Buffer.concat(fields);
  const head = Buffer.alloc(12);
  head.writeUInt32LE(body.length + 8, 0);
  head.writeUInt16LE(type, 4);
  return Buffer.concat([head, body]);
};

test('a client of a version that is too far away is refused with a sentence', async () => {
  const server = await Server.start();
  const answer = await exchange(server.project.socket, message(1, number(1, 98), number(2, 99)));
  assert.match(answer.toString('latin1'), /version/i);
  await server.stop();
});

test('rubbish on the Unix socket harms nobody', async () => {
  const server = await Server.start();
  const client = await Client.greeted(server);
  await client.subscribe('calm');
  const rubbish = [
    Buffer.from('GET / HTTP/1.1\r\n\r\n'), Buffer.alloc(64, 0xff), Buffer.alloc(64), message(1), message(16),
    message(1, Buffer.from([1, 0, 255, 255, 255, 255])),
  ];
  for (const bytes of rubbish) {
    await exchange(server.project.socket, bytes);
  }
  assert.equal(await server.publish('calm', 'still'), 1);
  await client.expect('still', 'calm');
  await server.stop();
});

test('a server of a foreign version, or none that speaks: a sentence that names the socket', async () => {
  const project = await makeProject();
  mkdirSync(dirname(project.socket), { recursive: true });
  const answers = [
    [message(2, number(3, 99)), /ConnectionException$/],
    [Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), /ConnectionException$/],
    [null, /ConnectionException$/],
  ];
  for (const [bytes, pattern] of answers) {
    const foreign = createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', () => (bytes === null ? socket.destroy() : socket.end(bytes)));
    });
    await new Promise((resolve) => foreign.listen(project.socket, resolve));
    chmodSync(project.socket, 0o660);
    const php = new Php(project);
    await assert.rejects(php.call('publish', 'x', 'y', {}), (error) => {
      assert.match(error.class, pattern, error.message);
      return true;
    });
    await php.end();
    await new Promise((resolve) => foreign.close(resolve));
  }
});

test('no server: ConnectionException that names the socket, within the connect timeout', async () => {
  const project = await makeProject();
  const php = new Php(project);
  await assert.rejects(php.call('publish', 'x', 'y', {}), (error) => {
    assert.equal(error.class, 'Ody\\Websocket\\Exceptions\\ConnectionException');
    assert.ok(error.message.includes(project.socket), error.message);
    return true;
  });
  await php.end();
});

test('a server that never answers is given up after the timeout', async () => {
  const project = await makeProject({ environment: { WEBSOCKET_CONNECT_TIMEOUT: '0.3', WEBSOCKET_TIMEOUT: '0.3' } });
  mkdirSync(dirname(project.socket), { recursive: true });
  const silent = createServer(() => {});
  await new Promise((resolve) => silent.listen(project.socket, resolve));
  const php = new Php(project);
  await assert.rejects(php.call('channelExists', 'x'), (error) => {
    assert.equal(error.class, 'Ody\\Websocket\\Exceptions\\ConnectionException');
    return true;
  });
  await php.end();
  silent.close();
});

test('a forked child does not share its parent\'s connection', async () => {
  const server = await Server.start();
  const client = await Client.greeted(server);
  await client.subscribe('family');
  const code = `require $argv[1];
    use Ody\\Websocket\\Facades\\WebSocket;
    WebSocket::publish('family', 'parent', []);
    $children = [];
    for ($n = 0; $n < 4; $n++) {
        if (($children[] = pcntl_fork()) === 0) {
            for ($i = 0; $i < 50; $i++) { if (WebSocket::publish('family', 'child', []) !== 1) { exit(1); } }
            exit(0);
        }
    }
    for ($i = 0; $i < 50; $i++) { WebSocket::publish('family', 'parent', []); }
    foreach ($children as $child) { pcntl_waitpid($child, $status); if ($status !== 0) { exit(2); } }`;
  const { code: status, stderr } = await run('php', ['-d', `extension=${EXTENSION}`, '-r', code, `${server.project.folder}/vendor/autoload.php`]);
  assert.equal(status, 0, stderr);
  const counts = { parent: 0, child: 0 };
  for (let count = 0; count < 251; count++) {
    counts[(await client.next()).event]++;
  }
  assert.deepEqual(counts, { parent: 51, child: 200 });
  await server.stop();
});

test('a stale socket is replaced, the socket of a living server is not', async () => {
  const project = await makeProject();
  mkdirSync(dirname(project.socket), { recursive: true });
  const old = await run('php', ['-r', 'socket_bind($s = socket_create(AF_UNIX, SOCK_STREAM, 0), $argv[1]);', project.socket]);
  if (old.code !== 0) {
    writeFileSync(project.socket, '');
  }
  const server = await Server.start({ project });
  const client = await Client.greeted(server);
  await client.subscribe('stale');
  const rival = await makeProject({ environment: { WEBSOCKET_SOCKET: project.socket } });
  await assert.rejects(Server.start({ project: rival }), /socket/);
  assert.equal(await server.publish('stale', 'mine'), 1);
  await client.expect('mine', 'stale');
  await eventually(() => client.messages.pending.length === 0, 'nothing more');
  await server.stop();
});
