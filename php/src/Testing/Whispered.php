<?php

declare(strict_types=1);

namespace Ody\Websocket\Testing;

/**
 * One event to one client, as {@see WebSocketFake} recorded it.
 *
 *     self::assertSame(['text' => 'Only for you'], $fake->whispered()[0]->data);
 */
final class Whispered
{
    /**
     * @param array<array-key, mixed> $data
     */
    public function __construct(
        public readonly string $clientId,
        public readonly string $event,
        public readonly array $data,
        public readonly ?string $channel,
    ) {}
}
