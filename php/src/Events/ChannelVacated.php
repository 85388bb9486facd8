<?php

declare(strict_types=1);

namespace Ody\Websocket\Events;

/**
 * A channel has lost its last subscriber.
 *
 *     public function __invoke(ChannelVacated $event): void
 *     {
 *         $this->feed->stop($event->channel);
 *     }
 */
final readonly class ChannelVacated
{
    /**
     * @param string $channel its name
     */
    public function __construct(public string $channel) {}
}
