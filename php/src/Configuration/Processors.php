<?php

declare(strict_types=1);

namespace Ody\Websocket\Configuration;

/**
 * Counts the processors that this process may use.
 *
 * @internal
 */
final class Processors
{
    private static ?int $count = null;

    /**
     * Returns the number, found out once.
     *
     * @return int<1, max>
     */
    public static function count(): int
    {
        return max(1, self::$count ??= self::allowed() ?? self::installed() ?? 1);
    }

    /**
     * Counts a list of the kernel such as "0-3,8".
     */
    public static function countList(string $list): int
    {
        $count = 0;
        foreach (explode(',', trim($list)) as $range) {
            if (preg_match('/^(\d+)(?:-(\d+))?$/', $range, $bounds) === 1) {
                $count += (int) ($bounds[2] ?? $bounds[1]) - (int) $bounds[1] + 1;
            }
        }

        return $count;
    }

    private static function allowed(): ?int
    {
        $status = @file_get_contents('/proc/self/status');
        if ($status === false || preg_match('/^Cpus_allowed_list:\s*(\S+)/m', $status, $match) !== 1) {
            return null;
        }

        return self::countList($match[1]);
    }

    private static function installed(): ?int
    {
        $information = @file_get_contents('/proc/cpuinfo');

        return $information === false ? null : (int) preg_match_all('/^processor\s*:/m', $information);
    }
}
