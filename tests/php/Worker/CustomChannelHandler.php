<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Worker;

use Ody\Websocket\Channel\ChannelHandlerInterface;
use Ody\Websocket\Channel\ChannelManager;

/**
 * A handler that implements the interface methods, and does no more.
 */
final class CustomChannelHandler implements ChannelHandlerInterface
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

    public function onClientEvent(string $clientId, string $channel, string $event, array $data, ChannelManager $manager): mixed
    {
        return null;
    }
}
