<?php

declare(strict_types=1);

namespace Ody\Websocket\Configuration;

/**
 * Understands configuration files of the Swoole version. The server ignores what it has no use for
 * in them; what it does have a use for, but under another name, is moved here.
 *
 * @internal
 */
final class LegacyKeys
{
    private const MOVED = [
        'additional.ssl_cert_file' => 'ssl.ssl_cert_file',
        'additional.ssl_key_file' => 'ssl.ssl_key_file',
        'additional.log_file' => 'log.file',
        'additional.log_level' => 'log.level',
    ];

    private const LEVELS = ['debug', 'debug', 'info', 'info', 'warning', 'error', 'error'];

    /**
     * Returns the configuration with old names replaced. A new name in the same file wins.
     *
     * @param array<array-key, mixed> $values
     *
     * @return array<array-key, mixed>
     */
    public static function translate(array $values): array
    {
        foreach (self::MOVED as $old => $new) {
            $value = Keys::get($values, $old);
            if ($value === null) {
                continue;
            }
            if ($old === 'additional.log_level') {
                $value = is_int($value) ? self::LEVELS[$value] ?? null : null;
            }
            $values = Keys::set($values, $old, null);
            if (Keys::get($values, $new) === null) {
                $values = Keys::set($values, $new, $value);
            }
        }

        return $values;
    }

    /**
     * Returns the groups of a configuration that once changed how the server behaves and do nothing now.
     *
     * @param array<array-key, mixed> $values
     *
     * @return list<string>
     */
    public static function withoutEffect(array $values): array
    {
        $keys = ['callbacks', 'rate_limits'];
        $filled = static fn(string $key): bool => !self::isEmpty($values[$key] ?? null);

        return array_values(array_filter($keys, $filled));
    }

    private static function isEmpty(mixed $value): bool
    {
        if (!is_array($value)) {
            return $value === null;
        }
        foreach ($value as $entry) {
            if (!self::isEmpty($entry)) {
                return false;
            }
        }

        return true;
    }
}
