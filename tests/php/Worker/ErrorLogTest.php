<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Worker;

use Ody\Websocket\Worker\ErrorLog;
use PHPUnit\Framework\TestCase;

final class ErrorLogTest extends TestCase
{
    public function testAnEntryIsOneLine(): void
    {
        $stream = fopen('php://memory', 'w+b');
        self::assertIsResource($stream);
        $log = new ErrorLog($stream);
        $log->error("two\r\nlines\x00\x1b[31m and \xff", ['number' => 7, 'true' => true, 'list' => [1], 'exception' => new \LogicException('why')]);
        $log->info(str_repeat('ä', 10_000));
        rewind($stream);
        $lines = explode("\n", (string) stream_get_contents($stream));
        self::assertCount(3, $lines);
        self::assertStringStartsWith("two | lines  [31m and \u{FFFD} number=7 true=true: LogicException: why in " . __FILE__ . ':', $lines[0]);
        self::assertLessThan(8192, strlen($lines[1]));
        self::assertSame(1, preg_match('//u', $lines[1]));
    }

    public function testTracesHoldNoArguments(): void
    {
        $text = ErrorLog::describe(self::fails('the secret'));
        self::assertStringContainsString(self::class . '::fails()', $text);
        self::assertStringContainsString(' caused by RuntimeException: inner in ', $text);
        self::assertStringNotContainsString('the secret', $text);
    }

    private static function fails(string $secret): \Throwable
    {
        return new \LogicException('outer ' . strlen($secret), 0, new \RuntimeException('inner'));
    }
}
