declare const VERSION: string; // of the package, put in by the build

/** What the client needs of a WebSocket. That of browsers fits, and that of the package `ws`. */
export interface WebSocketLike {
  readonly readyState: number;
  onmessage: ((event: any) => void) | null;
  onclose: ((event: any) => void) | null;
  onerror: ((event: any) => void) | null;
  send(data: string): void;
  close(code?: number, reason?: string): void;
}

/** Who asks for a token, and for what. The names are those of the request to the auth endpoint. */
export interface AuthRequest {
  /** The connection that the token is for. It is worth nothing on any other. */
  socket_id: string;
  channel_name: string;
}

/** A token for a private channel, or with `channel_data` for a presence channel. */
export interface ChannelAuth {
  auth?: string;
  /** Who this is, as JSON text: `{"user_id": …, "user_info": …}`. It is signed, so it must stay as it is. */
  channel_data?: string;
  [more: string]: unknown;
}

/** A token for signing in. */
export interface UserAuth {
  auth: string;
  /** Who this is, as JSON text: `{"id": …, "user_info": …, "watchlist": …}`. */
  user_data: string;
}

/** A value, or a function that is asked for it each time. */
export type Asked<T> = T | (() => T | Promise<T>);

/** How the client behaves. All times are in milliseconds. */
export interface ClientOptions {
  /** Connect at once. With `false` the client waits for `connect()`. Default: true. */
  autoConnect: boolean;
  /** How often to try again, in a row, before the client gives up. Default: for ever. */
  reconnectAttempts: number;
  /** The first wait between two attempts; the next ones are longer. Default: 1000. */
  reconnectDelay: number;
  /** The longest wait between two attempts. Default: 30000. */
  reconnectDelayMax: number;
  /** How long an attempt may take until the server has greeted the client. Default: 10000. */
  connectTimeout: number;
  /** Silence after which the client asks whether the line is alive; the server's own value counts when it is lower. Default: 120000. */
  activityTimeout: number;
  /** How long the answer to that may take. Default: 30000. */
  pongTimeout: number;
  /** Where tokens for private and presence channels come from, such as `/broadcasting/auth`. */
  authEndpoint: string;
  /** Where tokens for signing in come from, such as `/broadcasting/user-auth`. */
  userAuthEndpoint: string;
  /** Headers for both endpoints, or a function that returns them. */
  authHeaders: Asked<Record<string, string>>;
  /** Whether cookies go to the endpoints: `same-origin`, `include` or `omit`. Default: same-origin. */
  authCredentials: 'same-origin' | 'include' | 'omit';
  /** Sent to both as X-CSRF-TOKEN: `() => document.querySelector('meta[name=csrf-token]').content`. */
  csrfToken: Asked<string>;
  /** Gets tokens for channels in a way of your own; `authEndpoint` is not used then. */
  authorizer: (request: AuthRequest) => ChannelAuth | Promise<ChannelAuth>;
  /** Gets tokens for signing in in a way of your own; `userAuthEndpoint` is not used then. */
  userAuthorizer: (request: { socket_id: string }) => UserAuth | Promise<UserAuth>;
  /** The WebSocket to use. Default: the global one; Node before 22 has none. */
  WebSocket: new (url: string) => WebSocketLike;
  /** Write what happens to the console. Tokens and data are left out. Default: false. */
  debug: boolean;
}

/** Any of the options. One that is undefined is as good as none. */
export type SomeOptions = { [Name in keyof ClientOptions]?: ClientOptions[Name] | undefined };

type Defaults =
  | 'autoConnect'
  | 'reconnectAttempts'
  | 'reconnectDelay'
  | 'reconnectDelayMax'
  | 'connectTimeout'
  | 'activityTimeout'
  | 'pongTimeout'
  | 'WebSocket';

/** @internal */
export type Settings = Partial<ClientOptions> & Pick<ClientOptions, Defaults>;

/** @internal */
export function settingsOf(options: SomeOptions): Settings {
  const settings = {
    autoConnect: true,
    reconnectAttempts: Infinity,
    reconnectDelay: 1000,
    reconnectDelayMax: 30_000,
    connectTimeout: 10_000,
    activityTimeout: 120_000,
    pongTimeout: 30_000,
    WebSocket: globalThis.WebSocket as ClientOptions['WebSocket'],
    ...(Object.fromEntries(
      Object.entries(options).filter(([, value]) => value !== undefined),
    ) as Partial<ClientOptions>),
  };
  if (!settings.WebSocket) {
    throw new TypeError('There is no WebSocket: give one in the options.');
  }
  return settings;
}

/** @internal The address of an app: that of the server, with its path and query, and what the protocol asks for. */
export function addressOf(server: string, apiKey: string): string {
  const [, rest, query] = /^(?:ws|http)(s?:\/\/[^/?#]+[^?#]*?)\/*(?:\?([^#]*))?(?:#.*)?$/i.exec(server) ?? [];
  if (!rest || !apiKey) {
    throw new TypeError(`A URL like ws://example.com:9502 and an API key are needed, not "${server}" and "${apiKey}".`);
  }
  const asked = `protocol=7&client=ody-js&version=${VERSION}`;
  return `ws${rest}/app/${encodeURIComponent(apiKey)}?${query ? `${query}&` : ''}${asked}`;
}
