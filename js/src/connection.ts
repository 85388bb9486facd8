import { backoff } from './backoff.js';
import { Emitter } from './emitter.js';
import { type ErrorDetails, type ErrorType, OdyWebSocketError, wordsOf } from './errors.js';
import type { ClientEvents, ConnectionState } from './events.js';
import { addressOf, type Settings, settingsOf, type SomeOptions, type WebSocketLike } from './options.js';
import { hidden, watchWorld } from './wake.js';

/** @internal A message of the server; `data` is decoded. */
export interface Frame {
  event: string;
  channel?: string;
  data: any;
  user_id?: string;
}

const TICK = 10_000; // ms between two looks at the clock: one at the wrong time means that the machine slept, or that the clock was set
const SOON = 5000; // ms that a look may be off, and for the answer to a ping when the line may be dead
const UNCLEAN = 1006;
const PONG_MISSING = 4201;

const refuses = (code: number): boolean => (code >= 4000 && code < 4100) || code >= 4300;

/** @internal The value of JSON text, or the text itself where it is none: publishers may send either. */
export function decode(data: unknown): any {
  try {
    return typeof data === 'string' ? JSON.parse(data) : data;
  } catch {
    return data;
  }
}

/**
 * One line to a server, and all that is done to have it: attempts, waits, signs of life. There is at most one socket at a
 * time. Everything is done before anything is told, so handlers may call whatever they like.
 */
export abstract class Connection extends Emitter<ClientEvents> {
  /** @internal */
  readonly _settings: Settings;
  #url: string;
  #state: ConnectionState = 'disconnected';
  #socketId: string | null = null;
  #socket: WebSocketLike | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined; // of the attempt, of the wait for the next one, or of the silence
  #attempts = 0; // since the last connection that lasted
  #heard = 0; // when the server last said something
  #activity = 0; // ms of silence before it is asked
  #probing = false;
  #pings: [at: number, resolve: (milliseconds: number) => void, reject: (error: Error) => void][] = [];
  #waiting: [resolve: (socketId: string) => void, reject: (error: Error) => void][] = [];
  #said: { code?: number; message?: string } = {}; // the pusher:error instead of a greeting
  #news: [event: keyof ClientEvents, data: any][] = [];
  #telling = false;
  #forgetWorld: (() => void) | undefined;

  /** @internal */
  constructor(url: string, apiKey: string, options: SomeOptions) {
    super((event, thrown) => this._handlerFailed(event, thrown));
    this._settings = settingsOf(options);
    this.#url = addressOf(url, apiKey);
    if (this._settings.autoConnect) {
      // Handlers that are added in this turn hear of everything.
      queueMicrotask(() => this._settings.autoConnect && this.#start());
    }
  }

  /** What the connection is doing. */
  get state(): ConnectionState {
    return this.#state;
  }

  /** Whether the server has greeted the client and the connection has not ended. */
  isConnected(): boolean {
    return this.#state === 'connected';
  }

  /** The id of this connection, which tokens are made for; null while there is none. */
  getSocketId(): string | null {
    return this.#socketId;
  }

  /**
   * Connects, unless that is done or under way. Does not wait for an attempt that is due later.
   *
   * @returns resolves with the socket id when connected; rejects when the client gives up, or `disconnect()` is called
   */
  connect(): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#waiting.push([resolve, reject]);
      this.#start();
      if (this.isConnected()) {
        this.#settle(0, this.#socketId);
      }
    });
  }

  /** Ends the connection. Channels and handlers stay: `connect()` subscribes to them again. */
  disconnect(): void {
    this._settings.autoConnect = false;
    this.#forgetWorld?.();
    this.#abandon(1000, '');
    this.#become('disconnected');
    this.#settle(1, new OdyWebSocketError('connection', 'disconnect() was called.'));
    this.#tell();
  }

  /** Asks the server for a sign of life. Resolves with the milliseconds until it came; rejects when there is no connection. */
  ping(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#pings.push([performance.now(), resolve, reject]);
      if (!this._send('pusher:ping', {})) {
        this.#losePings();
      }
    });
  }

  /** @internal @returns whether there was a line to send it on. */
  _send(event: string, data: unknown, channel?: string): boolean {
    if (!this.isConnected() || this.#socket!.readyState > 1) {
      return false;
    }
    this._log('>', event, channel);
    this.#socket!.send(JSON.stringify({ event, data, channel }));
    return true;
  }

  /** @internal Tells about an error, or writes it to the console when nobody listens. */
  _report(type: ErrorType, words: string, details?: ErrorDetails): void {
    this._tell('error', new OdyWebSocketError(type, words, details));
  }

  /** @internal */
  _handlerFailed = (event: string, cause: unknown): void => {
    const words = `A handler of ${event} threw: ${wordsOf(cause)}`;
    if (event === 'error') {
      console.error(words);
    } else {
      this._report('handler', words, { cause });
    }
  };

  /** @internal Something has happened. */
  _tell<Name extends keyof ClientEvents>(event: Name, data: ClientEvents[Name]): void {
    if (!this._emit(event, data) && event === 'error') {
      console.error((data as Error).message);
    }
  }

  /** @internal There is a new connection. */
  abstract _up(): void;

  /** @internal The connection is gone. */
  abstract _down(): void;

  /** @internal A message has arrived that is not about the line. */
  abstract _frame(frame: Frame): void;

  /** @internal */
  _log(...words: unknown[]): void {
    if (this._settings.debug) {
      console.debug(...words);
    }
  }

  #start(): void {
    const { state } = this;
    if (state === 'disconnected' || state === 'failed') {
      this.#attempts = 0;
      this.#forgetWorld = watchWorld((event) => this.#wake(event));
      this.#open();
    } else if (state === 'unavailable') {
      this.#open();
    }
    this.#tell();
  }

  #become(current: ConnectionState): void {
    const change = { current, previous: this.#state };
    if (current !== change.previous) {
      this.#state = current;
      this.#note('state', change);
      if (current === 'connecting' || current === 'unavailable') {
        this.#note(current, change);
      }
    }
  }

  #note<Name extends keyof ClientEvents>(event: Name, data: ClientEvents[Name]): void {
    this.#news.push([event, data]);
  }

  /** Tells what has happened, in order, also what happens while it is told. */
  #tell(): void {
    if (this.#telling) {
      return;
    }
    this.#telling = true;
    for (let news; (news = this.#news.shift());) {
      const [event, data] = news;
      if (event === 'disconnected') {
        this._down();
      }
      this._tell(event, data);
      if (event === 'connected') {
        this._up();
      }
    }
    this.#telling = false;
  }

  /** Answers those who wait for the connection: resolves (0) or rejects (1). */
  #settle(outcome: 0 | 1, value: any): void {
    this.#waiting.splice(0).forEach((waiting) => waiting[outcome](value));
  }

  #later(milliseconds: number, happens: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(happens, milliseconds);
  }

  #open(): void {
    let socket: WebSocketLike;
    this.#said = {};
    try {
      socket = new this._settings.WebSocket(this.#url);
    } catch (cause) {
      this.#fail(new OdyWebSocketError('connection', `There is no WebSocket: ${wordsOf(cause)}`, { cause }));
      return;
    }
    this.#socket = socket;
    socket.onmessage = ({ data }) => {
      try {
        this.#receive(data);
      } catch (cause) {
        this._report('message', 'The server sent something that is no message.', { cause });
      }
    };
    socket.onclose = ({ code, reason }) => this.#closed(code, reason);
    socket.onerror = () => {}; // the close that follows says more
    this.#later(this._settings.connectTimeout, () => this.#closed(UNCLEAN, 'it did not answer in time'));
    this.#become('connecting');
  }

  /** Lets go of the socket: whatever it still says is nobody's business. */
  #abandon(code: number, reason: string): void {
    const socket = this.#socket;
    clearTimeout(this.#timer);
    this.#socket = this.#socketId = null;
    if (socket) {
      socket.onmessage = socket.onclose = null;
      socket.close(1000);
    }
    if (this.isConnected()) {
      this.#note('disconnected', { code, reason });
    }
    this.#losePings();
  }

  #losePings(): void {
    const error = new OdyWebSocketError('connection', 'There is no connection.');
    this.#pings.splice(0).forEach((ping) => ping[2](error));
  }

  /** The line is gone, or of no use: a socket that is still open is left. */
  #closed(closeCode: number, closeReason: string): void {
    const connected = this.isConnected();
    const code = closeCode < 4000 ? (this.#said.code ?? closeCode) : closeCode;
    const reason = closeReason || this.#said.message || '';
    const what = refuses(code) ? 'refused the connection' : 'cannot be reached';
    const error = new OdyWebSocketError('connection', `The server ${what} (${`${code} ${reason}`.trim()})`, { code });
    this.#abandon(code, reason);
    if (refuses(code) || this.#attempts >= this._settings.reconnectAttempts) {
      this.#fail(error);
    } else {
      this.#retry(code);
      if (!connected) {
        this.#note('error', error);
      }
    }
    this.#tell();
  }

  #fail(error: OdyWebSocketError): void {
    this.#forgetWorld?.();
    this.#become('failed');
    this.#settle(1, error);
    this.#note('reconnect_failed', { attempts: this.#attempts });
    this.#note('error', error);
    this.#note('failed', error);
  }

  /** Tries again, after the wait that the code asks for. */
  #retry(code: number): void {
    const delay =
      code >= 4200 && this.#attempts === 0
        ? 0
        : Math.max(code >= 4100 ? 1000 : 0, backoff(this.#attempts, this._settings));
    this.#note('reconnecting', { attempt: ++this.#attempts, delay });
    if (delay === 0) {
      this.#open();
    } else {
      this.#later(delay, () => this.#start());
      this.#become('unavailable');
    }
  }

  #receive(text: unknown): void {
    const frame = decode(text);
    const event = frame?.event;
    this.#heard = Date.now();
    if (typeof event === 'string') {
      frame.data = decode(frame.data);
      this._log('<', event, frame.channel);
    }
    if (this.isConnected()) {
      this.#understand(frame);
    } else {
      this.#greeted(event, frame?.data);
    }
  }

  /** Takes the first message of a connection. */
  #greeted(event: unknown, data: any): void {
    if (event === 'pusher:connection_established' && data?.socket_id) {
      const { socket_id } = data;
      this.#socketId = socket_id;
      this.#activity = Math.min(this._settings.activityTimeout, data.activity_timeout * 1000 || Infinity);
      this.#said = {};
      this.#watch();
      this.#become('connected');
      this.#settle(0, socket_id);
      this.#note('socket_id', socket_id);
      this.#note('connected', { socket_id });
      if (this.#attempts > 0) {
        this.#note('reconnected', { socket_id });
      }
      this.#tell();
    } else if (event === 'pusher:error') {
      this.#said = data ?? {};
    } else {
      this.#closed(UNCLEAN, 'it does not speak the Pusher protocol');
    }
  }

  #understand(frame: Frame): void {
    if (this.#probing) {
      this.#watch();
    }
    if (frame.event === 'pusher:ping') {
      this._send('pusher:pong', {});
    } else if (frame.event === 'pusher:pong') {
      const [at, resolve] = this.#pings.shift() ?? [];
      resolve?.(performance.now() - at!);
    } else {
      this._frame(frame);
    }
  }

  /** Waits until nothing was heard for too long, or the clock jumps. */
  #watch(): void {
    const now = Date.now();
    const wait = Math.max(0, Math.min(TICK, this.#heard + this.#activity - now));
    this.#probing = false;
    this.#later(wait, () => this.#look(now + wait));
  }

  #look(due: number): void {
    const now = Date.now();
    this.#attempts = 0;
    if (Math.abs(now - due) > SOON && !hidden()) {
      this.#probe(SOON);
    } else if (now - this.#heard >= this.#activity) {
      this.#probe(this._settings.pongTimeout);
    } else {
      this.#watch();
    }
  }

  /** A line on which nothing comes back is a dead one. */
  #probe(patience: number): void {
    this.#probing = true;
    this.ping().catch(() => {});
    this.#later(patience, () => this.#closed(PONG_MISSING, 'it did not answer a ping'));
  }

  /** The world outside has changed. */
  #wake(event: string): void {
    if (this.isConnected()) {
      if (this.#socket!.readyState > 1) {
        this.#closed(UNCLEAN, '');
      } else {
        this.#probe(SOON);
      }
    } else if (this.#state === 'unavailable' && event !== 'offline') {
      this.#attempts = 1;
      this.#start();
    }
  }
}
