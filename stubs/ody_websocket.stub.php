<?php

/*
 * The classes of the extension ody_websocket, for editors and static analysers. Nothing loads this file
 * when a program runs. It is made of ext/*.stub.php by tests/tools/make-stubs.php.
 */

namespace Ody\Websocket\Channel {
    /**
     * Makes and checks the tokens that let a client into private and presence channels: Pusher's
     * `key:hex`, where hex is the HMAC-SHA256 of socket id, channel and channel data.
     *
     * The secret is held outside of PHP's properties, so dumps and traces do not show it.
     */
    class ChannelAuthGenerator
    {
        /**
         *     $generator = new ChannelAuthGenerator($secretKey, $apiKey);
         *
         * @param string $secretKey signs; the server's `secret_key`
         * @param string|null $apiKey the server's `api_key`, the first half of every token. Without it
         *                            tokens can be checked but not made.
         * @throws \ValueError when a key is empty, or the API key has a colon in it
         */
        public function __construct(#[\SensitiveParameter] string $secretKey, ?string $apiKey = null) {}

        /**
         * The token for a private channel.
         *
         *     echo json_encode(['auth' => $generator->generatePrivateAuth($socketId, 'private-orders')]);
         *
         * @throws \ValueError when the socket id is not digits, a dot and digits, or the channel's name
         *                     is invalid or does not begin with "private-"
         * @throws \LogicException without an API key: the server would refuse the token
         */
        public function generatePrivateAuth(string $socketId, string $channel): string {}

        /**
         * The token for a presence channel. The client must get channelData() of the same user with it.
         *
         *     $user = ['user_id' => '7', 'user_info' => ['name' => 'Ada']];
         *     echo json_encode([
         *         'auth' => $generator->generatePresenceAuth($socketId, 'presence-room', $user),
         *         'channel_data' => $generator->channelData($user),
         *     ]);
         *
         * @param mixed[] $userData `user_id` (string or integer) and optionally `user_info`
         * @throws \ValueError as generatePrivateAuth (with "presence-"), and when `user_id` is missing
         * @throws \LogicException without an API key
         * @throws \Ody\Websocket\Channel\Exceptions\MessageException when the data cannot be JSON
         */
        public function generatePresenceAuth(string $socketId, string $channel, array $userData): string {}

        /**
         * The JSON text that generatePresenceAuth() signs for this user: the `channel_data` that the
         * authentication endpoint answers beside `auth`.
         *
         *     $generator->channelData(['user_id' => '7']);   // {"user_id":"7"}
         *
         * @param mixed[] $userData as generatePresenceAuth()
         * @throws \ValueError when `user_id` is missing
         * @throws \Ody\Websocket\Channel\Exceptions\MessageException when the data cannot be JSON
         */
        public function channelData(array $userData): string {}

        /**
         * The token that signs a user in (pusher:signin). The client must get userData() of the same user
         * with it.
         *
         *     $user = ['id' => '7'];
         *     echo json_encode(['auth' => $generator->generateUserAuth($socketId, $user), 'user_data' => $generator->userData($user)]);
         *
         * @param mixed[] $userData `id` (a non-empty string; the server takes no other) and anything else
         * @throws \ValueError when the socket id is not one, or `id` is missing
         * @throws \LogicException without an API key
         * @throws \Ody\Websocket\Channel\Exceptions\MessageException when the data cannot be JSON
         */
        public function generateUserAuth(string $socketId, array $userData): string {}

        /**
         * The JSON text that generateUserAuth() signs for this user: the `user_data` that the
         * authentication endpoint answers beside `auth`.
         *
         *     $generator->userData(['id' => '7']);   // {"id":"7"}
         *
         * @param mixed[] $userData as generateUserAuth()
         * @throws \ValueError when `id` is missing
         * @throws \Ody\Websocket\Channel\Exceptions\MessageException when the data cannot be JSON
         */
        public function userData(array $userData): string {}

        /**
         * Whether the token is right for that socket and private channel. Compares in constant time.
         * Without an API key only the signature counts, with or without a key before it.
         *
         *     if (!$generator->validatePrivateAuth($socketId, 'private-orders', $token)) { … }
         */
        public function validatePrivateAuth(string $socketId, string $channel, string $authSignature): bool {}

        /**
         * The user's data when the token is right for that socket, presence channel and data, else false.
         *
         *     $user = $generator->validatePresenceAuth($socketId, 'presence-room', $token, $channelData);
         *
         * @param string|null $channelData the JSON text exactly as the client sent it. Null: the token has
         *                                 it at its end, after a colon (`key:hex:json` or `hex:json`).
         * @return mixed[]|false the user
         */
        public function validatePresenceAuth(string $socketId, string $channel, string $authSignature, ?string $channelData = null): array|false {}
    }
}

namespace Ody\Websocket\Channel {
    /**
     * Speaks to a running server over its Unix socket, from any PHP process. The connection is made by
     * the first call, kept from request to request, and made anew when the server was restarted.
     *
     * Every method but the constructor throws
     * \Ody\Websocket\Exceptions\ConnectionException when no server answers.
     */
    class ChannelClient
    {
        /**
         * Connects to nothing yet.
         *
         *     $client = new ChannelClient('/srv/app/storage/websocket/ody.sock', timeout: 2.0);
         *
         * @param string $socketPath the server's `socket.path`
         * @param float $connectTimeout seconds, 0.001 to 600
         * @param float $timeout seconds to wait for each answer, 0.001 to 600
         * @param string $missingChannel what publish() does about a channel without subscribers: "throw" or "ignore"
         * @throws \ValueError
         */
        public function __construct(string $socketPath, float $connectTimeout = 1.0, float $timeout = 5.0, string $missingChannel = 'throw') {}

        /**
         * Publishes an event to a channel. Cache channels and #server-to-user- channels always exist.
         *
         *     $count = $client->publish('my-channel', 'new-message', ['text' => 'Hello']);
         *
         * @param mixed[] $data sent as JSON
         * @param string|null $except the socket id of a client that must not get it
         * @return int how many subscribers the message went to
         * @throws \Ody\Websocket\Channel\Exceptions\ChannelNotFoundException when nobody is subscribed (unless "ignore")
         * @throws \Ody\Websocket\Channel\Exceptions\ChannelException when the channel's name is invalid
         * @throws \Ody\Websocket\Channel\Exceptions\MessageException when name or data of the event is unusable
         * @throws \Ody\Websocket\Exceptions\OutcomeUnknownException when it may have been published: no answer came
         * @throws \ValueError when $except is not a socket id
         * @throws \Ody\Websocket\Exceptions\ConnectionException when no server answers
         */
        public function publish(string $channel, string $event, array $data, ?string $except = null): int {}

        /**
         * Publishes one event to several channels, skipping those without subscribers.
         *
         *     $count = $client->publishToChannels(['orders', 'audit'], 'order-shipped', ['id' => 7]);
         *
         * @param string[] $channels at most `limits.channels_per_publish`; a name given twice counts once
         * @param mixed[] $data sent as JSON
         * @param string|null $except the socket id of a client that must not get it
         * @return int how many subscribers the message went to, over all channels
         * @throws \TypeError when a channel is not a string
         * @throws \Ody\Websocket\Channel\Exceptions\ChannelException when a channel's name is invalid, or there are too many
         * @throws \Ody\Websocket\Channel\Exceptions\MessageException when name or data of the event is unusable
         * @throws \Ody\Websocket\Exceptions\OutcomeUnknownException when it may have been published: no answer came
         * @throws \ValueError when $except is not a socket id
         * @throws \Ody\Websocket\Exceptions\ConnectionException when no server answers
         */
        public function publishToChannels(array $channels, string $event, array $data, ?string $except = null): int {}

        /**
         * Sends an event to one client.
         *
         *     $delivered = $client->whisper('1.4503599627370495', 'hint', ['text' => 'Only for you']);
         *
         * @param string $clientId the client's socket id
         * @param mixed[] $data sent as JSON
         * @param string|null $channel a channel that the client must be subscribed to; the event comes on it
         * @return bool false when the client is not connected, or not subscribed to $channel
         * @throws \Ody\Websocket\Channel\Exceptions\ChannelException when the channel's name is invalid
         * @throws \Ody\Websocket\Channel\Exceptions\MessageException when name or data of the event is unusable
         * @throws \Ody\Websocket\Exceptions\ConnectionException when no server answers
         */
        public function whisper(string $clientId, string $event, array $data, ?string $channel = null): bool {}

        /**
         * The clients that are subscribed to a channel.
         *
         *     foreach ($client->getSubscribers('my-channel') as $socketId) { … }
         *
         * @return string[] their socket ids, in no order
         * @phpstan-return list<string>
         * @throws \Ody\Websocket\Channel\Exceptions\ChannelException when the channel's name is invalid
         * @throws \Ody\Websocket\Exceptions\ConnectionException when no server answers
         */
        public function getSubscribers(string $channel): array {}

        /**
         * Whether that client is subscribed to a channel; false as well when it is not connected.
         *
         *     if ($client->isSubscribed($socketId, 'my-channel')) { … }
         *
         * @param string $clientId the client's socket id
         * @throws \Ody\Websocket\Channel\Exceptions\ChannelException when the channel's name is invalid
         * @throws \Ody\Websocket\Exceptions\ConnectionException when no server answers
         */
        public function isSubscribed(string $clientId, string $channel): bool {}

        /**
         * Whether a channel has a subscriber; cache channels and #server-to-user- channels always exist.
         *
         *     if ($client->channelExists('my-channel')) { … }
         *
         * @throws \Ody\Websocket\Channel\Exceptions\ChannelException when the channel's name is invalid
         * @throws \Ody\Websocket\Exceptions\ConnectionException when no server answers
         */
        public function channelExists(string $channel): bool {}

        /**
         * Every channel that has a subscriber.
         *
         *     $users = $client->getChannels()['presence-room']['metadata']['users'] ?? 0;
         *
         * @return mixed[][] name => ['name' => …, 'type' => …, 'subscribers' => int, 'metadata' => array];
         *               of a presence channel metadata has `users`, the number of distinct users
         * @phpstan-return array<string, array{name: string, type: string, subscribers: int, metadata: array<string, mixed>}>
         * @throws \Ody\Websocket\Exceptions\ConnectionException when no server answers
         */
        public function getChannels(): array {}

        /**
         * The server's state.
         *
         *     $connections = $client->status()['connections'];
         *
         * @return mixed[] at least pid, port, connections, channels and uptime
         * @throws \Ody\Websocket\Exceptions\ConnectionException when no server answers
         */
        public function status(): array {}
    }
}

namespace Ody\Websocket\Channel {
    /**
     * The channels of a running server, from any PHP process: who is in them, and what is sent to them.
     *
     * It also collects the handlers and the middleware of the application. The server's PHP workers run
     * those that are registered in the configuration or by a service provider; in other processes
     * registering has no effect.
     *
     * Every method that asks the server throws
     * \Ody\Websocket\Exceptions\ConnectionException when no server answers.
     */
    class ChannelManager
    {
        private ChannelClient $client;

        /** @var mixed[] */
        private array $channelHandlers = [];

        /** @var mixed[] */
        private array $handshakeMiddleware = [];

        /** @var mixed[] */
        private array $messageMiddleware = [];

        /**
         *     $channelManager = new ChannelManager(new ChannelClient('/srv/app/storage/websocket/ody.sock'));
         *
         * @param ChannelClient $client reaches the server
         */
        public function __construct(ChannelClient $client) {}

        /**
         * Subscribes a client to a channel. No token is needed: the server may do that. The client gets
         * the same confirmation as if it had asked for it.
         *
         *     $channelManager->subscribe($socketId, 'presence-room', ['user_id' => '7', 'user_info' => ['name' => 'Ada']]);
         *
         * @param string $clientId the client's socket id
         * @param mixed[] $data for a presence channel who the member is: `user_id` and optionally
         *                    `user_info`, or `channel_data` as a text or an array of these
         * @return bool false when that client is not connected
         * @throws \Ody\Websocket\Channel\Exceptions\SubscriptionException when it cannot be in that channel
         * @throws \Ody\Websocket\Exceptions\ConnectionException when no server answers
         */
        public function subscribe(string $clientId, string $channel, array $data = []): bool {}

        /**
         * Takes a client out of a channel.
         *
         *     $channelManager->unsubscribe($socketId, 'presence-room');
         *
         * @return bool true, also when it was not in the channel
         * @throws \Ody\Websocket\Channel\Exceptions\SubscriptionException when the channel's name is invalid
         * @throws \Ody\Websocket\Exceptions\ConnectionException when no server answers
         */
        public function unsubscribe(string $clientId, string $channel): bool {}

        /**
         * Sends an event to everybody who is subscribed to a channel.
         *
         *     $count = $channelManager->broadcast('orders', 'order-shipped', ['id' => 7], $senderId);
         *
         * @param mixed[] $payload sent as JSON
         * @param string|null $except the socket id of a client that does not get it, such as the sender
         * @return int how many subscribers it went to
         * @throws \Ody\Websocket\Channel\Exceptions\ChannelNotFoundException when nobody is subscribed (unless the client ignores that)
         * @throws \Ody\Websocket\Channel\Exceptions\MessageException when the event cannot be sent
         * @throws \Ody\Websocket\Channel\Exceptions\ChannelException when the channel's name is invalid
         * @throws \ValueError when $except is not a socket id
         * @throws \Ody\Websocket\Exceptions\ConnectionException when no server answers
         */
        public function broadcast(string $channel, string $event, array $payload, ?string $except = null): int {}

        /**
         * Sends one event to several channels, skipping those without subscribers.
         *
         *     $count = $channelManager->broadcastToChannels(['orders', 'audit'], 'order-shipped', ['id' => 7]);
         *
         * @param string[] $channels
         * @param mixed[] $payload sent as JSON
         * @return int how many subscribers it went to, over all channels
         * @throws \Ody\Websocket\Channel\Exceptions\ChannelException when a channel's name is invalid, or there are too many
         * @throws \Ody\Websocket\Channel\Exceptions\MessageException when name or data of the event is unusable
         * @throws \ValueError when $except is not a socket id
         * @throws \Ody\Websocket\Exceptions\ConnectionException when no server answers
         */
        public function broadcastToChannels(array $channels, string $event, array $payload, ?string $except = null): int {}

        /**
         * Sends an event to one client.
         *
         *     $delivered = $channelManager->whisper($socketId, 'ask-first', ['limit' => 1000]);
         *
         * @param string $clientId the client's socket id
         * @param mixed[] $payload sent as JSON
         * @param string|null $channel a channel that the client must be subscribed to; the event comes on it
         * @return bool false when the client is not connected, or not subscribed to $channel
         * @throws \Ody\Websocket\Channel\Exceptions\ChannelException when the channel's name is invalid
         * @throws \Ody\Websocket\Channel\Exceptions\MessageException when name or data of the event is unusable
         * @throws \Ody\Websocket\Exceptions\ConnectionException when no server answers
         */
        public function whisper(string $clientId, string $event, array $payload, ?string $channel = null): bool {}

        /**
         * The clients that are subscribed to a channel.
         *
         *     foreach ($channelManager->getChannelSubscribers('orders') as $socketId) { … }
         *
         * @return string[] the socket ids of those who are subscribed, in no order
         * @throws \Ody\Websocket\Channel\Exceptions\ChannelException when the channel's name is invalid
         * @throws \Ody\Websocket\Exceptions\ConnectionException when no server answers
         */
        public function getChannelSubscribers(string $channel): array {}

        /**
         * Who is in a presence channel, each user once, in no order.
         *
         *     $ids = array_column($channelManager->getChannelMembers('presence-room'), 'user_id');
         *
         * @return array<int, array{user_id: string, user_info: mixed}>
         * @throws \Ody\Websocket\Channel\Exceptions\ChannelException when the channel's name is invalid
         * @throws \Ody\Websocket\Exceptions\ConnectionException when no server answers
         */
        public function getChannelMembers(string $channel): array {}

        /**
         * Whether that client is subscribed to a channel; false as well when it is not connected.
         *
         *     if ($channelManager->isSubscribed($socketId, 'orders')) { … }
         *
         * @param string $clientId the client's socket id
         * @throws \Ody\Websocket\Channel\Exceptions\ChannelException when the channel's name is invalid
         * @throws \Ody\Websocket\Exceptions\ConnectionException when no server answers
         */
        public function isSubscribed(string $clientId, string $channel): bool {}

        /**
         * Every channel that has a subscriber.
         *
         *     $names = array_keys($channelManager->getChannels());
         *
         * @return mixed[] every channel that has a subscriber, as ChannelClient::getChannels() returns them
         * @throws \Ody\Websocket\Exceptions\ConnectionException when no server answers
         */
        public function getChannels(): array {}

        /**
         * Lets a handler decide about channels.
         *
         *     $channelManager->registerChannelHandler('custom', new CustomChannelHandler());
         *
         * @param string $channelType "custom" for channels named custom-…; "private" and "presence" replace
         *                            the server's own rules for them; "public" is every channel that no
         *                            other type claims
         * @throws \ValueError when no channel can be of that type, or there are 64 types
         */
        public function registerChannelHandler(string $channelType, ChannelHandlerInterface $handler): static {}

        /**
         * Adds middleware for handshakes and for messages. The first one added is the outermost.
         *
         *     $channelManager->addMiddleware(new AuthorizationMiddleware())->addMiddleware(new LoggingMiddleware());
         */
        public function addMiddleware(\Ody\Websocket\Middleware\WebSocketMiddlewareInterface $middleware): static {}

        /**
         * Adds middleware for handshakes alone.
         *
         *     $channelManager->addHandshakeMiddleware(new AuthorizationMiddleware());
         */
        public function addHandshakeMiddleware(\Ody\Websocket\Middleware\WebSocketMiddlewareInterface $middleware): static {}

        /**
         * Adds middleware for messages alone.
         *
         *     $channelManager->addMessageMiddleware(new RateLimitingMiddleware(120));
         */
        public function addMessageMiddleware(\Ody\Websocket\Middleware\WebSocketMiddlewareInterface $middleware): static {}

        /**
         * The handlers that are registered here.
         *
         *     $types = array_keys($channelManager->getChannelHandlers());
         *
         * @return array<array-key, ChannelHandlerInterface> channel type => handler
         */
        public function getChannelHandlers(): array {}

        /**
         * The middleware that was added here.
         *
         *     $count = count($channelManager->getMiddleware()['message']);
         *
         * @return array{handshake: list<\Ody\Websocket\Middleware\WebSocketMiddlewareInterface>, message: list<\Ody\Websocket\Middleware\WebSocketMiddlewareInterface>} the outermost first
         */
        public function getMiddleware(): array {}
    }
}

namespace Ody\Websocket\Exceptions {
    /** Everything that Ody WebSocket throws, but for arguments that are wrong in themselves (\ValueError, \TypeError). */
    interface WebsocketThrowable extends \Throwable
    {
    }

    /** The server cannot be reached, does not answer, or speaks another version. */
    class ConnectionException extends \RuntimeException implements WebsocketThrowable
    {
    }

    /** The connection was lost after the request was written: whether it was carried out is unknown. */
    class OutcomeUnknownException extends ConnectionException
    {
    }

    /** A configuration that cannot work. The message names the key. */
    class ConfigurationException extends \InvalidArgumentException implements WebsocketThrowable
    {
    }

    /** The server cannot start, cannot stop, or cannot take more. */
    class ServerException extends \RuntimeException implements WebsocketThrowable
    {
    }
}

namespace Ody\Websocket\Channel\Exceptions {
    /** Something is wrong with a channel; the subclasses say more. */
    class ChannelException extends \Exception implements \Ody\Websocket\Exceptions\WebsocketThrowable
    {
    }

    /** The channel has no subscribers. */
    class ChannelNotFoundException extends ChannelException
    {
    }

    /** A signature is wrong or missing. */
    class AuthorizationException extends ChannelException
    {
    }

    /** The event's name or data is unusable: too large, not UTF-8, not encodable. */
    class MessageException extends ChannelException
    {
    }

    /** The connection is not subscribed to the channel. */
    class SubscriptionException extends ChannelException
    {
    }
}

namespace Ody\Websocket {
    /**
     * Starts and stops a server: a supervisor, which is this process (or its child, in the background),
     * and the engine that it forks and watches over. For PHP's command line only.
     */
    final class Server
    {
        /**
         * Checks a configuration and remembers it. Binds nothing; of what it finds wrong the first thing
         * is thrown, and then the configuration before stays in force.
         *
         * Where they are not set, `pid_file` and, in the background, `log.file` lie beside `socket.path`
         * under the same name with the endings .pid and .log.
         *
         *     $server = (new Server())->configure(Configuration::load()->all());
         *
         * @param mixed[] $config nested; options() lists the keys
         * @throws \Ody\Websocket\Exceptions\ConfigurationException which names the key and what it may be
         */
        public function configure(#[\SensitiveParameter] array $config): static {}

        /**
         * Starts the server.
         *
         * In the foreground it returns when the server has stopped: SIGTERM, SIGINT (Ctrl-C) and SIGHUP
         * (the terminal was closed) end it gracefully, a second one at once. In the background it returns
         * when every shard listens.
         *
         *     exit($server->start());
         *
         * @return int the exit status: 0 after a clean stop, 1 when the engine had to be killed; in the background the supervisor's process id
         * @throws \Ody\Websocket\Exceptions\ServerException when it cannot start, with the reason
         * @throws \Ody\Websocket\Exceptions\ConfigurationException when a file of the configuration became unusable
         */
        public function start(bool $daemonize = false): int {}

        /**
         * Stops the server of this configuration gracefully and waits until it is gone.
         *
         *     $server->stop(timeout: 60);
         *
         * @param float $timeout seconds, 0 to 86400
         * @return bool false when none runs
         * @throws \Ody\Websocket\Exceptions\ServerException when it still runs after the timeout, or may not be signalled
         */
        public function stop(float $timeout = 30.0): bool {}

        /**
         * Tells the running server to read its configuration anew. Connections stay. Returns at once;
         * the server's status has the outcome as `last_change`.
         *
         * The server runs `configuration_command` for that, a list of texts that starts a program; the
         * last line that it prints is the configuration as JSON.
         *
         *     if (!$server->reload()) { … }
         *
         * @return bool false when none runs
         * @throws \Ody\Websocket\Exceptions\ServerException when it may not be signalled
         */
        public function reload(): bool {}

        /**
         * As reload(), but a new engine takes the old one's place on the same sockets. Clients are told
         * to connect again once the new one is ready.
         *
         *     if (!$server->restart()) { … }
         *
         * @return bool false when none runs
         * @throws \Ody\Websocket\Exceptions\ServerException when it may not be signalled
         */
        public function restart(): bool {}

        /**
         * The process id of the supervisor that holds this configuration's pid file, or null.
         *
         *     $isRunning = $server->pid() !== null;
         */
        public function pid(): ?int {}

        /**
         * Every configuration key. Keys of the entries of "apps" and "webhooks" stand as "apps.*.id" and so on;
         * what an app takes from the top level is there only.
         *
         *     $largest = Server::options()['limits.message_size']['max'];   // bytes
         *
         * @return mixed[][] key in dotted form => ['type' => …, 'unit' => ?string, 'min' => int|float|null,
         *               'max' => int|float|null, 'choices' => ?array, 'default' => mixed, 'reloadable' => bool].
         *               Of texts min and max are bytes, of lists how many. A default of null means: not set.
         *               Reloadable: a change counts without restarting the server.
         */
        public static function options(): array {}
    }
}

namespace Ody\Websocket\Worker {
    /**
     * The connection of a PHP worker to the server that it works for. `websocket:worker` makes one;
     * applications have no use for it.
     */
    final class Connection
    {
        /**
         * Connects to nothing yet.
         *
         *     $connection = new Connection('/srv/app/storage/websocket/ody.sock');
         *
         * @param string $socketPath the server's `socket.path`
         * @param float $connectTimeout seconds, 0.001 to 600
         * @throws \ValueError
         */
        public function __construct(string $socketPath, float $connectTimeout = 1.0) {}

        /**
         * Connects and says what this process handles. What the newest worker says holds for the server.
         *
         *     $connection->register(['messages' => true, 'handlers' => ['custom']]);
         *
         * @param mixed[] $interest `handshakes` (bool), `messages` (bool), `notices` (list of kinds of
         *                        notices: opened, closed, occupied, vacated, member_added, member_removed,
         *                        event_published) and `handlers` (list of channel types, at most 64);
         *                        what is absent is not wanted
         * @throws \ValueError when the interest is impossible
         * @throws \Ody\Websocket\Exceptions\ConnectionException when no server answers, or it is another user's
         */
        public function register(array $interest): void {}

        /**
         * Takes calls and answers them until the process is told to end (SIGTERM), the server is gone,
         * the number is reached, or $between returns false. A call that has been taken is always answered.
         *
         * $handler gets an array with `kind` and the texts `socket_id`, `address`, `channel`, `event`,
         * `data`, `user_id` and `head`, each null where the kind has none. It returns null to pass, or an
         * array with `verdict` (pass, handled, refused or failed), `message`, `code` and `data`.
         *
         * When it throws, the client is told that it failed, and the exception comes out of here; run()
         * may then be called again. When it ends the process, the connection is closed first.
         *
         *     $connection->run(static fn(array $call): array => ['verdict' => 'pass'], maxMessages: 1000);
         *
         * @param callable $handler function (array $call): ?array
         * @phpstan-param callable(array<string, string|null>): (array<string, mixed>|null) $handler
         * @param int $maxMessages calls, 0 for no limit
         * @phpstan-param (callable(): mixed)|null $between
         * @param callable|null $between called after each answer, while no client waits; false ends the loop
         * @return int how many calls were answered
         * @throws \Ody\Websocket\Exceptions\ConnectionException when the server breaks the protocol
         * @throws \Ody\Websocket\Exceptions\ServerException before register()
         */
        public function run(callable $handler, int $maxMessages = 0, ?callable $between = null): int {}
    }
}
