import { fetchToken } from './auth.js';
import { backoff } from './backoff.js';
import type { OdyWebSocketClient } from './client.js';
import { Emitter } from './emitter.js';
import { OdyWebSocketError, wordsOf } from './errors.js';

/** Whether trying again may help: nobody answered, or the answer was that it is too much just now. */
const passing = ({ type, status = type === 'auth' ? 0 : 400 }: OdyWebSocketError): boolean =>
  status === 0 || status === 429 || status >= 500;

type Authorizer<Token, Asked> = (request: Asked) => Token | Promise<Token>;

/** @internal What a token is asked for, and whom: an authorizer, an endpoint, or nobody. */
export type Source<Token, Asked> = [Asked, Authorizer<Token, Asked> | undefined, endpoint: string | undefined];

/** What became of a wish on the present connection. In the last two the server was not asked yet. */
export const enum Stage {
  Off,
  Asked,
  On,
  Authorizing,
  Waiting, // for the sign-in
}

/**
 * Something that the client wants of the server on every connection, and that needs a token: a channel, or to be
 * signed in.
 */
export abstract class Wish<
  Events,
  Meta,
  Token extends { auth?: string },
  Asked extends { socket_id: string },
> extends Emitter<Events, Meta> {
  /** @internal */
  _stage = Stage.Off;
  /** @internal */
  readonly _client: OdyWebSocketClient<any, any>;
  /** @internal */
  _wanted = true;
  /** @internal A token of an earlier connection is tried. */
  _stale = false;
  #given: Token | Authorizer<Token, Asked> | undefined;
  #givenTo: string | null = null; // the connection that a given token is for
  #turn = 0; // tells an attempt from those before it
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @internal */
  constructor(client: OdyWebSocketClient<any, any>) {
    super(client._handlerFailed);
    this._client = client;
  }

  /** @internal Where tokens for a connection come from. */
  abstract _source(socketId: string): Source<Token, Asked>;

  /** @internal Gives the token to the server. */
  abstract _ask(token: Token | undefined): void;

  /** @internal Hears why that did not work, and whether it is tried again. */
  abstract _refused(error: OdyWebSocketError, again: boolean): void;

  /** @internal Takes a token. */
  _take(data: Token | Authorizer<Token, Asked>): void {
    this.#given = data;
    this.#givenTo = this._client.getSocketId();
  }

  /** The token that was given, where it can be right or nobody is there to ask; otherwise one that is asked for. */
  #token(socketId: string): Token | undefined | Promise<Token> {
    const given = this.#given;
    const [request, authorizer, endpoint] = this._source(socketId);
    this._stale = false;
    if (typeof given === 'function') {
      return given(request);
    } else if (given?.auth && (this.#givenTo ??= socketId) === socketId) {
      return given;
    } else if (authorizer) {
      return authorizer(request);
    } else if (endpoint) {
      return fetchToken(endpoint, request, this._client._settings);
    }
    this._stale = !!given?.auth;
    return given;
  }

  /** @internal Tries it, if it is wanted and there is a connection. */
  async _try(): Promise<void> {
    const socketId = this._client.getSocketId();
    const turn = this.#halt();
    if (socketId !== null && this._wanted) {
      this._stage = Stage.Authorizing;
      try {
        const token = await this.#token(socketId);
        if (turn === this.#turn) {
          this._stage = Stage.Asked;
          this._ask(token);
        }
      } catch (cause) {
        if (turn === this.#turn) {
          const details = { status: (cause as any)?.status, channel: (this as any).name, cause };
          this._refuse(new OdyWebSocketError('auth', `There is no token: ${wordsOf(cause)}`, details));
        }
      }
    }
  }

  /** @internal Ends what was under way: the server has said yes, or the connection or the wish is gone. */
  _become(stage: Stage.Off | Stage.On): void {
    this._stage = stage;
    this.#halt();
    if (stage === Stage.On) {
      this.#failures = 0;
    }
  }

  /** @internal What the server says when it refuses a subscription. */
  _denial(data: any): OdyWebSocketError {
    const hint = this._stale ? ' (its token was for an earlier connection)' : '';
    const words = `${data?.error ?? 'The server refused the subscription'}${hint}`;
    return new OdyWebSocketError('subscription', words, { status: data?.status, channel: (this as any).name });
  }

  /** @internal Somebody has said no. What may pass is tried again. */
  _refuse(error: OdyWebSocketError): void {
    const again = passing(error);
    this._become(Stage.Off);
    if (again) {
      this._later(backoff(this.#failures++, this._client._settings), () => this._try());
    }
    this._refused(error, again);
  }

  /** @internal Does something unless anything else happens before. */
  _later(milliseconds: number, happens: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(happens, milliseconds);
  }

  #halt(): number {
    clearTimeout(this.#timer);
    return ++this.#turn;
  }
}
