<?php

declare(strict_types=1);

/** A server of ours on a free port, with the one app 1, bench-key, bench-secret. */
final class Server
{
    /** @param array<string, string> $environment */
    private function __construct(
        private readonly string $root,
        public readonly int $pid,
        public readonly int $port,
        public readonly string $socket,
        private readonly array $environment,
    ) {}

    /**
     * @param string $folder for its files
     * @param array<string, string> $more environment
     */
    public static function start(string $root, string $folder, int $workers, array $more = []): self
    {
        $port = self::freePort();
        $environment = [
            'WEBSOCKET_PORT' => (string) $port,
            'WEBSOCKET_WORKER_COUNT' => (string) $workers,
            'WEBSOCKET_API_KEY' => 'bench-key',
            'WEBSOCKET_SECRET_KEY' => 'bench-secret',
            'WEBSOCKET_SOCKET' => "$folder/$port.sock",
            'WEBSOCKET_PID_FILE' => "$folder/$port.pid",
            'WEBSOCKET_LOG_FILE' => "$folder/$port.log",
            ...$more,
        ];
        self::artisan($root, 'websocket:start -d', $environment);
        $status = json_decode(self::artisan($root, 'websocket:status --json', $environment), true, 16, JSON_THROW_ON_ERROR);
        return new self($root, $status['engine_pid'], $port, $environment['WEBSOCKET_SOCKET'], $environment);
    }

    public function stop(): void
    {
        self::artisan($this->root, 'websocket:stop', $this->environment);
    }

    public function load(): Process
    {
        return new Process(["{$this->root}/tests/out/bench/load", (string) $this->pid, (string) $this->port, 'bench-key', $this->socket]);
    }

    public static function freePort(): int
    {
        // Not one that the kernel gives to connections: thousands are made here.
        do {
            $port = random_int(10000, 32767);
            $server = @stream_socket_server("tcp://127.0.0.1:$port");
        } while (!$server);
        fclose($server);
        return $port;
    }

    /** @param array<string, string> $environment */
    private static function artisan(string $root, string $command, array $environment): string
    {
        $set = '';
        foreach ($environment as $name => $value) {
            $set .= "$name=" . escapeshellarg($value) . ' ';
        }
        exec("$set php " . escapeshellarg("$root/artisan") . " $command", $output, $status);
        if ($status !== 0) {
            throw new RuntimeException("artisan $command failed: " . implode("\n", $output));
        }
        return implode("\n", $output);
    }
}
