// The example application, started by its one command: two people sign in, see each other and talk.
import assert from 'node:assert/strict';
import { cpSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Client, closeClients } from '../lib/clients.mjs';
import { ROOT, cleanEnvironment, freePort, makeProject } from '../lib/project.mjs';
import { start } from '../lib/server.mjs';
import { accepts, eventually, within } from '../lib/wait.mjs';

const folders = {};
let chat;
let pages;
let server;

before(async () => {
  // The server of the project that the example lies in is another one, reached in another way.
  const project = await makeProject({
    environment: {
      WEBSOCKET_PATH: '/elsewhere', WEBSOCKET_CONNECTION: 'http://127.0.0.1:9', WEBSOCKET_SOCKET_GROUP: 'no-such-group',
      WEBSOCKET_SSL_CERT_FILE: '/no/such.crt', WEBSOCKET_SSL_KEY_FILE: '/no/such.key',
    },
  });
  folders.chat = join(project.folder, 'examples/chat');
  cpSync(join(ROOT, 'examples/chat'), folders.chat, { recursive: true, filter: (path) => !path.endsWith('/var') });
  pages = await freePort();
  const port = await freePort();
  chat = start('php', [join(folders.chat, 'start.php'), `--port=${pages}`, `--websocket-port=${port}`], {
    cwd: '/', env: cleanEnvironment(),
  });
  assert.match(await chat.lines.next('the address of the chat'), new RegExp(`http://127\\.0\\.0\\.1:${pages}\\.`));
  server = { port };
});
after(async () => {
  closeClients();
  chat.child.kill('SIGTERM');
  assert.deepEqual(await within(chat.exited, 'the end of the chat'), { code: 0, signal: null });
  assert.equal(await accepts(pages), false);
  assert.equal(await accepts(server.port), false);
});

/** A browser: it keeps its cookie, and speaks to both servers. */
class Person {
  cookie = '';

  async request(path, body = undefined, headers = { 'Content-Type': 'application/json' }) {
    const response = await fetch(`http://127.0.0.1:${pages}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { Cookie: this.cookie, ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    this.cookie = response.headers.getSetCookie().at(-1)?.split(';')[0] ?? this.cookie;
    return response;
  }

  async ask(path, body = undefined) {
    const response = await this.request(`/api/${path}`, body);
    assert.equal(response.status, 200, await response.clone().text());
    return response.json();
  }

  async refused(status, path, body = undefined, headers = undefined) {
    const response = await this.request(`/api/${path}`, body, headers);
    assert.equal(response.status, status);
    const { problem } = await response.json();
    assert.match(problem, /\.$/);
  }

  static async signedIn(name) {
    const person = new Person();
    const { user, key, port } = await person.ask('login', { name });
    assert.equal(port, server.port);
    person.user = user;
    person.client = await Client.greeted({ port, key });
    return person;
  }

  /** Subscribes with the token that the application gives out. Returns the members of a presence channel. */
  async subscribe(channel) {
    const token = await this.ask('auth', { socket_id: this.client.socketId, channel_name: channel });
    this.client.ask(channel, token);
    const { data } = await this.client.expect('pusher_internal:subscription_succeeded', channel);
    return JSON.parse(data).presence;
  }

  async event(name, channel) {
    const { data, user_id: userId } = await this.client.expect(name, channel);
    return { data: typeof data === 'string' ? JSON.parse(data) : data, userId };
  }
}

test('two people see each other, talk, and see each other go', async () => {
  const ada = await Person.signedIn('Ada');
  const grace = await Person.signedIn('Grace');
  const [lobby] = await ada.ask('rooms');
  assert.deepEqual((await ada.subscribe(lobby.channel)).ids, [ada.user.id]);

  const presence = await grace.subscribe(lobby.channel);
  assert.deepEqual(new Set(presence.ids), new Set([ada.user.id, grace.user.id]));
  assert.equal(presence.hash[ada.user.id].name, 'Ada');
  const joined = await ada.event('pusher_internal:member_added', lobby.channel);
  assert.deepEqual(joined.data, { user_id: grace.user.id, user_info: { name: 'Grace' } });

  grace.client.send({ event: 'client-typing', channel: lobby.channel, data: {} });
  assert.equal((await ada.event('client-typing', lobby.channel)).userId, grace.user.id);

  const text = '<b>Hello</b>\nFrom "Grace" 👋';
  const said = await grace.ask(`rooms/${lobby.id}/messages`, { text, socket_id: grace.client.socketId });
  const heard = await ada.event('message', lobby.channel);
  assert.deepEqual(heard.data, said);
  assert.equal(heard.data.text, text);
  await grace.client.works(); // the sender has the message from the answer, and only from there
  assert.deepEqual((await ada.ask(`rooms/${lobby.id}/messages`)).at(-1), said);

  grace.client.end();
  const left = await ada.event('pusher_internal:member_removed', lobby.channel);
  assert.equal(left.data.user_id, grace.user.id);
});

test('a private room is there for its members only', async () => {
  const owner = await Person.signedIn('Olga');
  const guest = await Person.signedIn('Gustav');
  const stranger = await Person.signedIn('Sven');
  await guest.subscribe(`private-user.${guest.user.id}`);
  const room = await owner.ask('rooms', { name: 'Garden party', guests: ' gustav, ' });
  assert.equal(room.private, true);
  assert.deepEqual((await guest.event('room', `private-user.${guest.user.id}`)).data, room);
  assert.ok((await guest.ask('rooms')).some(({ id }) => id === room.id));
  await guest.subscribe(room.channel);

  assert.ok(!(await stranger.ask('rooms')).some(({ id }) => id === room.id));
  await stranger.refused(404, `rooms/${room.id}/messages`);
  await stranger.refused(404, `rooms/${room.id}/messages`, { text: 'Hello' });
  const socket = { socket_id: stranger.client.socketId };
  await stranger.refused(404, 'auth', { ...socket, channel_name: room.channel });
  await stranger.refused(403, 'auth', { ...socket, channel_name: `private-user.${guest.user.id}` });
});

test('an open room is announced to everybody', async () => {
  const person = await Person.signedIn('Nora');
  await person.subscribe('private-news');
  const room = await person.ask('rooms', { name: 'Reading', guests: '' });
  assert.deepEqual((await person.event('room', 'private-news')).data, room);
  assert.equal(room.private, false);
});

test('what browsers send is checked', async () => {
  const nobody = new Person();
  await nobody.refused(401, 'rooms');
  await nobody.refused(401, 'auth', { socket_id: '1.1', channel_name: 'private-news' });
  for (const name of ['', ' ', 'x'.repeat(25), 'a\u0000b', 'a\nb', 'a\u202eb']) {
    await nobody.refused(422, 'login', { name });
  }
  const person = await Person.signedIn('Paul');
  await person.refused(415, 'rooms/lobby/messages', { text: 'from another site' }, { 'Content-Type': 'text/plain' });
  await person.refused(400, 'rooms/lobby/messages', 'no object');
  await person.refused(422, 'rooms/lobby/messages', { text: ['a list'] });
  await person.refused(422, 'rooms/lobby/messages', { text: 'x'.repeat(2001) });
  await person.refused(422, 'auth', { socket_id: 'x', channel_name: 'private-news' });
  await person.refused(404, 'rooms/..%2F..%2Fkeys/messages');
  await person.refused(404, 'nothing');
});

test('the pages are there, the keys and the history are not', async () => {
  const person = new Person();
  for (const [path, content] of [['/', /<title>Chat/], ['/chat.js', /import/], ['/connection.js', /export/], ['/style.css', /:root/]]) {
    const response = await person.request(path);
    assert.equal(response.status, 200, path);
    assert.match(await response.text(), content);
  }
  for (const path of ['/var/keys.json', '/../var/keys.json', '/%2e%2e/var/keys.json', '/start.php', '/src/Api.php']) {
    const text = await (await person.request(path)).text();
    assert.ok(!/secret_key|<\?php/.test(text), path);
  }
  assert.equal(statSync(join(folders.chat, 'var/keys.json')).mode & 0o777, 0o600);
  await eventually(() => accepts(pages), 'pages after all this');
});

test('the page never makes HTML of text', async () => {
  const person = new Person();
  for (const path of ['/chat.js', '/connection.js']) {
    assert.ok(!/innerHTML|outerHTML|insertAdjacentHTML|document\.write/.test(await (await person.request(path)).text()));
  }
});
