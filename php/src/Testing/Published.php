<?php

declare(strict_types=1);

namespace Ody\Websocket\Testing;

/**
 * One event on one channel, as {@see WebSocketFake} recorded it.
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
