<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Console;

use Ody\Websocket\Console\JsonSyntax;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

final class JsonSyntaxTest extends TestCase
{
    #[DataProvider('mistakes')]
    public function testNamesThePlaceOfTheFirstMistake(string $text, string $place): void
    {
        self::assertNull(json_decode($text));
        self::assertSame($place, JsonSyntax::mistake($text));
    }

    /**
     * @return iterable<array{string, string}>
     */
    public static function mistakes(): iterable
    {
        yield ['', 'its end'];
        yield ['{', 'its end'];
        yield ["[1, 2\n", 'its end'];
        yield ['{"a"', 'its end'];
        yield ['{"a": "b', 'its end'];
        yield ['{"a": tru}', 'line 1, character 7'];
        yield ["{'a': 1}", 'line 1, character 2'];
        yield ['{a: 1}', 'line 1, character 2'];
        yield ['{"a" 1}', 'line 1, character 6'];
        yield ['{"a": 1,}', 'line 1, character 9'];
        yield ['[1,]', 'line 1, character 4'];
        yield ['[1 2]', 'line 1, character 4'];
        yield ['[1}', 'line 1, character 3'];
        yield ['[01]', 'line 1, character 2'];
        yield ['[1.]', 'line 1, character 2'];
        yield ['{} {}', 'line 1, character 4'];
        yield ["{\"a\": 1,\n  \"ü\": [1, x]\n}", 'line 2, character 12'];
        yield ['{"aü": "b\q"}', 'line 1, character 10'];
        yield ['{"a\u12": 1}', 'line 1, character 4'];
        yield ["[\"a\tb\"]", 'line 1, character 4'];
        yield [']', 'line 1, character 1'];
        yield [str_repeat('[', 1_000), 'its end'];
    }
}
