<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Middleware;

use Ody\Websocket\Middleware\AuthenticationMiddleware;
use Ody\Websocket\Middleware\AuthorizationMiddleware;
use Ody\Websocket\Middleware\Handshake;
use Ody\Websocket\Middleware\LoggingMiddleware;
use Ody\Websocket\Middleware\Message;
use Ody\Websocket\Middleware\RateLimitingMiddleware;
use Ody\Websocket\Middleware\Refusal;
use Ody\Websocket\Middleware\WebSocketMiddlewareInterface;
use PHPUnit\Framework\TestCase;
use Psr\Log\AbstractLogger;

final class ShippedMiddlewareTest extends TestCase
{
    public function testAuthorizationAsksItsCheck(): void
    {
        $seen = [];
        $middleware = new AuthorizationMiddleware(static function (string $token, Handshake $handshake) use (&$seen): bool {
            $seen[] = $token . ' ' . $handshake->address;

            return $token === 'good';
        }, 'ticket');
        self::assertTrue(self::enters($middleware, '/app/key?ticket=good'));
        self::assertTrue(self::enters($middleware, '/app/key', "Authorization: bearer good\r\n"));
        self::assertTrue(self::enters($middleware, '/app/key', "Cookie: ticket=good\r\n"));
        self::assertFalse(self::enters($middleware, '/app/key?ticket=bad'));
        self::assertFalse(self::enters($middleware, '/app/key?ticket='));
        self::assertFalse(self::enters($middleware, '/app/key?token=good'));
        self::assertSame(['good 10.0.0.7', 'good 10.0.0.7', 'good 10.0.0.7', 'bad 10.0.0.7'], $seen);
        self::assertInstanceOf(Message::class, self::says($middleware, '1.2'));
    }

    public function testAuthenticationComparesAKey(): void
    {
        $middleware = new AuthenticationMiddleware('the-key');
        self::assertTrue(self::enters($middleware, '/app/the-key?protocol=7'));
        self::assertTrue(self::enters($middleware, '/app/other', "X-Api-Key: the-key\r\n"));
        self::assertTrue(self::enters($middleware, '/app/other', "Sec-WebSocket-Protocol: a, the-key\r\n"));
        self::assertFalse(self::enters($middleware, '/app/other', "X-Api-Key: the-ke\r\n"));
        self::assertStringNotContainsString('the-key', print_r($middleware, true));
        $this->expectException(\ValueError::class);
        new AuthenticationMiddleware('');
    }

    public function testTheRateIsOfAMinuteAndOfOneClient(): void
    {
        $now = 600;
        $middleware = new RateLimitingMiddleware(2, null, static function () use (&$now): int {
            return $now;
        });
        self::assertTrue(self::enters($middleware, '/app/key'));
        self::assertSame([true, true, false, false], self::passes($middleware, '1.2', 4));
        self::assertSame([true], self::passes($middleware, '3.4', 1));
        $now += 59;
        self::assertSame([false], self::passes($middleware, '1.2', 1));
        ++$now;
        self::assertSame([true, true, false], self::passes($middleware, '1.2', 3));
        $refusal = self::says($middleware, '1.2');
        self::assertInstanceOf(Refusal::class, $refusal);
        self::assertSame(['Rate limit exceeded. Please slow down.', 4301], [$refusal->message, $refusal->code]);
    }

    public function testWithACacheWorkersCountTogether(): void
    {
        $cache = new ArrayCache();
        $clock = static fn(): int => 600;
        $one = new RateLimitingMiddleware(3, $cache, $clock);
        $two = new RateLimitingMiddleware(3, $cache, $clock);
        self::assertSame([true, true], self::passes($one, '1.2', 2));
        self::assertSame([true, false], self::passes($two, '1.2', 2));
        self::assertSame([false], self::passes($one, '1.2', 1));
        self::assertSame(['ody_websocket.rate.1.2.10' => 5], $cache->values);
    }

    public function testCountingTakesBoundedMemory(): void
    {
        $middleware = new RateLimitingMiddleware(1, null, static fn(): int => 0);
        $before = memory_get_usage();
        for ($client = 0; $client < 120_000; $client++) {
            self::says($middleware, $client . '.1');
        }
        self::assertLessThan(12_000_000, memory_get_usage() - $before);
        $this->expectException(\ValueError::class);
        new RateLimitingMiddleware(0);
    }

    public function testLoggingTellsNoSecret(): void
    {
        $logger = new class extends AbstractLogger {
            public string $text = '';

            /**
             * @param array<array-key, mixed> $context
             */
            public function log(mixed $level, string|\Stringable $message, array $context = []): void
            {
                $this->text .= $message . json_encode($context) . "\n";
            }
        };
        $middleware = new LoggingMiddleware($logger);
        self::enters($middleware, '/app/key?token=secret', "Authorization: secret\r\nCookie: a=secret\r\n");
        $middleware->processMessage(
            Message::parse('1.2', '{"event":"pusher:subscribe","data":{"channel":"private-a","auth":"secret"}}'),
            static fn(Message $message): Refusal => $message->refuse('no'),
        );
        self::says($middleware, '1.2');
        self::assertSame(
            'client connected{"client":"1.2","address":"10.0.0.7"}' . "\n"
            . 'message refused{"client":"1.2","event":"pusher:subscribe","channel":"private-a","bytes":75}' . "\n"
            . 'message{"client":"1.2","event":"client-a","channel":"room","bytes":40}' . "\n",
            $logger->text,
        );
    }

    /**
     * @return list<bool>
     */
    private static function passes(WebSocketMiddlewareInterface $middleware, string $client, int $times): array
    {
        return array_map(static fn(): bool => !self::says($middleware, $client) instanceof Refusal, range(1, $times));
    }

    private static function says(WebSocketMiddlewareInterface $middleware, string $client): mixed
    {
        return $middleware->processMessage(
            Message::parse($client, '{"event":"client-a","channel":"room"   }'),
            static fn(Message $message): Message => $message,
        );
    }

    private static function enters(WebSocketMiddlewareInterface $middleware, string $target, string $headers = ''): bool
    {
        return $middleware->processHandshake(
            new Handshake('1.2', '10.0.0.7', "GET {$target} HTTP/1.1\r\nHost: a\r\n{$headers}\r\n"),
            static fn(Handshake $handshake): bool => true,
        );
    }
}
