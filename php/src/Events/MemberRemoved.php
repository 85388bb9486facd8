<?php

declare(strict_types=1);

namespace Ody\Websocket\Events;

/**
 * A user has left a presence channel, with the last of his connections.
 */
final readonly class MemberRemoved
{
    public function __construct(public string $channel, public string $userId) {}
}
