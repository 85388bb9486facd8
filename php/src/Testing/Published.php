<?php

declare(strict_types=1);

namespace Ody\Websocket\Testing;

/**
 * One event on one channel, as {@see WebSocketFake} recorded it.
 *
 *     $fake->assertPublished('order-shipped', fn(Published $event): bool => $event->data['id'] === 7);
 */
final class Published
{
    /**
     * @param array<array-key, mixed> $data
     * @param string|null             $except the socket id of the client that would not get it
     */
    public function __construct(
        public readonly string $channel,
        public readonly string $event,
        public readonly array $data,
        public readonly ?string $except,
    ) {}
}
