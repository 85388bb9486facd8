<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Configuration;

use Ody\Websocket\Configuration\Processors;
use PHPUnit\Framework\TestCase;

final class ProcessorsTest extends TestCase
{
    public function testCountsTheListsOfTheKernel(): void
    {
        self::assertSame(1, Processors::countList('0'));
        self::assertSame(4, Processors::countList('0-3'));
        self::assertSame(6, Processors::countList("0-3,8,10\n"));
        self::assertSame(0, Processors::countList(''));
    }

    public function testAgreesWithTheSystem(): void
    {
        self::assertSame((int) shell_exec('nproc'), Processors::count());
    }
}
