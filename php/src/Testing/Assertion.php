<?php

declare(strict_types=1);

namespace Ody\Websocket\Testing;

use PHPUnit\Framework\Assert;

/**
 * Fails as PHPUnit does where it is there, so that a failure is reported and an assertion counted.
 *
 * @internal
 */
final class Assertion
{
    /**
     * @throws \Throwable when $condition is false
     */
    public static function that(bool $condition, string $message): void
    {
        if (class_exists(Assert::class)) {
            Assert::assertTrue($condition, $message);
        } elseif (!$condition) {
            throw new \AssertionError($message);
        }
    }
}
