<?php

declare(strict_types=1);

namespace Ody\Websocket\Channel;

use Ody\Websocket\Configuration;
use Ody\Websocket\Configuration\ConfigurationFileException;
use Ody\Websocket\Exceptions\ExtensionMissingException;
use Ody\Websocket\Extension;

/**
 * Reaches the server of this machine through its Unix socket, by the native client.
 *
 *     $publisher = UnixPublisher::ofConfiguration(Configuration::load());
 *     $publisher->publish('my-channel', 'new-message', ['text' => 'Hello']);
 */
final class UnixPublisher implements Publisher
{
    /**
     *     $publisher = new UnixPublisher(new ChannelClient('/run/ody.sock'));
     *
     * @param ChannelClient $client connects at its first call and keeps its connection
     */
    public function __construct(private readonly ChannelClient $client) {}

    /**
     * Makes one for the socket of a configuration. Connects to nothing yet.
     *
     *     $publisher = UnixPublisher::ofConfiguration(Configuration::load());
     *
     * @throws ExtensionMissingException  when PHP has not loaded the extension
     * @throws ConfigurationFileException when a key is of the wrong type
     */
    public static function ofConfiguration(Configuration $configuration): self
    {
        Extension::require();

        return new self(new ChannelClient(
            Connection::ofConfiguration($configuration)->address,
            $configuration->number('connect_timeout', 1.0),
            $configuration->number('timeout', 5.0),
            $configuration->text('missing_channel', 'throw'),
        ));
    }

    /**
     * Returns the native client.
     *
     *     $publisher->client()->status()['connections'];
     */
    public function client(): ChannelClient
    {
        return $this->client;
    }

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
        return $this->client->getSubscribers($channel);
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
        return $this->client->getChannels();
    }
}
