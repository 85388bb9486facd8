<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Support;

use PHPUnit\Framework\Assert;

/**
 * Looks into what was decoded from JSON.
 */
final class Json
{
    /**
     * Returns the value of a path such as "presence.count".
     */
    public static function at(mixed $value, string $path): mixed
    {
        foreach (explode('.', $path) as $key) {
            Assert::assertIsArray($value);
            Assert::assertArrayHasKey($key, $value);
            $value = $value[$key];
        }

        return $value;
    }

    public static function text(mixed $value, string $path): string
    {
        $text = self::at($value, $path);
        Assert::assertIsString($text);

        return $text;
    }
}
