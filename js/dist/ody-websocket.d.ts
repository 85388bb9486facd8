/** A handler of an event. It gets the event's data, and what else is known about the event. */
export type Handler<Data, Meta = void> = (data: Data, meta: Meta) => void;
/** Names of events, and the data that each of them carries. */
export type EventMap = Record<string, any>;
/**
 * Something that has events. `Events` maps their names to their data.
 *
 * A handler that throws harms no other handler: the exception is told to the client's `error` handlers.
 */
export declare class Emitter<Events, Meta = void> {
	#private;
	/** Calls the handler at every such event, until `off()`. */
	on<Name extends keyof Events & string>(event: Name, handler: Handler<Events[Name], Meta>): this;
	/** Calls the handler at the next such event only. */
	once<Name extends keyof Events & string>(event: Name, handler: Handler<Events[Name], Meta>): this;
	/** Removes a handler of an event; without a handler all of that event; without an event all there are. */
	off<Name extends keyof Events & string>(event?: Name, handler?: Handler<Events[Name], Meta>): this;
}
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
export type ErrorType = "connection" | "server" | "auth" | "subscription" | "publish" | "message" | "handler";
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
export declare class OdyWebSocketError extends Error implements ErrorDetails {
	/** Where it comes from. */
	readonly type: ErrorType;
	readonly code?: number | undefined;
	readonly status?: number | undefined;
	readonly channel?: string | undefined;
}
/** A user in a presence channel, however many connections they have. */
export interface Member<Info = any> {
	user_id: string;
	user_info: Info;
}
/**
 * Who is in a presence channel. It is complete from `subscription_succeeded` on, and empty while there is no
 * subscription.
 *
 * ```js
 * channel.members.here((members) => list(members)).joining((member) => add(member)).leaving((member) => remove(member));
 * for (const { user_id, user_info } of channel.members) { … }
 * ```
 */
export declare class Members<Info = any> implements Iterable<Member<Info>> {
	#private;
	/** The id that this client has in the channel; null while it is not known. */
	myId: string | null;
	/** How many users there are. */
	get count(): number;
	/** This client's own user; null while it is not in the channel. */
	get me(): Member<Info> | null;
	/** A user by id; null when they are not in the channel. */
	get(id: string | number): Member<Info> | null;
	/** All users. */
	all(): Member<Info>[];
	[Symbol.iterator](): Iterator<Member<Info>>;
	/** Calls back with all users after every subscription, also after one that was renewed on a new connection. */
	here(handler: (members: Member<Info>[]) => void): this;
	/** Calls back with every user whose first connection joins. */
	joining(handler: (member: Member<Info>) => void): this;
	/** Calls back with every user whose last connection leaves. */
	leaving(handler: (member: Member<Info>) => void): this;
}
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
	authCredentials: "same-origin" | "include" | "omit";
	/** Sent to both as X-CSRF-TOKEN: `() => document.querySelector('meta[name=csrf-token]').content`. */
	csrfToken: Asked<string>;
	/** Gets tokens for channels in a way of your own; `authEndpoint` is not used then. */
	authorizer: (request: AuthRequest) => ChannelAuth | Promise<ChannelAuth>;
	/** Gets tokens for signing in in a way of your own; `userAuthEndpoint` is not used then. */
	userAuthorizer: (request: {
		socket_id: string;
	}) => UserAuth | Promise<UserAuth>;
	/** The WebSocket to use. Default: the global one; Node before 22 has none. */
	WebSocket: new (url: string) => WebSocketLike;
	/** Write what happens to the console. Tokens and data are left out. Default: false. */
	debug: boolean;
}
/** Any of the options. One that is undefined is as good as none. */
export type SomeOptions = {
	[Name in keyof ClientOptions]?: ClientOptions[Name] | undefined;
};
declare abstract class Wish<Events, Meta, Token extends {
	auth?: string;
}, Asked extends {
	socket_id: string;
}> extends Emitter<Events, Meta> {
	#private;
}
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
	subscription_count: {
		subscription_count: number;
	};
}
/** Data for a subscription: a token, or a function that gets one for each connection. */
export type SubscribeData = ChannelAuth | ((request: AuthRequest) => ChannelAuth | Promise<ChannelAuth>);
/** What a client event carries, where the types of the events say it. */
export type Published<Events, Name extends string> = Name extends keyof Events ? Events[Name] : `client-${Name}` extends keyof Events ? Events[`client-${Name}`] : unknown;
/**
 * A channel that this client is subscribed to, or wants to be. `client.subscribe()` makes it. It stays the same object, with its
 * handlers, over all reconnections.
 */
export declare class Channel<Events extends EventMap = EventMap> extends Wish<Events & ChannelEvents, EventMeta, ChannelAuth, AuthRequest> {
	#private;
	/** Its name. */
	readonly name: string;
	/** Who is there, in a presence channel. */
	readonly members: Members;
	/** How many subscriptions there are, where the server tells it; otherwise null. */
	subscriptionCount: number | null;
	/** Whether the server has confirmed the subscription on the present connection. */
	get subscribed(): boolean;
	/**
	 * Sends a client event to everybody else in the channel. Its name begins with `client-`; that is added where it is missing. Before
	 * the subscription is confirmed the event waits, for ten seconds at most. What cannot be sent is told as `error`.
	 */
	publish<Name extends string>(event: Name, data?: Published<Events, Name>): this;
	/** Leaves the channel. Its handlers are not called any more; subscribing again makes a new channel. */
	unsubscribe(): this;
}
/**
 * What the connection is doing:
 * - `disconnected`: nothing, because nobody wants it, or no longer
 * - `connecting`: an attempt is under way
 * - `connected`: the server has greeted the client
 * - `unavailable`: the line is lost or the server cannot be reached; the next attempt comes after a wait
 * - `failed`: it has given up, because the server refused the client or `reconnectAttempts` are used up
 */
export type ConnectionState = "disconnected" | "connecting" | "connected" | "unavailable" | "failed";
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
	state: {
		current: ConnectionState;
		previous: ConnectionState;
	};
	/** An attempt begins. */
	connecting: {
		current: ConnectionState;
		previous: ConnectionState;
	};
	/** The server has greeted the client. */
	connected: {
		socket_id: string;
	};
	/** The same, with the id alone. */
	socket_id: string;
	/** A connection has ended, whoever ended it. */
	disconnected: {
		code: number;
		reason: string;
	};
	/** There is no connection; `reconnecting` has said when the next attempt comes. */
	unavailable: {
		current: ConnectionState;
		previous: ConnectionState;
	};
	/** The client has given up. Only `connect()` makes it try again. */
	failed: OdyWebSocketError;
	/** Another attempt comes after so many milliseconds; the first one after a loss has the number 1. */
	reconnecting: {
		attempt: number;
		delay: number;
	};
	/** There is a connection again. Channels are subscribed to anew. */
	reconnected: {
		socket_id: string;
	};
	/** As `failed`: after so many attempts. */
	reconnect_failed: {
		attempts: number;
	};
	/** Something went wrong. Without a handler it is written to the console. */
	error: OdyWebSocketError;
	/** The server has confirmed a subscription. */
	subscription_succeeded: {
		channel: string;
	};
	/** There is no subscription; `channel` and `message` of the error say which and why. */
	subscription_error: OdyWebSocketError;
	/** A channel was left. */
	unsubscribed: {
		channel: string;
	};
	/** The server has confirmed who the user is. */
	signed_in: {
		user_id: string;
	};
	/** Any event of the application, on any channel. */
	message: Message;
}
declare abstract class Connection extends Emitter<ClientEvents> {
	#private;
	/** What the connection is doing. */
	get state(): ConnectionState;
	/** Whether the server has greeted the client and the connection has not ended. */
	isConnected(): boolean;
	/** The id of this connection, which tokens are made for; null while there is none. */
	getSocketId(): string | null;
	/**
	 * Connects, unless that is done or under way. Does not wait for an attempt that is due later.
	 *
	 * @returns resolves with the socket id when connected; rejects when the client gives up, or `disconnect()` is called
	 */
	connect(): Promise<string>;
	/** Ends the connection. Channels and handlers stay: `connect()` subscribes to them again. */
	disconnect(): void;
	/** Asks the server for a sign of life. Resolves with the milliseconds until it came; rejects when there is no connection. */
	ping(): Promise<number>;
}
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
export type SigninData = UserAuth | ((request: {
	socket_id: string;
}) => UserAuth | Promise<UserAuth>);
/** Who the client is signed in as. Its events are those that the server sends to this user, on all their connections. */
export declare class User<Events extends EventMap = EventMap> extends Wish<Events, void, UserAuth, {
	socket_id: string;
}> {
	#private;
	/** The user's id; null while nobody is signed in. */
	id: string | null;
	/** All that the server was told of the user; null while nobody is signed in. */
	data: any;
	/** Tells which of the users that this one watches are online. */
	readonly watchlist: Emitter<WatchlistEvents>;
}
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
export declare class OdyWebSocketClient<Channels extends {
	[Name in keyof Channels]: EventMap;
} = ChannelMap, UserEvents extends EventMap = EventMap> extends Connection {
	#private;
	/** Who is signed in, and the events sent to them. */
	readonly user: User<UserEvents>;
	/**
	 * Connects at once, unless `autoConnect` is false.
	 *
	 * @param url of the server, with the path that it is behind: `wss://example.com/ws`
	 * @param apiKey which app this is
	 * @throws TypeError when one of them cannot be right, or there is no WebSocket here
	 */
	constructor(url: string, apiKey: string, options?: SomeOptions);
	/**
	 * Subscribes, now or as soon as there is a connection, and again on every later one.
	 *
	 * Private and presence channels need a token. With `authEndpoint` or `authorizer` the client gets one itself. Otherwise give it here: as
	 * a function, which is asked for each connection, or as it is. A token is for one connection: on the next one the same is tried
	 * again, because a server may have rules of its own, and refused otherwise; then call `subscribe()` again with another.
	 *
	 * @returns the channel; the same one as before when there is one
	 */
	subscribe<Name extends keyof Channels & string>(name: Name, data?: SubscribeData): Channel<Channels[Name]>;
	/** Leaves a channel, if it is there. */
	unsubscribe<Name extends keyof Channels & string>(name: Name): void;
	/** A channel that was subscribed to, or undefined. */
	channel<Name extends keyof Channels & string>(name: Name): Channel<Channels[Name]> | undefined;
	/**
	 * Sends a client event to everybody else in a channel, as `channel.publish()` does.
	 *
	 * @throws Error when the channel was not subscribed to
	 */
	publish<Name extends keyof Channels & string, Event extends string>(name: Name, event: Event, data?: Published<Channels[Name], Event>): Channel<Channels[Name]>;
	/**
	 * Says who the user is, now and on every later connection. Then `client.user` has their events, and those of their watchlist.
	 *
	 * @param data a token, or a function that gets one for each connection; without it `userAuthorizer` or `userAuthEndpoint` is asked
	 * @returns resolves with `client.user`; rejects when that is refused. What may pass, such as an endpoint that is down, is
	 * tried again all the same. Without `data`, who is signed in already stays so.
	 */
	signin(data?: SigninData): Promise<User<UserEvents>>;
}

export {
	OdyWebSocketClient as default,
};

export {};
