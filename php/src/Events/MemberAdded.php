<?php

declare(strict_types=1);

namespace Ody\Websocket\Events;

/**
 * A user has come into a presence channel, with the first of his connections.
 *
 *     public function __invoke(MemberAdded $event): void
 *     {
 *         $this->players->add($event->userId, $event->userInfo['name'] ?? '');
 *     }
 */
final readonly class MemberAdded
{
    /**
     * @param array<array-key, mixed> $userInfo what `channel_data` said about him
     */
    public function __construct(public string $channel, public string $userId, public array $userInfo) {}
}
