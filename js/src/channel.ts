import type { OdyWebSocketClient } from './client.js';
import type { EventMap } from './emitter.js';
import type { OdyWebSocketError } from './errors.js';
import { decode, type Frame } from './connection.js';
import { type Member, Members } from './members.js';
import type { AuthRequest, ChannelAuth, Settings } from './options.js';
import { type Source, Stage, Wish } from './wish.js';

/** What a handler of a channel gets besides the data. */
export interface EventMeta {
  event: string;
  channel: string;
  /** Of a client event in a presence channel: who sent it. The server vouches for it. */
  user_id: string | undefined;
}

/** What every channel tells about itself. Events of the application should have other names. */
export interface ChannelEvents {
  /** The server has confirmed the subscription; also on every new connection. */
  subscription_succeeded: unknown;
  /** There is no subscription, for this reason. */
  subscription_error: OdyWebSocketError;
  /** All members of a presence channel, after every subscription. */
  here: Member[];
  /** A user has joined a presence channel. Also called `member_added`. */
  joining: Member;
  member_added: Member;
  /** A user has left a presence channel. Also called `member_removed`. */
  leaving: Member;
  member_removed: Member;
  /** A cache channel has no event to begin with. */
  cache_miss: unknown;
  /** How many subscriptions there are, where the server tells it. */
  subscription_count: { subscription_count: number };
}

/** Data for a subscription: a token, or a function that gets one for each connection. */
export type SubscribeData = ChannelAuth | ((request: AuthRequest) => ChannelAuth | Promise<ChannelAuth>);

/** What a client event carries, where the types of the events say it. */
export type Published<Events, Name extends string> = Name extends keyof Events
  ? Events[Name]
  : `client-${Name}` extends keyof Events
    ? Events[`client-${Name}`]
    : unknown;

const HELD = 10; // events that wait for the subscription
const HELD_TIME = 10_000; // ms that they are worth sending
const GUARDED = /^(private|presence)-/;

/**
 * A channel that this client is subscribed to, or wants to be. `client.subscribe()` makes it. It stays the same object, with its
 * handlers, over all reconnections.
 */
export class Channel<Events extends EventMap = EventMap> extends Wish<
  Events & ChannelEvents,
  EventMeta,
  ChannelAuth,
  AuthRequest
> {
  /** Its name. */
  readonly name: string;
  /** Who is there, in a presence channel. */
  readonly members: Members;
  /** How many subscriptions there are, where the server tells it; otherwise null. */
  subscriptionCount: number | null = null;
  #left = false;
  #held: { event: string; data: string; at: number }[] = [];

  /** @internal */
  constructor(client: OdyWebSocketClient<any, any>, name: string) {
    super(client);
    this.name = name;
    this.members = new Members(this);
  }

  /** Whether the server has confirmed the subscription on the present connection. */
  get subscribed(): boolean {
    return this._stage === Stage.On;
  }

  /**
   * Sends a client event to everybody else in the channel. Its name begins with `client-`; that is added where it is missing. Before
   * the subscription is confirmed the event waits, for ten seconds at most. What cannot be sent is told as `error`.
   */
  publish<Name extends string>(event: Name, data: Published<Events, Name> = {} as Published<Events, Name>): this {
    const name = event.replace(/^(?!client-)/, 'client-');
    const text = JSON.stringify(data);
    if (this.#left) {
      this.#unsent(name, 'the channel was left');
    } else if (this.subscribed && this._client._send(name, text, this.name)) {
      return this;
    } else if (this.#held.length >= HELD) {
      this.#unsent(name, `${HELD} others wait already`);
    } else {
      this.#held.push({ event: name, data: text, at: Date.now() });
    }
    return this;
  }

  /** Leaves the channel. Its handlers are not called any more; subscribing again makes a new channel. */
  unsubscribe(): this {
    if (!this.#left) {
      this.#left = true;
      this._become(Stage.Off);
      this.#dropHeld('the channel was left');
      this._client._left(this.name);
    }
    return this;
  }

  /** @internal Takes what was given to subscribe(), and tries again where there is no subscription. */
  _give(data: SubscribeData | undefined): void {
    const { _stage: stage } = this;
    if (data) {
      this._take(data);
    }
    if (stage === Stage.Off || (data && stage !== Stage.On)) {
      void this._try();
    }
  }

  /** @internal What comes next begins with nobody. Events that wait go on waiting. */
  override _become(stage: Stage.Off | Stage.On): void {
    super._become(stage);
    this.members._reset();
    this.subscriptionCount = null;
  }

  /** @internal Something for this channel has arrived. */
  _receive({ event, data, user_id }: Frame): void {
    const { members, _stage: stage } = this;
    switch (event) {
      case ':subscription_succeeded':
        if (stage < Stage.Authorizing) {
          this.#confirmed(data);
        }
        break;
      case ':subscription_error':
        if (stage < Stage.Authorizing) {
          this.#refusedByServer(data);
        }
        break;
      case ':member_added':
        this.#both('joining', event, members._add(data?.user_id, data?.user_info));
        break;
      case ':member_removed':
        this.#both('leaving', event, members._remove(data?.user_id));
        break;
      case ':subscription_count':
        this.subscriptionCount = data?.subscription_count;
        this.#tell(event.slice(1), data);
        break;
      case ':cache_miss':
        this.#tell(event.slice(1), data);
        break;
      default:
        this.#tell(event, data, user_id);
    }
  }

  #tell(event: string, data: unknown, user_id?: string): boolean {
    return !this.#left && this._emit(event, data, { event, channel: this.name, user_id });
  }

  #both(event: string, protocols: string, data: unknown): void {
    this.#tell(event, data);
    this.#tell(protocols.slice(1), data);
  }

  /** @internal Only guarded channels have somebody to ask. */
  _source(socket_id: string): Source<ChannelAuth, AuthRequest> {
    const { name, _client: client } = this;
    const { authorizer, authEndpoint } = GUARDED.test(name) ? client._settings : ({} as Settings);
    return [{ socket_id, channel_name: name }, authorizer, authEndpoint];
  }

  /** @internal Where the token says nothing about who this is, the sign-in does, once it is confirmed. */
  _ask(auth: ChannelAuth | undefined): void {
    const { name, _client: client } = this;
    const { user } = client;
    const me = decode(auth?.channel_data)?.user_id ?? user.id;
    this.members.myId = me === null ? null : String(me);
    if (me === null && user._wanted && name.startsWith('presence-')) {
      this._stage = Stage.Waiting;
    } else {
      // The secret of an encrypted channel is none of the server's business.
      client._send('pusher:subscribe', { ...auth, shared_secret: undefined, channel: name });
    }
  }

  #confirmed(data: any): void {
    this._become(Stage.On);
    this.members._reset(data?.presence);
    for (const { event, data, at } of this.#held.splice(0)) {
      if (Date.now() - at > HELD_TIME) {
        this.#unsent(event, 'it waited too long');
      } else {
        this._client._send(event, data, this.name);
      }
    }
    this._client._emit('subscription_succeeded', { channel: this.name });
    this.#tell('subscription_succeeded', data);
    if (data?.presence) {
      this.#tell('here', this.members.all());
    }
  }

  #refusedByServer(data: any): void {
    const error = this._denial(data);
    if (this.subscribed) {
      this._refused(error, true); // another try is refused: the subscription that there is stays
    } else {
      this._refuse(error);
    }
  }

  /** @internal */
  _refused(error: OdyWebSocketError, again: boolean): void {
    const known = this.#tell('subscription_error', error);
    if (!again) {
      this.#dropHeld('there is no subscription');
    }
    if (!this._client._emit('subscription_error', error) && !known && error.type === 'auth') {
      this._client._tell('error', error); // of what the server refuses it tells by itself
    }
  }

  #dropHeld(why: string): void {
    this.#held.splice(0).forEach(({ event }) => this.#unsent(event, why));
  }

  #unsent(event: string, why: string): void {
    const words = `${event} was not sent to ${this.name}: ${why}.`;
    this._client._report('publish', words, { channel: this.name });
  }
}
