<?php

declare(strict_types=1);

namespace Ody\Websocket\Configuration;

/**
 * Knows which values of a configuration are for nobody's eyes.
 *
 * @internal
 */
final class Secrets
{
    private const MASK = '(hidden)';

    private const KEYS = ['secret_key', 'previous_secret_key', 'http_api.broadcast_key', 'http_api.metrics_token', 'redis.url', 'inspector.password'];

    /** URLs of webhooks often have a token in them. */
    private const OF_ENTRIES = ['apps' => ['secret', 'previous_secret', 'webhooks'], 'webhooks' => ['url']];

    /**
     * Returns a configuration for dumps.
     *
     * @param array<array-key, mixed> $values nested
     *
     * @return array<array-key, mixed>
     */
    public static function hidden(array $values): array
    {
        foreach (self::KEYS as $key) {
            if (Keys::get($values, $key) !== null) {
                $values = Keys::set($values, $key, self::MASK);
            }
        }
        foreach (self::OF_ENTRIES as $list => $keys) {
            $entries = $values[$list] ?? [];
            if (array_key_exists($list, $values)) {
                $values[$list] = is_array($entries) ? array_map(static fn(mixed $entry): mixed => self::ofEntry($entry, $keys), $entries) : self::MASK;
            }
        }

        return $values;
    }

    /**
     * @param list<string> $keys
     */
    private static function ofEntry(mixed $entry, array $keys): mixed
    {
        if (!is_array($entry)) {
            return self::MASK;
        }
        foreach ($keys as $key) {
            if (array_key_exists($key, $entry)) {
                $entry[$key] = self::MASK;
            }
        }

        return $entry;
    }
}
