<?php

/** @generate-class-entries */

namespace Ody\Websocket\Channel;

/**
 * Speaks to a running server over its Unix socket, from any PHP process. The connection is made by
 * the first call, kept from request to request, and made anew when the server was restarted.
 *
 * Every method but the constructor throws
 * \Ody\Websocket\Exceptions\ConnectionException when no server answers.
 *
 * @strict-properties
 * @not-serializable
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
