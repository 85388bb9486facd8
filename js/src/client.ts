import { Channel, type Published, type SubscribeData } from './channel.js';
import { Connection, type Frame } from './connection.js';
import type { EventMap } from './emitter.js';
import type { SomeOptions } from './options.js';
import { type SigninData, User } from './user.js';
import { Stage } from './wish.js';

/** Channel names, or patterns of them, and the events that each has. */
export type ChannelMap = Record<string, EventMap>;

/**
 * A connection to an Ody WebSocket server, or to any other that speaks Pusher's protocol 7.
 *
 * ```js
 * const client = new OdyWebSocketClient('ws://example.com:9502', 'api-key');
 * const channel = client.subscribe('my-channel');
 * channel.on('new-message', (data) => console.log(data.text));
 * channel.publish('client-typing', { user: 'John' });
 * ```
 *
 * In TypeScript `Channels` says which channels have which events, and `UserEvents` what is sent to the signed-in user:
 *
 * ```ts
 * interface Channels {
 *   'my-channel': { 'new-message': { text: string }; 'client-typing': { user: string } };
 *   [room: `presence-room-${string}`]: { 'new-message': { text: string } };
 * }
 * const client = new OdyWebSocketClient<Channels>('ws://example.com:9502', 'api-key');
 * ```
 */
export class OdyWebSocketClient<
  Channels extends { [Name in keyof Channels]: EventMap } = ChannelMap,
  UserEvents extends EventMap = EventMap,
> extends Connection {
  /** Who is signed in, and the events sent to them. */
  readonly user: User<UserEvents>;
  #channels = new Map<string, Channel<any>>();

  /**
   * Connects at once, unless `autoConnect` is false.
   *
   * @param url of the server, with the path that it is behind: `wss://example.com/ws`
   * @param apiKey which app this is
   * @throws TypeError when one of them cannot be right, or there is no WebSocket here
   */
  constructor(url: string, apiKey: string, options: SomeOptions = {}) {
    super(url, apiKey, options);
    this.user = new User(this);
  }

  /**
   * Subscribes, now or as soon as there is a connection, and again on every later one.
   *
   * Private and presence channels need a token. With `authEndpoint` or `authorizer` the client gets one itself. Otherwise give it here: as
   * a function, which is asked for each connection, or as it is. A token is for one connection: on the next one the same is tried
   * again, because a server may have rules of its own, and refused otherwise; then call `subscribe()` again with another.
   *
   * @returns the channel; the same one as before when there is one
   */
  subscribe<Name extends keyof Channels & string>(name: Name, data?: SubscribeData): Channel<Channels[Name]> {
    let channel = this.#channels.get(name);
    if (!channel) {
      channel = new Channel(this, name);
      this.#channels.set(name, channel);
    }
    channel._give(data);
    return channel;
  }

  /** Leaves a channel, if it is there. */
  unsubscribe<Name extends keyof Channels & string>(name: Name): void {
    this.#channels.get(name)?.unsubscribe();
  }

  /** A channel that was subscribed to, or undefined. */
  channel<Name extends keyof Channels & string>(name: Name): Channel<Channels[Name]> | undefined {
    return this.#channels.get(name);
  }

  /**
   * Sends a client event to everybody else in a channel, as `channel.publish()` does.
   *
   * @throws Error when the channel was not subscribed to
   */
  publish<Name extends keyof Channels & string, Event extends string>(
    name: Name,
    event: Event,
    data?: Published<Channels[Name], Event>,
  ): Channel<Channels[Name]> {
    const channel = this.channel(name);
    if (!channel) {
      throw new Error(`Subscribe to ${name} before you publish.`);
    }
    return channel.publish(event, data);
  }

  /**
   * Says who the user is, now and on every later connection. Then `client.user` has their events, and those of their watchlist.
   *
   * @param data a token, or a function that gets one for each connection; without it `userAuthorizer` or `userAuthEndpoint` is asked
   * @returns resolves with `client.user`; rejects when that is refused. What may pass, such as an endpoint that is down, is
   * tried again all the same. Without `data`, who is signed in already stays so.
   */
  signin(data?: SigninData): Promise<User<UserEvents>> {
    return this.user._signin(data);
  }

  /** @internal A channel was left. */
  _left(channel: string): void {
    this.#channels.delete(channel);
    this._send('pusher:unsubscribe', { channel });
    this._emit('unsubscribed', { channel });
  }

  /** @internal */
  override _up(stage = Stage.Off): void {
    this.#wishes().forEach((wish) => wish._stage === stage && wish._try());
  }

  /** @internal */
  override _down(): void {
    this.#wishes().forEach((wish) => wish._become(Stage.Off));
  }

  /** @internal */
  override _frame(frame: Frame): void {
    const { event, channel = null, data, user_id } = frame;
    frame.event = event.replace(/^pusher(_internal)?:/, ':');
    if (this.user._receive(frame)) {
      return;
    }
    if (frame.event === ':error') {
      this._report('server', String(data?.message), { code: data?.code ?? undefined });
      return;
    }
    if (channel !== null) {
      this.#channels.get(channel)?._receive(frame);
    }
    if (frame.event === event) {
      this._emit('message', { event, channel, data, user_id });
    }
  }

  #wishes(): (User<UserEvents> | Channel<any>)[] {
    return [this.user, ...this.#channels.values()];
  }
}
