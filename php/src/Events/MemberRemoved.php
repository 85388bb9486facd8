<?php

declare(strict_types=1);

namespace Ody\Websocket\Events;

/**
 * A user has left a presence channel, with the last of his connections.
 *
 *     public function __invoke(MemberRemoved $event): void
 *     {
 *         $this->players->remove($event->userId);
 *     }
 */
final readonly class MemberRemoved
{
    /**
     * @param string $channel the name of the presence channel
     * @param string $userId  `user_id` as `channel_data` said it
     */
    public function __construct(public string $channel, public string $userId) {}
}
