<?php

declare(strict_types=1);

namespace Ody\Websocket\Channel;

/**
 * What any PHP process may ask of the server, however it reaches it. Applications type-hint this one.
 *
 * Every method throws \Ody\Websocket\Exceptions\ConnectionException when no server answers.
 */
interface Publisher
{
    /**
     * Publishes an event to everybody who is subscribed to a channel.
     *
     *     $count = $publisher->publish('my-channel', 'new-message', ['text' => 'Hello']);
     *
     * @param string                  $channel 1 to 200 bytes, as `limits.channel_name_length` allows
     * @param string                  $event   1 to 200 bytes, as `limits.event_name_length` allows
     * @param array<array-key, mixed> $data    sent as JSON, at most `limits.event_data_size` bytes
     * @param string|null             $except  the socket id of a client that must not get it
     *
     * @return int how many subscribers it went to
     *
     * @throws Exceptions\ChannelNotFoundException               when nobody is subscribed and missing_channel is "throw"
     * @throws Exceptions\ChannelException                       when the channel's name is invalid
     * @throws Exceptions\MessageException                       when the event cannot be sent
     * @throws \Ody\Websocket\Exceptions\OutcomeUnknownException when no answer came: it may have been published
     * @throws \ValueError                                       when $except is no socket id
     * @throws \Ody\Websocket\Exceptions\ConnectionException     when no server answers
     */
    public function publish(string $channel, string $event, array $data, ?string $except = null): int;

    /**
     * Publishes one event to several channels. Channels without subscribers are skipped; otherwise it
     * throws what publish() throws.
     *
     *     $count = $publisher->publishToChannels(['orders', 'audit'], 'order-shipped', ['id' => 7]);
     *
     * @param list<string>            $channels 1 to `limits.channels_per_publish` names
     * @param array<array-key, mixed> $data     sent as JSON
     * @param string|null             $except   the socket id of a client that must not get it
     *
     * @return int how many subscribers it went to, over all channels
     */
    public function publishToChannels(array $channels, string $event, array $data, ?string $except = null): int;

    /**
     * Sends an event to one client.
     *
     *     $delivered = $publisher->whisper($socketId, 'hint', ['text' => 'Only for you']);
     *
     * @param string                  $clientId the client's socket id
     * @param array<array-key, mixed> $data     sent as JSON
     * @param string|null             $channel  the channel that the event comes on; the client must be
     *                                          subscribed to it
     *
     * @return bool false when that client is not connected, or not subscribed to the channel
     *
     * @throws Exceptions\MessageException                   when the event cannot be sent
     * @throws Exceptions\ChannelException                   when the channel's name is invalid
     * @throws \Ody\Websocket\Exceptions\ConnectionException when no server answers
     */
    public function whisper(string $clientId, string $event, array $data, ?string $channel = null): bool;

    /**
     * Returns who is subscribed to a channel.
     *
     *     foreach ($publisher->getSubscribers('my-channel') as $socketId) { … }
     *
     * @return list<string> socket ids, in no order
     *
     * @throws Exceptions\ChannelException                   when the channel's name is invalid
     * @throws \Ody\Websocket\Exceptions\ConnectionException when no server answers
     */
    public function getSubscribers(string $channel): array;

    /**
     * Says whether a client is subscribed to a channel; false as well when it is not connected.
     *
     *     if ($publisher->isSubscribed($socketId, 'my-channel')) { … }
     *
     * @param string $clientId the client's socket id
     *
     * @throws Exceptions\ChannelException                   when the channel's name is invalid
     * @throws \Ody\Websocket\Exceptions\ConnectionException when no server answers
     */
    public function isSubscribed(string $clientId, string $channel): bool;

    /**
     * Says whether a channel has a subscriber. Cache channels always exist.
     *
     *     if ($publisher->channelExists('my-channel')) { … }
     *
     * @throws Exceptions\ChannelException                   when the channel's name is invalid
     * @throws \Ody\Websocket\Exceptions\ConnectionException when no server answers
     */
    public function channelExists(string $channel): bool;

    /**
     * Returns every channel that has a subscriber.
     *
     *     $users = $publisher->getChannels()['presence-room']['metadata']['users'] ?? 0;
     *
     * @return array<string, array{name: string, type: string, subscribers: int, metadata: array<string, mixed>}>
     *         a presence channel's metadata has `users`, the number of different users
     *
     * @throws \Ody\Websocket\Exceptions\ConnectionException when no server answers
     */
    public function getChannels(): array;
}
