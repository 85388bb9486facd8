<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Support;

use PHPUnit\Framework\Assert;

/**
 * A server in the foreground, with or without a terminal of its own.
 */
final class Foreground
{
    private const PATIENCE = 30.0;

    /** Leads the session of the terminal as a shell does: tells its job when the terminal has gone. */
    private const SHELL = <<<'PHP'
        <?php

        pcntl_async_signals(true);
        $job = proc_open(array_slice($argv, 2), [STDIN, STDOUT, STDERR], $pipes);
        pcntl_signal(SIGINT, static fn() => null);
        pcntl_signal(SIGHUP, static fn() => proc_terminate($job, SIGHUP));
        while (($status = proc_get_status($job))['running']) {
            usleep(5_000);
        }
        file_put_contents($argv[1] . '.new', (string) $status['exitcode']);
        rename($argv[1] . '.new', $argv[1]);
        PHP;

    /** @var resource */
    private $process;

    /** @var array<int, resource> */
    private array $pipes;

    private string $seen = '';

    private readonly string $result;

    /**
     * @param list<string> $arguments of websocket:start
     */
    public function __construct(Project $project, private readonly bool $terminal, array $arguments = [])
    {
        $this->result = $project->root . '/status';
        $server = $project->command('websocket:start', ...$arguments);
        $shell = [PHP_BINARY, $project->write('shell.php', self::SHELL), $this->result, ...$server];
        $line = 'exec ' . implode(' ', array_map(escapeshellarg(...), $shell));
        $command = $terminal ? ['script', '-qfc', $line, '/dev/null'] : $server;
        $environment = ['TERM' => 'xterm', 'SHELL' => '/bin/sh'] + $project->environment;
        $process = proc_open($command, [['pipe', 'r'], ['pipe', 'w'], ['pipe', 'w']], $pipes, '/', $environment);
        Assert::assertIsResource($process);
        $this->process = $process;
        $this->pipes = $pipes;
    }

    /**
     * Reads what the server shows until these words are in it, and returns all of it so far.
     */
    public function sees(string $words): string
    {
        $stream = $this->pipes[$this->terminal ? 1 : 2];
        $deadline = microtime(true) + self::PATIENCE;
        while (!str_contains($this->seen, $words)) {
            $left = $deadline - microtime(true);
            Assert::assertGreaterThan(0, $left, "\"{$words}\" did not come: " . $this->seen);
            $read = [$stream];
            $write = $except = null;
            if (stream_select($read, $write, $except, 0, (int) min(900_000, $left * 1e6)) > 0) {
                $more = fread($stream, 8192);
                Assert::assertNotContains($more, ['', false], "\"{$words}\" did not come: " . $this->seen);
                $this->seen .= $more;
            }
        }

        return $this->seen;
    }

    public function press(string $key): void
    {
        fwrite($this->pipes[0], $key);
    }

    public function signal(int $signal): void
    {
        proc_terminate($this->process, $signal);
    }

    /**
     * Takes the terminal away, as closing its window does.
     */
    public function closeTerminal(): void
    {
        proc_terminate($this->process, SIGKILL);
    }

    /**
     * Returns what it wrote on standard output until its end. Not for terminals.
     */
    public function output(): string
    {
        return (string) stream_get_contents($this->pipes[1]);
    }

    /**
     * Waits for its end and returns the exit status.
     */
    public function status(): int
    {
        $deadline = microtime(true) + self::PATIENCE;
        while (microtime(true) < $deadline) {
            $status = proc_get_status($this->process);
            if (!$this->terminal && !$status['running']) {
                return $status['exitcode'];
            }
            clearstatcache();
            if ($this->terminal && is_file($this->result)) {
                return (int) file_get_contents($this->result);
            }
            usleep(5_000);
        }
        proc_terminate($this->process, SIGKILL);
        Assert::fail('The server did not end: ' . $this->seen);
    }
}
