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
    public function authorize(string $clientId, string $channel, array $data): bool
    {
        return true;
    }

    public function onSubscribe(string $clientId, string $channel, array $data): bool
    {
        return true;
    }

    public function onUnsubscribe(string $clientId, string $channel): bool
    {
        return true;
    }

    public function canClientPublish(string $clientId, string $channel, string $event, array $data): bool
    {
        return true;
    }

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
