<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Console;

use Ody\Websocket\Console\PlainText;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

final class PlainTextTest extends TestCase
{
    #[DataProvider('texts')]
    public function testNothingReachesATerminalButText(string $text, string $plain): void
    {
        self::assertSame($plain, PlainText::of($text));
    }

    /**
     * @return iterable<array{string, string}>
     */
    public static function texts(): iterable
    {
        yield ['orders-ü 日本', 'orders-ü 日本'];
        yield ["a\e[31mb", 'a\x1b[31mb'];
        yield ["a\r\nb\x7f", 'a\x0d\x0ab\x7f'];
        yield ["a\u{9b}31m", 'a\u{9b}31m'];
        yield ["a\u{202e}b", 'a\u{202e}b'];
        yield ["a\xff\e", 'a\xff\x1b'];
    }

    public function testTagsAreText(): void
    {
        self::assertSame('\\<info\\>a', PlainText::escaped('<info>a'));
    }
}
