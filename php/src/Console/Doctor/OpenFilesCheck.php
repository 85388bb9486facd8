<?php

declare(strict_types=1);

namespace Ody\Websocket\Console\Doctor;

use Ody\Websocket\Configuration;

/**
 * May the server open as many files as it is to hold connections? It sets the soft limit by itself.
 *
 * @internal
 */
final class OpenFilesCheck implements Check
{
    /** What the server keeps for itself. */
    private const RESERVED = 256;

    /** As many files the server allows itself unless it is told how many connections to hold. */
    private const BY_DEFAULT = 100_000;

    /** CAP_SYS_RESOURCE */
    private const MAY_RAISE = 1 << 24;

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
        $limit = $connections > 0 ? $limit : min($limit, self::BY_DEFAULT);
        $possible = $limit <= 2 * self::RESERVED ? intdiv($limit, 2) : $limit - self::RESERVED;
        $open = sprintf('A server started from here may open %s files, enough for %s connections', number_format($limit), number_format($possible));
        if ($connections > $possible) {
            $command = self::raise($connections + self::RESERVED)
                ?? Mend::key($configuration, 'limits.connections', (string) $possible);

            return [Finding::failure(sprintf('%s, but "limits.connections" is %s.', $open, number_format($connections)), $command)];
        }
        if ($limit >= self::FEW) {
            return [Finding::good($open . '.')];
        }
        $command = self::raise(self::PLENTY);
        $advice = $command === null ? '; give its container more with --ulimit nofile=65536' : '';

        return [Finding::warning(sprintf('%s only%s.', $open, $advice), $command)];
    }

    private static function limit(): ?int
    {
        $limits = (string) @file_get_contents('/proc/self/limits');

        return preg_match('/^Max open files\s+\S+\s+(\d+)/m', $limits, $match) === 1 ? (int) $match[1] : null;
    }

    /**
     * Works in the shell that it is typed into. Returns null where not even root may raise the limit, as
     * in most containers.
     */
    private static function raise(int $count): ?string
    {
        if (Mend::userId() !== 0) {
            return sprintf('sudo prlimit --pid $$ --nofile=%d:%d', $count, $count);
        }
        $status = (string) @file_get_contents('/proc/self/status');
        $rights = preg_match('/^CapEff:\s+([0-9a-f]+)/m', $status, $match) === 1 ? (int) hexdec($match[1]) : 0;
        if (($rights & self::MAY_RAISE) === 0) {
            return null;
        }
        $system = (int) @file_get_contents('/proc/sys/fs/nr_open');
        $first = $system > 0 && $count > $system ? sprintf('sysctl -w fs.nr_open=%d && ', $count) : '';

        return $first . sprintf('ulimit -n %d', $count);
    }
}
