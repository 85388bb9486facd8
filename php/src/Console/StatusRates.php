<?php

declare(strict_types=1);

namespace Ody\Websocket\Console;

/**
 * How fast totals of the server grow between two looks at it.
 *
 * @internal
 */
final class StatusRates
{
    /** What is shown => the total that it is computed from. */
    private const TOTALS = ['messages' => 'messages_published', 'deliveries' => 'deliveries', 'connects' => 'accepted'];

    /** @var array<array-key, mixed>|null */
    private ?array $before = null;

    private float $time = 0.0;

    /**
     * Takes the next look into account.
     *
     * @param array<array-key, mixed> $status of the server
     * @param float                   $time   seconds, of any clock that does not jump
     *
     * @return array{messages: float, deliveries: float, connects: float}|null per second since the last look; null at the
     *                                                                         first one and after a restart
     */
    public function add(array $status, float $time): ?array
    {
        $before = $this->before;
        $seconds = $time - $this->time;
        [$this->before, $this->time] = [$status, $time];
        if ($before === null || $seconds <= 0 || self::isAnother($before, $status)) {
            return null;
        }
        $rate = static fn(string $name): float => round(
            max(0, self::number($status, self::TOTALS[$name]) - self::number($before, self::TOTALS[$name])) / $seconds,
            1,
        );

        return ['messages' => $rate('messages'), 'deliveries' => $rate('deliveries'), 'connects' => $rate('connects')];
    }

    /**
     * Says whether the server was restarted since the last look. Ask before add().
     *
     * @param array<array-key, mixed> $status of the server
     */
    public function restarted(array $status): bool
    {
        return $this->before !== null && self::isAnother($this->before, $status);
    }

    /**
     * @param array<array-key, mixed> $one
     * @param array<array-key, mixed> $other
     */
    private static function isAnother(array $one, array $other): bool
    {
        $identity = static fn(array $status): array => [$status['pid'] ?? null, $status['engine_pid'] ?? null];

        return $identity($one) !== $identity($other);
    }

    /**
     * @param array<array-key, mixed> $status
     */
    private static function number(array $status, string $name): int
    {
        return is_int($status[$name] ?? null) ? $status[$name] : 0;
    }
}
