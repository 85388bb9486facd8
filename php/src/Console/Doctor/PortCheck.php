<?php

declare(strict_types=1);

namespace Ody\Websocket\Console\Doctor;

use Ody\Websocket\Configuration;
use Ody\Websocket\Console\LocalServer;
use Ody\Websocket\Console\PortOwner;
use Ody\Websocket\Extension;

/**
 * Can the server listen on its address, or does it already?
 */
final class PortCheck implements Check
{
    private const NOT_PERMITTED = 13;

    private const NOT_OURS = 99;

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
        $pid = Extension::isLoaded() ? (new LocalServer($configuration))->pid() : null;
        if ($owner !== null && $pid !== null && preg_match('/^process ' . $pid . '\b/', $owner) === 1) {
            return [Finding::good(sprintf('Our server (process %d) serves port %d.', $pid, $port))];
        }
        if ($owner !== null) {
            $sentence = sprintf('Port %d of %s is in use: %s serves it.', $port, $host, $owner);

            return [Finding::failure($sentence, Mend::variable($configuration, 'WEBSOCKET_PORT', (string) self::free($host, $port)))];
        }

        return [self::tryToListen($configuration, $host, $port)];
    }

    private static function tryToListen(Configuration $configuration, string $host, int $port): Finding
    {
        [$code, $reason] = self::listen($host, $port);
        if ($code === 0) {
            return Finding::good(sprintf('Port %d of %s is free.', $port, $host));
        }
        $sentence = sprintf('The server cannot listen on port %d of %s: %s.', $port, $host, lcfirst($reason));
        $command = match (true) {
            $code === self::NOT_PERMITTED => Mend::variable($configuration, 'WEBSOCKET_PORT', (string) self::free($host, 9501)),
            $code === self::NOT_OURS, filter_var($host, FILTER_VALIDATE_IP) === false => Mend::variable($configuration, 'WEBSOCKET_HOST', '127.0.0.1'),
            default => null,
        };

        return Finding::failure($sentence, $command);
    }

    /**
     * Returns the next port that nobody serves.
     */
    private static function free(string $host, int $port): int
    {
        do {
            $port = $port >= 65535 ? 1024 : $port + 1;
        } while (self::listen($host, $port)[0] !== 0);

        return $port;
    }

    /**
     * @return array{int, string} the error, 0 for none, and its text
     */
    private static function listen(string $host, int $port): array
    {
        $name = str_contains($host, ':') ? '[' . $host . ']' : $host;
        $socket = @stream_socket_server(sprintf('tcp://%s:%d', $name, $port), $code, $reason);
        if ($socket !== false) {
            fclose($socket);

            return [0, ''];
        }

        return [max(1, $code), in_array($reason, [null, ''], true) ? 'no such address' : $reason];
    }
}
