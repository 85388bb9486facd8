<?php

declare(strict_types=1);

namespace Ody\Websocket\Console\Doctor;

use Ody\Websocket\Configuration;

/**
 * May the server open as many files as it is to hold connections? It raises the soft limit by itself.
 */
final class OpenFilesCheck implements Check
{
    /** What the server keeps for itself. */
    private const RESERVED = 256;

    /** Fewer files than that are hardly meant for a server. */
    private const FEW = 1024;

    private const PLENTY = 65_536;

    /**
     * @return list<Finding>
     */
    public function findings(Configuration $configuration): array
    {
        $limit = self::limit();
        if ($limit === null) {
            return [Finding::good('The number of open files is not limited.')];
        }
        $connections = (int) $configuration->number('limits.connections', 0);
        $possible = $limit <= 2 * self::RESERVED ? intdiv($limit, 2) : $limit - self::RESERVED;
        $open = sprintf('A server started from here may open %s files, enough for %s connections', number_format($limit), number_format($possible));
        if ($connections > $possible) {
            return [Finding::failure(
                sprintf('%s, but "limits.connections" is %s.', $open, number_format($connections)),
                self::raise($connections + self::RESERVED),
            )];
        }

        return [$limit < self::FEW ? Finding::warning($open . ' only.', self::raise(self::PLENTY)) : Finding::good($open . '.')];
    }

    private static function limit(): ?int
    {
        $limits = (string) @file_get_contents('/proc/self/limits');

        return preg_match('/^Max open files\s+\S+\s+(\d+)/m', $limits, $match) === 1 ? (int) $match[1] : null;
    }

    /**
     * Works in the shell that it is typed into.
     */
    private static function raise(int $count): string
    {
        $count = max($count, 2 * self::RESERVED + 1);
        $system = (int) @file_get_contents('/proc/sys/fs/nr_open');
        $first = $system > 0 && $count > $system ? Mend::asRoot(sprintf('sysctl -w fs.nr_open=%d', $count)) . ' && ' : '';

        return $first . (Mend::userId() === 0 ? sprintf('ulimit -n %d', $count) : sprintf('sudo prlimit --pid $$ --nofile=%d:%d', $count, $count));
    }
}
