import type { OdyWebSocketClient } from './client.js';
import { decode, type Frame } from './connection.js';
import { Emitter, type EventMap } from './emitter.js';
import { OdyWebSocketError } from './errors.js';
import type { UserAuth } from './options.js';
import { type Source, Stage, Wish } from './wish.js';

/** Users of the watchlist who came or went. */
export interface WatchlistEvent {
  name: string;
  user_ids: string[];
}

/** What a watchlist tells. */
export interface WatchlistEvents {
  /** These users have a first connection. */
  online: WatchlistEvent;
  /** These users have none any more. */
  offline: WatchlistEvent;
}

/** A token for signing in, or a function that gets one for each connection. */
export type SigninData = UserAuth | ((request: { socket_id: string }) => UserAuth | Promise<UserAuth>);

const PATIENCE = 10_000; // ms for the server's answer
const ABOUT_USERS = /(^|[ :]|data\.)user|sign(ed)?[ -]?in/i; // errors do not name what they answer
const DOUBT = 500; // ms in which the sign-in may be confirmed after all: then that was about something else

const idOf = (user: any): string => String(user?.id);

/** Who the client is signed in as. Its events are those that the server sends to this user, on all their connections. */
export class User<Events extends EventMap = EventMap> extends Wish<Events, void, UserAuth, { socket_id: string }> {
  /** The user's id; null while nobody is signed in. */
  id: string | null = null;
  /** All that the server was told of the user; null while nobody is signed in. */
  data: any = null;
  /** Tells which of the users that this one watches are online. */
  readonly watchlist: Emitter<WatchlistEvents>;
  #asked = ''; // whom the last sign-in was about
  #waiting: [resolve: (user: any) => void, reject: (error: Error) => void][] = [];

  /** @internal */
  constructor(client: OdyWebSocketClient<any, any>) {
    super(client);
    this._wanted = false;
    this.watchlist = new Emitter(client._handlerFailed);
  }

  /** @internal */
  _signin(given: SigninData | undefined): Promise<this> {
    this._wanted = true;
    if (given) {
      this._take(given);
    }
    return new Promise((resolve, reject) => {
      if (this.id !== null && !given) {
        resolve(this);
        return;
      }
      this.#waiting.push([resolve, reject]);
      if (given || this._stage === Stage.Off) {
        void this._try();
      }
    });
  }

  /** @internal */
  override _become(stage: Stage.Off | Stage.On): void {
    super._become(stage);
    this.id = this.data = null;
  }

  /** @internal @returns whether the message was for the user. */
  _receive({ event, channel, data }: Frame): boolean {
    const asked = this._stage === Stage.Asked;
    if (event === ':signin_success') {
      const user = decode(data?.user_data);
      if (asked && idOf(user) === this.#asked) {
        this.#confirmed(user);
      }
    } else if (event === ':watchlist_events') {
      for (const news of data?.events ?? []) {
        this.watchlist._emit(news.name, news);
      }
    } else if (asked && event === ':error' && ABOUT_USERS.test(data?.message)) {
      this._later(DOUBT, () => this._refuse(new OdyWebSocketError('server', data.message)));
    } else if (this.id !== null && channel === this.#channel()) {
      if (event === ':subscription_error') {
        this._refuse(this._denial(data)); // without its channel a sign-in is worth nothing
      } else {
        this._emit(event, data);
      }
    } else {
      return false;
    }
    return true;
  }

  #channel(): string {
    return `#server-to-user-${this.id}`;
  }

  /** @internal */
  _source(socket_id: string): Source<UserAuth, { socket_id: string }> {
    const { userAuthorizer, userAuthEndpoint } = this._client._settings;
    return [{ socket_id }, userAuthorizer, userAuthEndpoint];
  }

  /** @internal */
  _ask(auth: UserAuth | undefined): void {
    const late = new OdyWebSocketError('server', 'The server did not answer the sign-in.', { status: 0 });
    this.#asked = idOf(decode(auth?.user_data));
    this._client._send('pusher:signin', auth);
    this._later(PATIENCE, () => this._refuse(late));
  }

  #confirmed(data: any): void {
    this._become(Stage.On);
    this.id = idOf(data);
    this.data = data;
    this._client._send('pusher:subscribe', { auth: '', channel: this.#channel() });
    this._client._emit('signed_in', { user_id: this.id });
    this.#waiting.splice(0).forEach((caller) => caller[0](this));
    this._client._up(Stage.Waiting);
  }

  /** @internal */
  _refused(error: OdyWebSocketError, again: boolean): void {
    const waiting = this.#waiting.splice(0);
    this._wanted = again;
    waiting.forEach((caller) => caller[1](error));
    if (waiting.length === 0) {
      this._client._tell('error', error);
    }
    if (!again) {
      this._client._up(Stage.Waiting);
    }
  }
}
