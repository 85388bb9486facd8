// A scripted world for the client: a server that says what the test says, a clock that the test moves, and a page
// that comes and goes. Nothing here sleeps.
import assert from 'node:assert/strict';
import { afterEach, beforeEach } from 'node:test';
import { OdyWebSocketClient } from '../dist/ody-websocket.mjs';

const real = {
  setTimeout,
  clearTimeout,
  now: Date.now,
  random: Math.random,
  error: console.error,
  fetch: globalThis.fetch,
};

/** Lets everything happen that is only waiting for its turn. */
export function settle() {
  return new Promise((resolve) => setImmediate(resolve));
}

/** The clock. Timers run on one that stands still while the machine sleeps; Date does not. */
export const clock = {
  wall: 1_700_000_000_000,
  steady: 0,
  timers: new Map(),
  next: 1,

  /** Moves time on; timers happen at their moment, in order. */
  async advance(milliseconds) {
    const end = this.steady + milliseconds;
    for (;;) {
      await settle();
      const due = [...this.timers].sort(([, one], [, other]) => one.at - other.at)[0];
      if (!due || due[1].at > end) {
        break;
      }
      this.pass(due[1].at - this.steady);
      this.timers.delete(due[0]);
      due[1].happens();
    }
    this.pass(end - this.steady);
  },

  pass(milliseconds) {
    this.steady += milliseconds;
    this.wall += milliseconds;
  },

  /** The machine sleeps: the world goes on, the timers do not. */
  sleep(milliseconds) {
    this.wall += milliseconds;
  },
};

/** A socket whose other end is the test. */
export class FakeSocket {
  static all = [];

  constructor(url) {
    this.url = url;
    this.readyState = 0;
    this.frames = [];
    FakeSocket.all.push(this);
    const open = FakeSocket.all.filter((socket) => socket.readyState < 2);
    assert.equal(open.length, 1, 'there are two sockets at once');
  }

  static get last() {
    return this.all.at(-1);
  }

  send(text) {
    assert.equal(this.readyState, 1, 'something is sent to a socket that is not open');
    this.frames.push(JSON.parse(text));
  }

  close(code) {
    if (this.readyState < 2) {
      this.closedWith = code;
      this.readyState = 2;
    }
  }

  /** What the client has sent since the last look, as [event, data, channel]. */
  took() {
    return this.frames.splice(0).map(({ event, data, channel }) => (channel ? [event, data, channel] : [event, data]));
  }

  open() {
    this.readyState = 1;
  }

  raw(data) {
    this.onmessage?.({ data });
  }

  /** Says something as the server does: data is JSON inside of JSON. */
  say(event, data = {}, channel = undefined, more = {}) {
    this.raw(JSON.stringify({ event, data: JSON.stringify(data), channel, ...more }));
  }

  greet(socket_id = '1.1', activity_timeout = 120) {
    this.open();
    this.say('pusher:connection_established', { socket_id, activity_timeout });
  }

  refuse(code, message) {
    this.open();
    this.raw(JSON.stringify({ event: 'pusher:error', data: { code, message } }));
    this.drop(code, message);
  }

  /** The server, or the network, ends it. */
  drop(code = 1006, reason = '') {
    this.readyState = 3;
    this.onclose?.({ code, reason });
  }

  confirm(channel, data = {}) {
    this.say('pusher_internal:subscription_succeeded', data, channel);
  }
}

/** What a page has and Node has not. */
export class FakePage extends EventTarget {
  document = { hidden: false };
  signals = [];

  addEventListener(type, listener, options) {
    this.signals.push(options.signal);
    super.addEventListener(type, listener, options);
  }

  /** How many listeners there are. */
  get listening() {
    return this.signals.filter(({ aborted }) => !aborted).length;
  }

  happen(type) {
    this.dispatchEvent(new Event(type));
  }
}

let clients = [];

beforeEach(() => {
  clients = [];
  FakeSocket.all = [];
  clock.timers.clear();
  globalThis.setTimeout = (happens, milliseconds = 0) => {
    clock.timers.set(clock.next, { at: clock.steady + milliseconds, happens });
    return clock.next++;
  };
  globalThis.clearTimeout = (id) => clock.timers.delete(id);
  Date.now = () => clock.wall;
  Math.random = () => 1;
  console.error = (...words) => assert.fail(`console.error: ${words.join(' ')}`);
});

afterEach(() => {
  clients.forEach((client) => client.disconnect());
  assert.equal(clock.timers.size, 0, 'a timer is left after disconnect()');
  globalThis.setTimeout = real.setTimeout;
  globalThis.clearTimeout = real.clearTimeout;
  globalThis.fetch = real.fetch;
  Date.now = real.now;
  Math.random = real.random;
  console.error = real.error;
  for (const name of ['document', 'addEventListener', 'removeEventListener']) {
    delete globalThis[name];
  }
});

/** Makes this a page. */
export function page() {
  const made = new FakePage();
  globalThis.document = made.document;
  globalThis.addEventListener = made.addEventListener.bind(made);
  globalThis.removeEventListener = made.removeEventListener.bind(made);
  return made;
}

/** A client whose attempt is under way. `events` is all that it tells, as [event, data]. */
export async function begun(options = {}, url = 'ws://example.com:9502') {
  const client = new OdyWebSocketClient(url, 'key', { WebSocket: FakeSocket, ...options });
  clients.push(client);
  client.events = [];
  for (const event of [
    'state',
    'connecting',
    'connected',
    'socket_id',
    'disconnected',
    'unavailable',
    'failed',
    'reconnecting',
    'reconnected',
    'reconnect_failed',
    'error',
    'subscription_succeeded',
    'subscription_error',
    'unsubscribed',
    'signed_in',
    'message',
  ]) {
    client.on(event, (data) => client.events.push([event, data]));
  }
  /** Takes the events of these names. */
  client.told = (...names) => {
    const taken = client.events.filter(([event]) => names.includes(event));
    client.events = client.events.filter((event) => !taken.includes(event));
    return taken.map(([, data]) => data);
  };
  await settle();
  return client;
}

/** A client that is connected. */
export async function connected(options = {}, socketId = '1.1') {
  const client = await begun(options);
  FakeSocket.last.greet(socketId);
  await settle();
  client.events.splice(0);
  return client;
}

/** The words of errors. */
export const words = (errors) => errors.map((error) => error.message);
