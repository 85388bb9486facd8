<?php

declare(strict_types=1);

/** A program that takes commands as lines and answers each with a line. */
final class Process
{
    /** @var resource */
    private $process;

    /** @var array<int, resource> */
    private array $pipes = [];

    /** @param list<string> $command */
    public function __construct(private readonly array $command, string $standardInput = '')
    {
        $input = $standardInput === '' ? ['pipe', 'r'] : ['file', $standardInput, 'r+'];
        $process = proc_open($command, [$input, ['pipe', 'w']], $this->pipes);
        if ($process === false) {
            throw new RuntimeException("cannot start {$command[0]}");
        }
        $this->process = $process;
    }

    public function pid(): int
    {
        return proc_get_status($this->process)['pid'];
    }

    public function line(): string
    {
        $line = fgets($this->pipes[1]);
        if ($line === false) {
            throw new RuntimeException(implode(' ', $this->command) . ' ended');
        }
        return $line;
    }

    /** @return array{units: int, cpu_ns: int, wall_ns: int, missing: int, wrong: int, closed: int, close_code: int} */
    public function ask(string $command): array
    {
        fwrite($this->pipes[0], "$command\n");
        return json_decode($this->line(), true, 8, JSON_THROW_ON_ERROR);
    }

    public function end(): void
    {
        proc_terminate($this->process);
        proc_close($this->process);
    }
}
