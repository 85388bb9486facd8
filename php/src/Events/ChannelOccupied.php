<?php

declare(strict_types=1);

namespace Ody\Websocket\Events;

/**
 * A channel has got its first subscriber.
 *
 *     public function __invoke(ChannelOccupied $event): void
 *     {
 *         $this->feed->start($event->channel);
 *     }
 */
final readonly class ChannelOccupied
{
    /**
     * @param string $channel its name
     */
    public function __construct(public string $channel) {}
}
