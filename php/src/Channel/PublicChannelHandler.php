<?php

declare(strict_types=1);

namespace Ody\Websocket\Channel;

/**
 * Channels that everybody may be in. What the server does by itself, to be extended.
 *
 * @api
 */
class PublicChannelHandler implements ChannelHandlerInterface
{
    /**
     * Lets everybody in.
     *
     * {@inheritDoc}
     */
    public function authorize(string $clientId, string $channel, array $data): bool
    {
        return true;
    }

    /**
     * Does nothing.
     *
     * {@inheritDoc}
     */
    public function onSubscribe(string $clientId, string $channel, array $data): bool
    {
        return true;
    }

    /**
     * Does nothing.
     *
     * {@inheritDoc}
     */
    public function onUnsubscribe(string $clientId, string $channel): bool
    {
        return true;
    }

    /**
     * Lets whoever is in the channel send.
     *
     * {@inheritDoc}
     */
    public function canClientPublish(string $clientId, string $channel, string $event, array $data): bool
    {
        return true;
    }

    /**
     * Has the server deliver the event to the others.
     *
     * {@inheritDoc}
     */
    public function onClientEvent(
        string $clientId,
        string $channel,
        string $event,
        array $data,
        ChannelManager $manager,
    ): mixed {
        return new Relay($data);
    }
}
