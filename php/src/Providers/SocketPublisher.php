<?php

declare(strict_types=1);

namespace Ody\Websocket\Providers;

use Ody\Websocket\Channel\ChannelClient;
use Ody\Websocket\Channel\Publisher;

/**
 * Publishes over the server's Unix socket, through the native client.
 */
final class SocketPublisher implements Publisher
{
    /**
     * @param ChannelClient $client speaks to the server
     */
    public function __construct(private readonly ChannelClient $client) {}

    /** {@inheritDoc} */
    public function publish(string $channel, string $event, array $data, ?string $except = null): int
    {
        return $this->client->publish($channel, $event, $data, $except);
    }

    /** {@inheritDoc} */
    public function publishToChannels(array $channels, string $event, array $data, ?string $except = null): int
    {
        return $this->client->publishToChannels($channels, $event, $data, $except);
    }

    /** {@inheritDoc} */
    public function whisper(string $clientId, string $event, array $data, ?string $channel = null): bool
    {
        return $this->client->whisper($clientId, $event, $data, $channel);
    }

    /** {@inheritDoc} */
    public function getSubscribers(string $channel): array
    {
        return array_values(array_filter($this->client->getSubscribers($channel), is_string(...)));
    }

    /** {@inheritDoc} */
    public function isSubscribed(string $clientId, string $channel): bool
    {
        return $this->client->isSubscribed($clientId, $channel);
    }

    /** {@inheritDoc} */
    public function channelExists(string $channel): bool
    {
        return $this->client->channelExists($channel);
    }

    /** {@inheritDoc} */
    public function getChannels(): array
    {
        /** @var array<string, array{name: string, type: string, subscribers: int, metadata: array<string, mixed>}> */
        return $this->client->getChannels();
    }
}
