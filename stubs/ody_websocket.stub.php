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
         * @param string $secretKey signs; the server's `secret_key`
         * @param string|null $apiKey the server's `api_key`, the first half of every token. Without it
         *                            tokens can be checked but not made.
         * @throws \ValueError when a key is empty, or the API key has a colon in it
         */
        public function __construct(#[\SensitiveParameter] string $secretKey, ?string $apiKey = null) {}

        /**
         * The token for a private channel.
         *
         * @throws \ValueError when the socket id is not digits, a dot and digits, or the channel's name
         *                     is invalid or does not begin with "private-"
         * @throws \LogicException without an API key: the server would refuse the token
         */
        public function generatePrivateAuth(string $socketId, string $channel): string {}

        /**
         * The token for a presence channel. The client must get channelData() of the same user with it.
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
         * @param mixed[] $userData as generatePresenceAuth()
         * @throws \ValueError when `user_id` is missing
         * @throws \Ody\Websocket\Channel\Exceptions\MessageException when the data cannot be JSON
         */
        public function channelData(array $userData): string {}

        /**
         * The token that signs a user in (pusher:signin). The client must get userData() of the same user
         * with it.
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
         * @param mixed[] $userData as generateUserAuth()
         * @throws \ValueError when `id` is missing
         * @throws \Ody\Websocket\Channel\Exceptions\MessageException when the data cannot be JSON
         */
        public function userData(array $userData): string {}

        /**
         * Whether the token is right for that socket and private channel. Compares in constant time.
         * Without an API key only the signature counts, with or without a key before it.
         */
        public function validatePrivateAuth(string $socketId, string $channel, string $authSignature): bool {}

        /**
         * The user's data when the token is right for that socket, presence channel and data, else false.
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
         * @param mixed[] $data sent as JSON
         * @param string|null $except the socket id of a client that must not get it
         * @return int how many subscribers the message went to
         * @throws \Ody\Websocket\Channel\Exceptions\ChannelNotFoundException when nobody is subscribed (unless "ignore")
         * @throws \Ody\Websocket\Channel\Exceptions\ChannelException when the channel's name is invalid
         * @throws \Ody\Websocket\Channel\Exceptions\MessageException when name or data of the event is unusable
         * @throws \Ody\Websocket\Exceptions\OutcomeUnknownException when it may have been published: no answer came
         * @throws \ValueError when $except is not a socket id
         */
        public function publish(string $channel, string $event, array $data, ?string $except = null): int {}

        /**
         * Publishes one event to several channels, skipping those without subscribers.
         *
         * @param string[] $channels at most `limits.channels_per_publish`; a name given twice counts once
         * @param mixed[] $data sent as JSON
         * @param string|null $except the socket id of a client that must not get it
         * @return int how many subscribers the message went to, over all channels
         * @throws \TypeError when a channel is not a string
         */
        public function publishToChannels(array $channels, string $event, array $data, ?string $except = null): int {}

        /**
         * Sends an event to one client.
         *
         * @param string $clientId the client's socket id
         * @param mixed[] $data sent as JSON
         * @param string|null $channel a channel that the client must be subscribed to; the event comes on it
         * @return bool false when the client is not connected, or not subscribed to $channel
         */
        public function whisper(string $clientId, string $event, array $data, ?string $channel = null): bool {}

        /**
         * The clients that are subscribed to a channel.
         *
         * @return string[] their socket ids, in no order
         * @phpstan-return list<string>
         */
        public function getSubscribers(string $channel): array {}

        /** Whether that client is subscribed to a channel; false as well when it is not connected. */
        public function isSubscribed(string $clientId, string $channel): bool {}

        /** Whether a channel has a subscriber; cache channels and #server-to-user- channels always exist. */
        public function channelExists(string $channel): bool {}

        /**
         * Every channel that has a subscriber.
         *
         * @return mixed[][] name => ['name' => …, 'type' => …, 'subscribers' => int, 'metadata' => array];
         *               of a presence channel metadata has `users`, the number of distinct users
         * @phpstan-return array<string, array{name: string, type: string, subscribers: int, metadata: array<string, mixed>}>
         */
        public function getChannels(): array {}

        /** @return mixed[] the server's state: at least pid, port, connections, channels and uptime */
        public function status(): array {}
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
         * @return int the exit status: 0 after a clean stop, 1 when the engine had to be killed; in the background the supervisor's process id
         * @throws \Ody\Websocket\Exceptions\ServerException when it cannot start, with the reason
         * @throws \Ody\Websocket\Exceptions\ConfigurationException when a file of the configuration became unusable
         */
        public function start(bool $daemonize = false): int {}

        /**
         * Stops the server of this configuration gracefully and waits until it is gone.
         *
         * @param float $timeout seconds, 0 to 86400
         * @return bool false when none runs
         * @throws \Ody\Websocket\Exceptions\ServerException when it still runs after the timeout, or may not be signalled
         */
        public function stop(float $timeout = 30.0): bool {}

        /** The process id of the supervisor that holds this configuration's pid file, or null. */
        public function pid(): ?int {}

        /**
         * Every configuration key.
         *
         * @return mixed[][] key in dotted form => ['type' => …, 'unit' => ?string, 'min' => int|float|null,
         *               'max' => int|float|null, 'choices' => ?array, 'default' => mixed, 'reloadable' => bool].
         *               Of texts min and max are bytes. A default of null means: not set.
         *               Reloadable: a change counts without restarting the server.
         */
        public static function options(): array {}
    }
}
