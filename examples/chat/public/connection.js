// A small client of the Pusher protocol: one connection, channels with tokens, presence and client events.
// pusher-js and Laravel Echo do the same and more; this one shows how little it takes.

const LONGEST_WAIT = 30_000; // ms between two attempts to connect

/** One channel of a connection. Listeners of an event get its data, and the sender's id of client events. */
class Channel {
  #listeners = new Map();

  constructor(connection, name) {
    this.connection = connection;
    this.name = name;
    this.members = new Map(); // of a presence channel: user id => user_info
  }

  on(event, listener) {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
    return this;
  }

  /** Sends a client event to the other subscribers. The server takes no other events from browsers. */
  whisper(event, data) {
    this.connection.send(`client-${event}`, data, this.name);
  }

  emit(event, data, userId) {
    this.#listeners.get(event)?.forEach((listener) => listener(data, userId));
  }

  /** Keeps the list of members, then tells the listeners. */
  receive(event, data, userId) {
    if (event === 'pusher_internal:subscription_succeeded') {
      this.members = new Map(Object.entries(data.presence?.hash ?? {}));
      this.emit('subscribed', this.members);
    } else if (event === 'pusher_internal:member_added') {
      this.members.set(data.user_id, data.user_info);
      this.emit('joined', data.user_info, data.user_id);
    } else if (event === 'pusher_internal:member_removed') {
      const info = this.members.get(data.user_id);
      this.members.delete(data.user_id);
      this.emit('left', info, data.user_id);
    } else {
      this.emit(event.replace(/^client-/, 'whisper:'), data, userId);
    }
  }
}

export class Connection {
  #channels = new Map();
  #attempts = 0;
  #alive = null;
  #retry = null;
  #ended = false;

  /**
   * @param {string} url of the server, with the API key in it
   * @param {(socketId: string, channel: string) => Promise<object>} authorize asks the application for a token
   * @param {(state: 'connecting' | 'connected' | 'closed', reason?: string) => void} changed
   */
  constructor(url, authorize, changed) {
    Object.assign(this, { url, authorize, changed, socketId: null });
    this.#connect();
  }

  /** Subscribes, now and after every new connection. Returns the channel. */
  subscribe(name) {
    const channel = new Channel(this, name);
    this.#channels.set(name, channel);
    if (this.socketId) {
      this.#ask(channel);
    }
    return channel;
  }

  unsubscribe(name) {
    if (this.#channels.delete(name)) {
      this.send('pusher:unsubscribe', { channel: name });
    }
  }

  send(event, data, channel = undefined) {
    if (this.socket.readyState === WebSocket.OPEN) {
      this.socket.send(JSON.stringify({ event, data, channel }));
    }
  }

  /** Closes the connection for good. */
  end() {
    this.#ended = true;
    clearTimeout(this.#retry);
    this.socket.close();
  }

  #connect() {
    this.changed('connecting');
    this.socket = new WebSocket(`${this.url}?protocol=7&client=chat-example&version=1.0`);
    this.socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
    this.socket.onclose = ({ code, reason }) => this.#closed(code, reason);
  }

  #receive({ event, channel, data, user_id: userId }) {
    this.#watch();
    const value = typeof data === 'string' && data !== '' ? JSON.parse(data) : data;
    if (event === 'pusher:connection_established') {
      this.#attempts = 0;
      this.socketId = value.socket_id;
      this.silence = value.activity_timeout * 1000;
      this.#watch();
      this.changed('connected');
      this.#channels.forEach((one) => this.#ask(one));
    } else if (event === 'pusher:ping') {
      this.send('pusher:pong', {});
    } else if (channel) {
      this.#channels.get(channel)?.receive(event, value, userId);
    }
  }

  /** After a silence the client asks whether the server is still there, and then gives up. */
  #watch() {
    clearTimeout(this.#alive);
    if (this.silence) {
      this.#alive = setTimeout(() => {
        this.send('pusher:ping', {});
        this.#alive = setTimeout(() => this.socket.close(), 10_000);
      }, this.silence);
    }
  }

  async #ask(channel) {
    const socketId = this.socketId;
    try {
      const token = await this.authorize(socketId, channel.name);
      // The connection may be another one by now, and the channel unwanted.
      if (socketId === this.socketId && this.#channels.get(channel.name) === channel) {
        this.send('pusher:subscribe', { channel: channel.name, ...token });
      }
    } catch (error) {
      channel.emit('refused', error);
    }
  }

  /** 4000 to 4099: trying again is no use. 4200 to 4299: at once. Anything else: later and later. */
  #closed(code, reason) {
    clearTimeout(this.#alive);
    this.socketId = null;
    if (this.#ended || (code >= 4000 && code < 4100)) {
      this.changed('closed', reason);
      return;
    }
    this.changed('connecting');
    const first = code >= 4200 && code < 4300 ? 0 : 1000;
    const wait = Math.min(LONGEST_WAIT, first * 2 ** this.#attempts++);
    // Not all clients at the same moment.
    this.#retry = setTimeout(() => this.#connect(), wait * (0.5 + Math.random() / 2));
  }
}
