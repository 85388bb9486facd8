export { Channel, type ChannelEvents, type EventMeta, type Published, type SubscribeData } from './channel.js';
export { type ChannelMap, OdyWebSocketClient } from './client.js';
export { Emitter, type EventMap, type Handler } from './emitter.js';
export { type ErrorDetails, type ErrorType, OdyWebSocketError } from './errors.js';
export type { ClientEvents, ConnectionState, Message } from './events.js';
export { type Member, Members } from './members.js';
export type {
  Asked,
  AuthRequest,
  ChannelAuth,
  ClientOptions,
  SomeOptions,
  UserAuth,
  WebSocketLike,
} from './options.js';
export { type SigninData, User, type WatchlistEvent, type WatchlistEvents } from './user.js';
export { OdyWebSocketClient as default } from './client.js';
