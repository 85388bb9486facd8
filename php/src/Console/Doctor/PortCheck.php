<?php

declare(strict_types=1);

namespace Ody\Websocket\Console\Doctor;

use Ody\Websocket\Configuration;
use Ody\Websocket\Console\PortOwner;

/**
 * Can the server listen on its address, or does it already?
 *
 * @internal
 */
final class PortCheck implements Check
{
    /** Above the ports that only root may use. */
    private const FIRST = 9502;

    /**
     * @return list<Finding>
     */
    public function findings(Configuration $configuration): array
    {
        $host = $configuration->text('host');
        $port = (int) $configuration->number('port', 0);
        if ($port < 1 || $port > 65535) {
            return [];
        }
        $owner = (new PortOwner())->find($host, $port);
        $pid = RunningServer::pid($configuration);
        if ($owner !== null && $pid !== null && preg_match('/^process ' . $pid . '\b/', $owner) === 1) {
            return [Finding::good(sprintf('Our server (process %d) serves port %d.', $pid, $port))];
        }
        if ($owner !== null) {
            $sentence = sprintf('Port %d of %s is in use: %s serves it.', $port, $host, $owner);

            return [Finding::failure($sentence, Mend::key($configuration, 'port', (string) self::free($host, $port)))];
        }

        return [self::tryToListen($configuration, $host, $port)];
    }

    private static function tryToListen(Configuration $configuration, string $host, int $port): Finding
    {
        $reason = self::refusal($host, $port);
        if ($reason === null) {
            return Finding::good(sprintf('Port %d of %s is free.', $port, $host));
        }
        // PHP tells the reason as a text only.
        $command = str_contains(strtolower($reason), 'permission denied')
            ? Mend::key($configuration, 'port', (string) self::free($host, self::FIRST))
            : Mend::key($configuration, 'host', '127.0.0.1');

        return Finding::failure(sprintf('The server cannot listen on port %d of %s: %s.', $port, $host, lcfirst($reason)), $command);
    }

    /**
     * Returns the next port that nobody serves, or 1024 when there is none up to the last.
     */
    private static function free(string $host, int $port): int
    {
        do {
            $port++;
        } while ($port <= 65535 && self::refusal($host, $port) !== null);

        return $port <= 65535 ? $port : 1024;
    }

    /**
     * Returns why nobody can listen there, or null when somebody can.
     */
    private static function refusal(string $host, int $port): ?string
    {
        $name = str_contains($host, ':') ? '[' . $host . ']' : $host;
        $socket = @stream_socket_server(sprintf('tcp://%s:%d', $name, $port), $code, $reason);
        if ($socket !== false) {
            fclose($socket);

            return null;
        }

        return in_array($reason, [null, ''], true) ? 'no such address' : $reason;
    }
}
