/**
 * Where an error comes from:
 * - `connection`: the server cannot be reached, refused the client, or broke the protocol
 * - `server`: the server says that something that this client did is wrong
 * - `auth`: no token could be had
 * - `subscription`: the server refused a subscription
 * - `publish`: a client event could not be sent
 * - `message`: something arrived that cannot be read
 * - `handler`: a handler of the application threw; what it threw is the `cause`
 */
export type ErrorType = 'connection' | 'server' | 'auth' | 'subscription' | 'publish' | 'message' | 'handler';

/** What an error may say besides its sentence. */
export interface ErrorDetails {
  /** The protocol's code, or the code that the connection was closed with. */
  code?: number | undefined;
  /** The HTTP status of the auth endpoint (0: no answer), or that of a refused subscription. */
  status?: number | undefined;
  /** The channel that it is about. */
  channel?: string | undefined;
  /** What was thrown. */
  cause?: unknown;
}

/** Every error that the client tells about. Its `message` is a sentence for people. */
export class OdyWebSocketError extends Error implements ErrorDetails {
  /** Where it comes from. */
  declare readonly type: ErrorType;
  declare readonly code?: number | undefined;
  declare readonly status?: number | undefined;
  declare readonly channel?: string | undefined;

  /** @internal */
  constructor(type: ErrorType, message: string, details: ErrorDetails = {}) {
    super(message);
    Object.assign(this, details, { name: 'OdyWebSocketError', type });
  }
}

/** @internal The sentence of anything that was thrown. */
export function wordsOf(thrown: any): string {
  try {
    return String(thrown?.message ?? thrown);
  } catch {
    return typeof thrown; // an object that cannot be written
  }
}
