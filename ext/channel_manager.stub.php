<?php

/** @generate-class-entries */

namespace Ody\Websocket\Channel;

/**
 * The channels of a running server, from any PHP process: who is in them, and what is sent to them.
 *
 * It also collects the handlers and the middleware of the application. The server's PHP workers run
 * those that are registered in the configuration or by a service provider; in other processes
 * registering has no effect.
 *
 * Every method that asks the server throws
 * \Ody\Websocket\Exceptions\ConnectionException when no server answers.
 *
 * @strict-properties
 * @not-serializable
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
