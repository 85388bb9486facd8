// Clients: an unmodified pusher-js, a client that shows every frame, and a bare TCP socket.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { connect } from 'node:net';
import Pusher from 'pusher-js';
import WebSocket from 'ws';
import { DEADLINE, Inbox, within } from './wait.mjs';

const open = new Set();

// pusher-js gives a connection that is already closed 30 s to close. That must not keep a test file from ending.
const startTimer = globalThis.setTimeout;
globalThis.setTimeout = (callback, milliseconds, ...parameters) => {
  const timer = startTimer(callback, milliseconds, ...parameters);
  return milliseconds === 30_000 ? timer.unref() : timer;
};

/** Ends what the clients of a test left open. */
export function closeClients() {
  open.forEach((client) => client.end());
  open.clear();
}

/** The token of a subscription, as the application's backend would make it. */
export function sign(server, socketId, channel, channelData = null) {
  const text = [socketId, channel, ...(channelData === null ? [] : [channelData])].join(':');
  return `${server.key}:${createHmac('sha256', server.secret).update(text).digest('hex')}`;
}

/** The answer of an endpoint for sign-in. `user` is {id, user_info?, watchlist?}. */
export function authenticate(server, socketId, user) {
  const userData = JSON.stringify(user);
  const signature = createHmac('sha256', server.secret).update(`${socketId}::user::${userData}`).digest('hex');
  return { auth: `${server.key}:${signature}`, user_data: userData };
}

/** The answer of an auth endpoint for a user (presence channels need one). */
export function authorize(server, socketId, channel, user = null) {
  if (!channel.startsWith('presence-')) {
    return { auth: sign(server, socketId, channel) };
  }
  const channelData = JSON.stringify(user);
  return { auth: sign(server, socketId, channel, channelData), channel_data: channelData };
}

/** An unmodified pusher-js. `user` is who it is on presence channels, `account` who it signs in as. */
export function pusher(server, { user = null, account = null, authorizer = null, ...options } = {}) {
  const client = new Pusher(server.key, {
    cluster: 'local',
    wsHost: '127.0.0.1',
    wsPort: server.port,
    wssPort: server.port,
    forceTLS: false,
    enabledTransports: ['ws', 'wss'],
    channelAuthorization: {
      customHandler: ({ socketId, channelName }, callback) =>
        callback(null, (authorizer ?? authorize)(server, socketId, channelName, user)),
    },
    userAuthentication: {
      customHandler: ({ socketId }, callback) => callback(null, authenticate(server, socketId, account)),
    },
    ...options,
  });
  open.add({ end: () => client.disconnect() });
  return client;
}

/** Waits for an event of anything that has bind(): a connection or a channel. */
export function bound(emitter, event, what = event, milliseconds = undefined) {
  return within(new Promise((resolve) => {
    const handler = (data) => {
      emitter.unbind(event, handler);
      resolve(data);
    };
    emitter.bind(event, handler);
  }), what, milliseconds);
}

/** Waits until pusher-js is in a state. */
export async function reached(client, state) {
  if (client.connection.state !== state) {
    await bound(client.connection, state, `state ${state}`);
  }
}

/** Subscribes with pusher-js and waits for the confirmation. Returns the channel. */
export async function subscribed(client, name) {
  const channel = client.subscribe(name);
  await within(new Promise((resolve, reject) => {
    channel.bind('pusher:subscription_succeeded', resolve);
    channel.bind('pusher:subscription_error', (error) => reject(new Error(`${name}: ${JSON.stringify(error)}`)));
  }), `subscription to ${name}`);
  return channel;
}

/** Everything that pusher-js emits on a channel or another object with bind_global, in order, as [event, data]. */
export function eventsOf(emitter) {
  const inbox = new Inbox();
  emitter.bind_global((event, data) => inbox.push([event, data]));
  return inbox;
}

/** A pusher-js that is signed in and in the channel of its user. */
export async function signedIn(server, account, options = {}) {
  const client = pusher(server, { account, ...options });
  const messages = eventsOf(client.connection);
  client.signin();
  await client.user.signinDonePromise;
  await messages.until(
    ([event, data]) => event === 'message' && data.event === 'pusher_internal:subscription_succeeded', 'the channel of the user',
  );
  return client;
}

/** A client that sees and sends every frame as it is. */
export class Client {
  /** Opens a connection; resolves when the upgrade is done. `query` replaces the usual one. */
  static async open(server, { path = null, query = 'protocol=7&client=js&version=8.6.0&flash=false', ...options } = {}) {
    const scheme = options.tls ? 'wss' : 'ws';
    const url = `${scheme}://127.0.0.1:${options.port ?? server.port}${path ?? `/app/${server.key}`}${query ? `?${query}` : ''}`;
    const client = new Client();
    client.socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: 1 << 26, ...options });
    client.messages = new Inbox();
    client.pongs = new Inbox();
    client.socket.on('pong', (data) => client.pongs.push(data.toString()));
    client.socket.on('message', (data, binary) => {
      assert.equal(binary, false, 'the server sent a binary frame');
      client.messages.push(JSON.parse(data.toString()));
    });
    client.closed = new Promise((resolve) => {
      client.socket.once('close', (code, reason) => {
        client.messages.close(`the connection was closed with ${code} ${reason}`);
        resolve({ code, reason: reason.toString() });
      });
    });
    client.socket.on('error', (error) => (client.error = error));
    open.add(client);
    await within(Promise.race([
      new Promise((resolve) => client.socket.once('open', resolve)),
      client.closed.then(() => {
        throw client.error;
      }),
    ]), 'the upgrade');
    return client;
  }

  /** Opens a connection and takes the greeting. */
  static async greeted(server, options = {}) {
    const client = await Client.open(server, options);
    const greeting = await client.next();
    assert.equal(greeting.event, 'pusher:connection_established');
    client.socketId = JSON.parse(greeting.data).socket_id;
    client.server = server;
    return client;
  }

  next(what) {
    return this.messages.next(what);
  }

  /** Takes the next message, which must be of this event. */
  async expect(event, channel = undefined) {
    const message = await this.next(event);
    assert.equal(message.event, event, JSON.stringify(message).slice(0, 1000));
    assert.equal(message.channel, channel);
    return message;
  }

  /** Takes the next message, which must be a pusher:error of this code. Returns its text. */
  async refused(code) {
    const { data } = await this.expect('pusher:error');
    assert.equal(data.code, code, JSON.stringify(data));
    assert.equal(typeof data.message, 'string');
    return data.message;
  }

  /** Sends text as it is, or a message as JSON. */
  send(message) {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** Sends a subscription as it is, without waiting. */
  ask(channel, data = {}) {
    this.send({ event: 'pusher:subscribe', data: { channel, ...data } });
  }

  /** Subscribes, with a token where the channel needs one. Returns the confirmation's data. */
  async subscribe(channel, user = null) {
    const guarded = /^(private|presence)-/.test(channel);
    this.ask(channel, guarded ? authorize(this.server, this.socketId, channel, user) : { auth: '' });
    const { data } = await this.expect('pusher_internal:subscription_succeeded', channel);
    return JSON.parse(data);
  }

  /** Signs in and waits for the confirmation. Returns the user data as it came back. */
  async signIn(user) {
    this.send({ event: 'pusher:signin', data: authenticate(this.server, this.socketId, user) });
    const { data } = await this.expect('pusher:signin_success');
    return JSON.parse(data).user_data;
  }

  /** The connection still works, and no message came before the answer. */
  async works() {
    this.send({ event: 'pusher:ping', data: {} });
    await this.expect('pusher:pong');
  }

  /** The connection is closed with this code. Returns the reason. */
  async closedWith(code) {
    const closed = await within(this.closed, `a close with ${code}`);
    assert.equal(closed.code, code, closed.reason);
    return closed.reason;
  }

  end() {
    this.socket.terminate();
  }
}

/** A bare TCP connection. */
export class Raw {
  static async open(server, { port = server.port } = {}) {
    const raw = new Raw();
    raw.server = server;
    raw.received = Buffer.alloc(0);
    raw.socket = connect({ port, host: '127.0.0.1', noDelay: true });
    raw.socket.on('data', (data) => (raw.received = Buffer.concat([raw.received, data])));
    raw.socket.on('error', () => {});
    raw.closed = new Promise((resolve) => raw.socket.once('close', resolve));
    open.add(raw);
    await within(new Promise((resolve) => raw.socket.once('connect', resolve)), 'a connection');
    return raw;
  }

  write(bytes) {
    this.socket.write(bytes);
  }

  /** Waits until the server has closed the connection. */
  ended(what, milliseconds) {
    return within(this.closed, what, milliseconds);
  }

  /** Waits until so many bytes or a pattern has arrived. Returns everything as text. */
  async until(pattern, milliseconds = DEADLINE) {
    const text = () => this.received.toString('latin1');
    await within(new Promise((resolve, reject) => {
      const look = () => pattern.test(text()) && resolve();
      this.socket.on('data', look);
      this.socket.on('close', () => reject(new Error(`closed before ${pattern}: ${JSON.stringify(text())}`)));
      look();
    }), `${pattern}`, milliseconds);
    return text();
  }

  end() {
    this.socket.destroy();
  }
}

/** The request that opens a WebSocket. */
export function upgradeRequest(server, { path = `/app/${server.key}?protocol=7`, headers = [] } = {}) {
  return [
    `GET ${path} HTTP/1.1`, `Host: 127.0.0.1:${server.port}`, 'Upgrade: websocket', 'Connection: Upgrade',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version: 13', ...headers, '', '',
  ].join('\r\n');
}

/** A masked frame as a client sends it. */
export function frame(opcode, payload, { final = true } = {}) {
  const body = Buffer.from(payload);
  const mask = Buffer.from([1, 2, 3, 4]);
  const length = body.length < 126 ? [0x80 | body.length]
    : body.length < 65536 ? [0xfe, body.length >> 8, body.length & 255]
      : [0xff, 0, 0, 0, 0, body.length >>> 24, (body.length >> 16) & 255, (body.length >> 8) & 255, body.length & 255];
  const masked = Buffer.from(body.map((byte, index) => byte ^ mask[index % 4]));
  return Buffer.concat([Buffer.from([(final ? 0x80 : 0) | opcode, ...length]), mask, masked]);
}
