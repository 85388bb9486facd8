<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Worker;

use Ody\Websocket\Tests\Support\Container;
use Ody\Websocket\Worker\ErrorLog;
use Ody\Websocket\Worker\Housekeeping;
use Ody\Websocket\Worker\ResetsState;
use PHPUnit\Framework\TestCase;

final class HousekeepingTest extends TestCase
{
    public function testTheApplicationsStateIsResetAfterEachCall(): void
    {
        $resets = new class implements ResetsState {
            public int $count = 0;

            public function reset(): void
            {
                ++$this->count;
            }
        };
        $housekeeping = new Housekeeping(new ErrorLog(), new Container([ResetsState::class => $resets]));
        self::assertTrue($housekeeping->run());
        self::assertTrue($housekeeping->run());
        self::assertSame(2, $resets->count);
    }

    public function testAResetThatFailsEndsTheWorker(): void
    {
        $resets = new class implements ResetsState {
            public function reset(): void
            {
                throw new \LogicException('It cannot be reset');
            }
        };
        $stream = fopen('php://memory', 'w+b');
        self::assertIsResource($stream);
        $housekeeping = new Housekeeping(new ErrorLog($stream), new Container([ResetsState::class => $resets]));
        self::assertFalse($housekeeping->run());
        rewind($stream);
        self::assertStringContainsString('LogicException: It cannot be reset', (string) stream_get_contents($stream));
    }

    public function testAWorkerThatHoldsTooMuchMemoryMakesRoom(): void
    {
        $stream = fopen('php://memory', 'w+b');
        self::assertIsResource($stream);
        $housekeeping = new Housekeeping(new ErrorLog($stream), null);
        $limit = ini_get('memory_limit');
        $held = str_repeat('x', 30_000_000);
        try {
            ini_set('memory_limit', (string) (memory_get_usage(true) + 2_000_000));
            self::assertFalse($housekeeping->run());
            ini_set('memory_limit', (string) (memory_get_usage(true) * 2));
            self::assertTrue($housekeeping->run());
        } finally {
            ini_set('memory_limit', $limit);
        }
        self::assertSame(30_000_000, strlen($held));
        rewind($stream);
        self::assertStringContainsString('it holds too much memory bytes=', (string) stream_get_contents($stream));
    }
}
