<?php

declare(strict_types=1);

namespace Ody\Websocket\Configuration;

/**
 * Reads and writes nested arrays by keys with dots in them.
 *
 * @internal
 */
final class Keys
{
    /**
     * Returns the value of a key, or the default when it is not there or null.
     *
     * @param array<array-key, mixed> $values
     */
    public static function get(array $values, string $key, mixed $default = null): mixed
    {
        $value = $values;
        foreach (explode('.', $key) as $part) {
            if (!is_array($value)) {
                return $default;
            }
            $value = $value[$part] ?? null;
        }

        return $value ?? $default;
    }

    /**
     * Returns the array with one key set. What stands in the way of a group is replaced by it.
     *
     * @param array<array-key, mixed> $values
     *
     * @return array<array-key, mixed>
     */
    public static function set(array $values, string $key, mixed $value): array
    {
        $parts = explode('.', $key, 2);
        if (isset($parts[1])) {
            $group = $values[$parts[0]] ?? [];
            $value = self::set(is_array($group) ? $group : [], $parts[1], $value);
        }
        $values[$parts[0]] = $value;

        return $values;
    }

    /**
     * Lays one configuration over another: groups are merged, lists and values replaced. Null means
     * "not set", so it leaves what is below.
     *
     * @param array<array-key, mixed> $below
     * @param array<array-key, mixed> $above
     *
     * @return array<array-key, mixed>
     */
    public static function merge(array $below, array $above): array
    {
        foreach ($above as $key => $value) {
            $old = $below[$key] ?? null;
            if (is_array($value) && is_array($old) && !array_is_list($value)) {
                $below[$key] = self::merge($old, $value);
            } elseif ($value !== null || !array_key_exists($key, $below)) {
                $below[$key] = $value;
            }
        }

        return $below;
    }
}
