<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Support;

use PHPUnit\Framework\Assert;

/**
 * What a process wrote, and how it ended.
 */
final class Result
{
    private function __construct(
        public readonly int $status,
        public readonly string $output,
        public readonly string $errors,
    ) {}

    /**
     * Runs a process and waits until it ends, 60 s at most.
     *
     * @param list<string>          $command
     * @param array<string, string> $environment all of it
     * @param string                $input       what it reads
     */
    public static function of(array $command, array $environment, string $folder, string $input = ''): self
    {
        // Files, not pipes: a server in the background may keep a pipe open for as long as it lives.
        $streams = [tmpfile(), tmpfile(), tmpfile()];
        Assert::assertNotContains(false, $streams);
        [$in, $out, $errors] = $streams;
        fwrite($in, $input);
        rewind($in);
        $process = proc_open(['timeout', '60', ...$command], [$in, $out, $errors], $pipes, $folder, $environment);
        Assert::assertIsResource($process);
        $status = proc_close($process);
        rewind($out);
        rewind($errors);

        return new self($status, (string) stream_get_contents($out), (string) stream_get_contents($errors));
    }

    /**
     * Fails the test when the process failed.
     */
    public function succeeded(): self
    {
        Assert::assertSame(0, $this->status, $this->output . $this->errors);

        return $this;
    }

    /**
     * Fails the test unless the process ended with status 1, nothing on standard output, and one
     * sentence on standard error that holds these words and no trace.
     */
    public function refused(string ...$words): self
    {
        Assert::assertSame(1, $this->status, $this->output . $this->errors);
        Assert::assertSame('', $this->output);
        Assert::assertSame(1, substr_count($this->errors, "\n"), $this->errors);
        Assert::assertStringNotContainsString('.php:', $this->errors);
        foreach ($words as $word) {
            Assert::assertStringContainsString($word, $this->errors);
        }

        return $this;
    }

    /**
     * Returns what the process wrote as JSON.
     */
    public function json(): mixed
    {
        return json_decode($this->succeeded()->output, true, 512, JSON_THROW_ON_ERROR);
    }
}
