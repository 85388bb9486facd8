<?php

declare(strict_types=1);

namespace Chat;

use Ody\Websocket\Extension;

/**
 * Runs the two servers of the example side by side until one ends or somebody ends this process.
 */
final class Launcher
{
    /** Seconds until both must accept connections. */
    private const PATIENCE = 10;

    /** @var array<string, resource> what runs, by name */
    private array $processes = [];

    private bool $stopped = false;

    /**
     * @param string $folder        of the example
     * @param int    $port          of the pages
     * @param int    $websocketPort of the WebSocket server
     */
    public function __construct(
        private readonly string $folder,
        private readonly string $host,
        private readonly int $port,
        private readonly int $websocketPort,
    ) {}

    /**
     * Starts both and waits.
     *
     * @return int the exit status
     *
     * @throws \RuntimeException when one of them cannot start
     */
    public function run(): int
    {
        pcntl_async_signals(true);
        foreach ([SIGINT, SIGTERM, SIGHUP] as $signal) {
            pcntl_signal($signal, function (): void {
                $this->stopped = true;
            });
        }
        foreach ([$this->port, $this->websocketPort] as $port) {
            if ($this->accepts($port)) {
                throw new \RuntimeException(sprintf('Port %d is in use: choose others with --port and --websocket-port.', $port));
            }
        }
        try {
            $this->start();
            $this->awaitBoth();
            if (!$this->stopped) {
                printf("The chat is at http://%s:%d. Open it in two browsers. Ctrl-C ends it.\n", $this->host, $this->port);
            }
            while (!$this->stopped && $this->bothRun()) {
                usleep(200_000);
            }

            return $this->stopped ? 0 : 1;
        } finally {
            $this->end();
        }
    }

    private function start(): void
    {
        $php = [PHP_BINARY, ...self::options()];
        $package = dirname($this->folder, 2);
        @mkdir($this->folder . '/var/sessions', 0o700, true);
        $environment = $this->settings() + getenv();
        $this->processes['websocket'] = $this->process([...$php, $package . '/artisan', 'websocket:start'], $environment);
        $this->processes['pages'] = $this->process(
            [...$php, '-S', $this->host . ':' . $this->port, '-t', $this->folder . '/public', $this->folder . '/index.php'],
            $environment,
        );
    }

    /**
     * The configuration of both servers. Variables of the environment win over .env, so the example
     * does not touch the server of the project that it lies in. Those that are to be empty say so,
     * because proc_open() leaves out variables without a value.
     *
     * @return array<string, string>
     */
    private function settings(): array
    {
        $keys = new Keys($this->folder . '/var/keys.json');

        return [
            'WEBSOCKET_HOST' => $this->host,
            'WEBSOCKET_PORT' => (string) $this->websocketPort,
            'WEBSOCKET_PATH' => '(empty)',
            'WEBSOCKET_API_KEY' => $keys->apiKey,
            'WEBSOCKET_SECRET_KEY' => $keys->secretKey,
            'WEBSOCKET_SOCKET' => $this->folder . '/var/ody.sock',
            'WEBSOCKET_SOCKET_GROUP' => '(empty)',
            'WEBSOCKET_CONNECTION' => '(empty)',
            'WEBSOCKET_PID_FILE' => $this->folder . '/var/ody.pid',
            'WEBSOCKET_SSL_CERT_FILE' => '(empty)',
            'WEBSOCKET_SSL_KEY_FILE' => '(empty)',
            'WEBSOCKET_CLIENT_EVENTS' => 'private',
            'WEBSOCKET_DRAIN_TIME' => '1',
        ];
    }

    /**
     * @param list<string>          $command
     * @param array<string, string> $environment
     *
     * @return resource
     */
    private function process(array $command, array $environment)
    {
        $log = ['file', $this->folder . '/var/log.txt', 'a'];
        $process = proc_open($command, [['file', '/dev/null', 'r'], $log, $log], $pipes, $this->folder, $environment);

        return is_resource($process) ? $process : throw new \RuntimeException($command[0] . ' cannot be started.');
    }

    private function awaitBoth(): void
    {
        $deadline = microtime(true) + self::PATIENCE;
        while (!$this->stopped && !($this->accepts($this->port) && $this->accepts($this->websocketPort))) {
            if (!$this->bothRun() || microtime(true) > $deadline) {
                throw new \RuntimeException(sprintf('The chat could not start: %s/var/log.txt says why.', $this->folder));
            }
            usleep(20_000);
        }
    }

    private function bothRun(): bool
    {
        foreach ($this->processes as $process) {
            if (!proc_get_status($process)['running']) {
                return false;
            }
        }

        return true;
    }

    private function accepts(int $port): bool
    {
        $host = in_array($this->host, ['0.0.0.0', '[::]'], true) ? '127.0.0.1' : $this->host;
        $socket = @stream_socket_client(sprintf('tcp://%s:%d', $host, $port), $code, $reason, 1);
        if (!is_resource($socket)) {
            return false;
        }
        fclose($socket);

        return true;
    }

    private function end(): void
    {
        foreach ($this->processes as $process) {
            if (proc_get_status($process)['running']) {
                proc_terminate($process, SIGTERM);
            }
        }
        array_map(proc_close(...), $this->processes);
        $this->processes = [];
    }

    /**
     * What PHP has to be told so that it has the extension, when php.ini does not load it.
     *
     * @return list<string>
     */
    private static function options(): array
    {
        $process = proc_open([PHP_BINARY, '-r', 'exit(extension_loaded($argv[1]) ? 0 : 1);', Extension::NAME], [], $pipes);
        $loaded = is_resource($process) && proc_close($process) === 0;

        return $loaded ? [] : ['-d', 'extension=' . Extension::file()];
    }
}
