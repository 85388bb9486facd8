import { fetchToken } from './auth.js';
import { backoff } from './backoff.js';
import type { OdyWebSocketClient } from './client.js';
import { Emitter } from './emitter.js';
import { OdyWebSocketError, wordsOf } from './errors.js';

/** Whether trying again may help: nobody answered, or the answer was that it is too much just now. */
const passing = ({ type, status }: OdyWebSocketError): boolean =>
  status === undefined ? type === 'auth' : status === 0 || status === 429 || status >= 500;

/** What became of a wish on the present connection. */
export const enum Stage {
  Off,
  Authorizing,
  Asked,
  On,
}

/**
 * Something that the client wants of the server on every connection, and that needs a token: a channel, or to be
 * signed in.
 */
export abstract class Wish<Events, Meta, Token> extends Emitter<Events, Meta> {
  /** @internal */
  _stage = Stage.Off;
  /** @internal */
  readonly _client: OdyWebSocketClient<any, any>;
  #turn = 0; // tells an attempt from those before it
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @internal */
  constructor(client: OdyWebSocketClient<any, any>) {
    super(client._handlerFailed);
    this._client = client;
  }

  /** @internal Asks for a token; undefined: there is nobody to ask. */
  _fetch<T>(
    authorizer: ((request: any) => T | Promise<T>) | undefined,
    endpoint: string | undefined,
    request: object,
  ): T | Promise<T> | undefined {
    return authorizer
      ? authorizer(request)
      : endpoint
        ? fetchToken(endpoint, request, this._client._settings)
        : undefined;
  }

  /** @internal Says or gets a token for a connection. */
  abstract _token(socketId: string): Token | Promise<Token>;

  /** @internal Gives the token to the server. */
  abstract _ask(token: Token): void;

  /** @internal Hears why that did not work, and whether it is tried again. */
  abstract _refused(error: OdyWebSocketError, again: boolean): void;

  /** @internal Tries it, if there is a connection. */
  async _try(): Promise<void> {
    const socketId = this._client.getSocketId();
    const turn = this.#halt();
    if (socketId !== null) {
      this._stage = Stage.Authorizing;
      try {
        const token = await this._token(socketId);
        if (turn === this.#turn) {
          this._stage = Stage.Asked;
          this._ask(token);
        }
      } catch (cause) {
        if (turn === this.#turn) {
          const { status } = Object(cause) as { status?: number };
          const { name: channel } = this as { name?: string };
          this._refuse(
            new OdyWebSocketError('auth', `There is no token: ${wordsOf(cause)}`, { status, channel, cause }),
          );
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
    this.#timer = setTimeout(happens, milliseconds);
  }

  #halt(): number {
    clearTimeout(this.#timer);
    return ++this.#turn;
  }
}
