import type { OdyWebSocketError } from './errors.js';

/**
 * What the connection is doing:
 * - `disconnected`: nothing, because nobody wants it, or no longer
 * - `connecting`: an attempt is under way
 * - `connected`: the server has greeted the client
 * - `unavailable`: the line is lost or the server cannot be reached; the next attempt comes after a wait
 * - `failed`: it has given up, because the server refused the client or `reconnectAttempts` are used up
 */
export type ConnectionState = 'disconnected' | 'connecting' | 'connected' | 'unavailable' | 'failed';

/** An event as it came. */
export interface Message {
  event: string;
  /** Null where the server spoke to this one client. */
  channel: string | null;
  data: any;
  /** Of a client event in a presence channel: who sent it. */
  user_id: string | undefined;
}

/** What the client itself tells. */
export interface ClientEvents {
  /** The state has changed. */
  state: { current: ConnectionState; previous: ConnectionState };
  /** An attempt begins. */
  connecting: { current: ConnectionState; previous: ConnectionState };
  /** The server has greeted the client. */
  connected: { socket_id: string };
  /** The same, with the id alone. */
  socket_id: string;
  /** A connection has ended, whoever ended it. */
  disconnected: { code: number; reason: string };
  /** There is no connection; `reconnecting` has said when the next attempt comes. */
  unavailable: { current: ConnectionState; previous: ConnectionState };
  /** The client has given up. Only `connect()` makes it try again. */
  failed: OdyWebSocketError;
  /** Another attempt comes after so many milliseconds; the first one after a loss has the number 1. */
  reconnecting: { attempt: number; delay: number };
  /** There is a connection again. Channels are subscribed to anew. */
  reconnected: { socket_id: string };
  /** As `failed`: after so many attempts. */
  reconnect_failed: { attempts: number };
  /** Something went wrong. Without a handler it is written to the console. */
  error: OdyWebSocketError;
  /** The server has confirmed a subscription. */
  subscription_succeeded: { channel: string };
  /** There is no subscription; `channel` and `message` of the error say which and why. */
  subscription_error: OdyWebSocketError;
  /** A channel was left. */
  unsubscribed: { channel: string };
  /** The server has confirmed who the user is. */
  signed_in: { user_id: string };
  /** Any event of the application, on any channel. */
  message: Message;
}
