<?php

declare(strict_types=1);

namespace Ody\Websocket\Console\Doctor;

use Ody\Websocket\Configuration;
use Ody\Websocket\Console\CommandLine;
use Ody\Websocket\Console\LocalServer;
use Ody\Websocket\Exceptions\ConnectionException;
use Ody\Websocket\Extension;

/**
 * Does the server run, does it answer, and is it of this version?
 *
 * @internal
 */
final class ServerCheck implements Check
{
    /**
     * @return list<Finding>
     */
    public function findings(Configuration $configuration): array
    {
        if (!Extension::isLoaded()) {
            return [];
        }
        $pid = RunningServer::pid($configuration);
        if ($pid === null) {
            return [Finding::warning('The server is not running.', CommandLine::typed('websocket:start -d'))];
        }
        $socket = $configuration->text('socket.path');
        if (file_exists($socket) && !is_writable($socket)) {
            // That is a finding of the socket, and no restart mends it.
            return [];
        }
        try {
            $status = (new LocalServer($configuration))->status();
        } catch (ConnectionException $error) {
            return [Finding::failure(sprintf('Process %d is the server, but it does not answer: %s.', $pid, rtrim($error->getMessage(), '.')), Mend::restart())];
        }

        return [self::compare($status, $configuration, $pid)];
    }

    /**
     * @param array<array-key, mixed> $status
     */
    private static function compare(array $status, Configuration $configuration, int $pid): Finding
    {
        $version = is_string($status['version'] ?? null) ? $status['version'] : 'unknown';
        if ($version !== Extension::VERSION) {
            $sentence = sprintf('The server that runs is version %s, but version %s is installed.', $version, Extension::VERSION);

            return Finding::failure($sentence, Mend::restart());
        }
        $port = $status['port'] ?? null;
        if (is_int($port) && $port !== (int) $configuration->number('port', 0)) {
            $sentence = sprintf('The server that runs serves port %d, but the configuration says %s.', $port, $configuration->text('port'));

            return Finding::warning($sentence, Mend::restart());
        }

        return Finding::good(sprintf('The server %s runs as process %d.', $version, $pid));
    }
}
