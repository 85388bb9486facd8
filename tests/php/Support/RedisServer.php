<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Support;

use PHPUnit\Framework\Assert;

/**
 * A real Redis on a port of its own, which keeps nothing.
 */
final class RedisServer
{
    private const PATIENCE = 10.0;

    public readonly int $port;

    /** @var resource */
    private $process;

    public function __construct()
    {
        $this->port = Project::freePort();
        $command = ['redis-server', '--port', (string) $this->port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', sys_get_temp_dir()];
        $process = proc_open($command, [['file', '/dev/null', 'r'], ['file', '/dev/null', 'w'], ['file', '/dev/null', 'w']], $pipes);
        Assert::assertIsResource($process);
        $this->process = $process;
        $this->until('PING', '+PONG');
    }

    /**
     * Waits until somebody listens to a channel.
     */
    public function heard(string $channel): void
    {
        $this->until("PUBSUB NUMSUB {$channel}", "{$channel}\r\n:1");
    }

    public function stop(): void
    {
        proc_terminate($this->process, SIGKILL);
        proc_close($this->process);
    }

    /**
     * Sends a command again and again until its answer has these words.
     */
    private function until(string $command, string $words): void
    {
        $deadline = microtime(true) + self::PATIENCE;
        do {
            Assert::assertLessThan($deadline, microtime(true), "Redis did not answer \"{$command}\" with \"{$words}\".");
            $answer = '';
            $stream = @stream_socket_client("tcp://127.0.0.1:{$this->port}", $code, $reason, 1);
            if (is_resource($stream)) {
                fwrite($stream, "{$command}\r\nQUIT\r\n");
                $answer = (string) stream_get_contents($stream);
                fclose($stream);
            }
            usleep(5_000);
        } while (!str_contains($answer, $words));
    }
}
