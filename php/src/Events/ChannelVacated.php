<?php

declare(strict_types=1);

namespace Ody\Websocket\Events;

/**
 * A channel has lost its last subscriber.
 */
final readonly class ChannelVacated
{
    /**
     * @param string $channel its name
     */
    public function __construct(public string $channel) {}
}
