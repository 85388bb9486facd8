<?php

declare(strict_types=1);

namespace Ody\Websocket\Worker;

/**
 * One call of the server. What its kind does not have is an empty text, or null where that may be told apart.
 *
 * @internal
 */
final readonly class Call
{
    private function __construct(
        public string $kind,
        public string $socketId,
        public string $address,
        public string $channel,
        public string $event,
        public ?string $data,
        public ?string $userId,
        public string $head,
    ) {}

    /**
     * Reads what Connection::run() gives to its handler.
     *
     * @param array<array-key, mixed> $call
     */
    public static function of(array $call): self
    {
        $text = static fn(string $key): string => is_string($call[$key] ?? null) ? $call[$key] : '';
        $optional = static fn(string $key): ?string => is_string($call[$key] ?? null) ? $call[$key] : null;

        return new self(
            $text('kind'),
            $text('socket_id'),
            $text('address'),
            $text('channel'),
            $text('event'),
            $optional('data'),
            $optional('user_id'),
            $text('head'),
        );
    }
}
