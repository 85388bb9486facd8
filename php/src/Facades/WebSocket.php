<?php

declare(strict_types=1);

namespace Ody\Websocket\Facades;

use Ody\Websocket\Channel\ChannelClient;
use Ody\Websocket\Channel\Connection;
use Ody\Websocket\Channel\Publisher;
use Ody\Websocket\Channel\UnixPublisher;
use Ody\Websocket\Configuration;
use Ody\Websocket\Configuration\ConfigurationFileException;
use Ody\Websocket\Exceptions\ExtensionMissingException;
use Ody\Websocket\Testing\WebSocketFake;
use Psr\Container\ContainerInterface;

/**
 * Publishes to channels and asks about them, from any PHP process, with or without a framework.
 *
 *     WebSocket::publish('my-channel', 'new-message', ['text' => 'Hello']);
 *
 * How the server is reached the configuration of the project says. Every method throws
 * \Ody\Websocket\Exceptions\ConnectionException when no server answers,
 * {@see ExtensionMissingException} when PHP has not loaded the extension and
 * {@see ConfigurationFileException} when the configuration cannot be read.
 */
final class WebSocket
{
    private static ?Publisher $client = null;

    private static ?ContainerInterface $container = null;

    /**
     * Publishes an event to everybody who is subscribed to a channel.
     *
     *     $count = WebSocket::publish('my-channel', 'new-message', ['text' => 'Hello']);
     *
     * @param array<array-key, mixed> $data   sent as JSON
     * @param string|null             $except the socket id of a client that must not get it
     *
     * @return int how many subscribers it reached
     *
     * @throws \Ody\Websocket\Channel\Exceptions\ChannelNotFoundException when nobody is subscribed and
     *                                                                    missing_channel is "throw"
     * @throws \Ody\Websocket\Channel\Exceptions\ChannelException         when the channel's name is invalid
     * @throws \Ody\Websocket\Channel\Exceptions\MessageException         when the event cannot be sent
     * @throws \Ody\Websocket\Exceptions\OutcomeUnknownException          when no answer came: it may have been published
     * @throws \ValueError                                                when $except is no socket id
     * @throws \Ody\Websocket\Exceptions\ConnectionException              when no server answers
     */
    public static function publish(string $channel, string $event, array $data, ?string $except = null): int
    {
        return self::client()->publish($channel, $event, $data, $except);
    }

    /**
     * Publishes one event to several channels. Channels without subscribers are skipped; otherwise it
     * throws what publish() throws.
     *
     *     $count = WebSocket::publishToChannels(['orders', 'audit'], 'order-shipped', ['id' => 7]);
     *
     * @param list<string>            $channels 1 to `limits.channels_per_publish` names
     * @param array<array-key, mixed> $data     sent as JSON
     * @param string|null             $except   the socket id of a client that must not get it
     *
     * @return int how many subscribers it reached, over all channels
     */
    public static function publishToChannels(
        array $channels,
        string $event,
        array $data,
        ?string $except = null,
    ): int {
        return self::client()->publishToChannels($channels, $event, $data, $except);
    }

    /**
     * Sends an event to one client.
     *
     *     $delivered = WebSocket::whisper($socketId, 'hint', ['text' => 'Only for you']);
     *
     * @param string                  $clientId the client's socket id
     * @param array<array-key, mixed> $data     sent as JSON
     * @param string|null             $channel  the channel that the event comes on; the client must be
     *                                          subscribed to it
     *
     * @return bool false when that client is not connected, or not subscribed to the channel
     *
     * @throws \Ody\Websocket\Channel\Exceptions\MessageException when the event cannot be sent
     * @throws \Ody\Websocket\Channel\Exceptions\ChannelException when the channel's name is invalid
     * @throws \Ody\Websocket\Exceptions\ConnectionException      when no server answers
     */
    public static function whisper(string $clientId, string $event, array $data, ?string $channel = null): bool
    {
        return self::client()->whisper($clientId, $event, $data, $channel);
    }

    /**
     * Returns who is subscribed to a channel.
     *
     *     foreach (WebSocket::getSubscribers('my-channel') as $socketId) { … }
     *
     * @return list<string> socket ids, in no order
     *
     * @throws \Ody\Websocket\Channel\Exceptions\ChannelException when the channel's name is invalid
     * @throws \Ody\Websocket\Exceptions\ConnectionException      when no server answers
     */
    public static function getSubscribers(string $channel): array
    {
        return self::client()->getSubscribers($channel);
    }

    /**
     * Says whether a client is subscribed to a channel.
     *
     *     if (WebSocket::isSubscribed($socketId, 'my-channel')) { … }
     *
     * @param string $clientId the client's socket id
     *
     * @throws \Ody\Websocket\Channel\Exceptions\ChannelException when the channel's name is invalid
     * @throws \Ody\Websocket\Exceptions\ConnectionException      when no server answers
     */
    public static function isSubscribed(string $clientId, string $channel): bool
    {
        return self::client()->isSubscribed($clientId, $channel);
    }

    /**
     * Says whether a channel has a subscriber. Cache channels always exist.
     *
     *     if (WebSocket::channelExists('my-channel')) { … }
     *
     * @throws \Ody\Websocket\Channel\Exceptions\ChannelException when the channel's name is invalid
     * @throws \Ody\Websocket\Exceptions\ConnectionException      when no server answers
     */
    public static function channelExists(string $channel): bool
    {
        return self::client()->channelExists($channel);
    }

    /**
     * Returns every channel that has a subscriber.
     *
     *     $users = WebSocket::getChannels()['presence-room']['metadata']['users'] ?? 0;
     *
     * @return array<string, array{name: string, type: string, subscribers: int, metadata: array<string, mixed>}>
     *         a presence channel's metadata has `users`, the number of different users
     *
     * @throws \Ody\Websocket\Exceptions\ConnectionException when no server answers
     */
    public static function getChannels(): array
    {
        return self::client()->getChannels();
    }

    /**
     * Records from now on what would be published, and reaches no server: for tests of an application.
     * swap(null) ends it.
     *
     *     $fake = WebSocket::fake();
     *     (new OrderService())->ship($order);
     *     $fake->assertPublishedOn('orders', 'order-shipped');
     */
    public static function fake(): WebSocketFake
    {
        return self::$client = new WebSocketFake();
    }

    /**
     * Uses another client from now on.
     *
     *     WebSocket::swap(new UnixPublisher(new ChannelClient('/run/ody.sock')));
     *
     * @param Publisher|ChannelClient|null $client null: one of the container or the configuration, at
     *                                             the next call
     */
    public static function swap(Publisher|ChannelClient|null $client): void
    {
        self::$client = $client instanceof ChannelClient ? new UnixPublisher($client) : $client;
    }

    /**
     * Takes the client from a framework's container from now on, if that has a {@see Publisher}. What
     * was used before is forgotten, a fake as well.
     *
     *     WebSocket::setContainer($container);
     *
     * @param ContainerInterface|null $container null: none, as without a framework
     */
    public static function setContainer(?ContainerInterface $container): void
    {
        self::$container = $container;
        self::$client = null;
    }

    /**
     * Returns the client of this process. It connects at its first call.
     *
     *     $publisher = WebSocket::client();   // for a class that wants a Publisher
     *
     * @throws ExtensionMissingException                         for the socket, without the extension
     * @throws \Ody\Websocket\Channel\HttpClientMissingException for HTTP, without a client for it
     * @throws ConfigurationFileException
     * @throws \UnexpectedValueException                         when the container has something else
     */
    public static function client(): Publisher
    {
        if (self::$client !== null) {
            return self::$client;
        }
        if (self::$container === null || !self::$container->has(Publisher::class)) {
            return self::$client = Connection::publisher(Configuration::load());
        }
        // Not kept: the container may have another one for each request.
        $client = self::$container->get(Publisher::class);

        return $client instanceof Publisher
            ? $client
            : throw new \UnexpectedValueException(sprintf('The container has no %s under that name, but %s.', Publisher::class, get_debug_type($client)));
    }
}
