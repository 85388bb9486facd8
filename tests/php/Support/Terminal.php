<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Support;

use PHPUnit\Framework\Assert;

/**
 * A command in a terminal of its own.
 */
final class Terminal
{
    private const PATIENCE = 30.0;

    /** @var resource */
    private $process;

    /** @var array<int, resource> */
    private array $pipes;

    private string $seen = '';

    /**
     * @param list<string>          $command
     * @param array<string, string> $environment all of it, but for TERM and SHELL
     */
    public function __construct(array $command, array $environment, string $folder = '/')
    {
        $line = 'stty rows 50 cols 120; exec ' . implode(' ', array_map(escapeshellarg(...), $command));
        $environment += ['TERM' => 'xterm-256color', 'SHELL' => '/bin/sh'];
        $process = proc_open(['script', '-qefc', $line, '/dev/null'], [['pipe', 'r'], ['pipe', 'w'], ['pipe', 'w']], $pipes, $folder, $environment);
        Assert::assertIsResource($process);
        $this->process = $process;
        $this->pipes = $pipes;
    }

    /**
     * Runs a command of the console to its end and returns what the terminal got.
     */
    public static function show(Project $project, int $status, string ...$arguments): string
    {
        $terminal = new self($project->command(...$arguments), $project->environment);
        Assert::assertSame($status, $terminal->status(), $terminal->seen);

        return $terminal->seen;
    }

    /**
     * Reads what the command shows until these words are in it, and returns all of it so far.
     */
    public function sees(string $words): string
    {
        while (!str_contains($this->seen, $words)) {
            Assert::assertTrue($this->read(), "\"{$words}\" did not come: " . $this->seen);
        }

        return $this->seen;
    }

    public function press(string $keys): void
    {
        fwrite($this->pipes[0], $keys);
    }

    /**
     * Waits for its end and returns the exit status.
     */
    public function status(): int
    {
        while ($this->read());

        return proc_close($this->process);
    }

    private function read(): bool
    {
        $deadline = microtime(true) + self::PATIENCE;
        do {
            $left = $deadline - microtime(true);
            Assert::assertGreaterThan(0, $left, 'The terminal is silent: ' . $this->seen);
            $read = [$this->pipes[1]];
            $write = $except = null;
        } while (stream_select($read, $write, $except, 1) !== 1);
        $more = (string) fread($this->pipes[1], 8192);
        $this->seen .= $more;

        return $more !== '';
    }
}
