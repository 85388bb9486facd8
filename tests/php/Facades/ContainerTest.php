<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Facades;

use Ody\Websocket\Channel\Publisher;
use Ody\Websocket\Channel\UnixPublisher;
use Ody\Websocket\Facades\WebSocket;
use Ody\Websocket\Testing\WebSocketFake;
use PHPUnit\Framework\TestCase;
use Psr\Container\ContainerInterface;

/**
 * The facade where a framework has a container.
 */
final class ContainerTest extends TestCase
{
    protected function tearDown(): void
    {
        WebSocket::setContainer(null);
    }

    public function testThePublisherOfTheContainerIsUsed(): void
    {
        $publisher = new WebSocketFake();
        WebSocket::setContainer(self::container([Publisher::class => static fn() => $publisher]));
        WebSocket::publish('news', 'e', []);
        $publisher->assertPublishedOn('news', 'e');
    }

    public function testTheContainerIsAskedEachTime(): void
    {
        WebSocket::setContainer(self::container([Publisher::class => static fn() => new WebSocketFake()]));
        self::assertNotSame(WebSocket::client(), WebSocket::client());
    }

    public function testAFakeStandsBeforeTheContainerUntilTheNextContainer(): void
    {
        $container = self::container([Publisher::class => static fn() => new WebSocketFake()]);
        WebSocket::setContainer($container);
        $fake = WebSocket::fake();
        self::assertSame($fake, WebSocket::client());
        WebSocket::setContainer($container);
        self::assertNotSame($fake, WebSocket::client());
    }

    public function testWithoutOneInItTheConfigurationCounts(): void
    {
        WebSocket::setContainer(self::container([]));
        self::assertInstanceOf(UnixPublisher::class, WebSocket::client());
        self::assertSame(WebSocket::client(), WebSocket::client());
    }

    public function testSomethingElseUnderItsNameIsAnError(): void
    {
        WebSocket::setContainer(self::container([Publisher::class => static fn() => new \stdClass()]));
        $this->expectException(\UnexpectedValueException::class);
        $this->expectExceptionMessage('The container has no ' . Publisher::class . ' under that name, but stdClass.');
        WebSocket::client();
    }

    /**
     * @param array<string, \Closure(): object> $factories
     */
    private static function container(array $factories): ContainerInterface
    {
        return new class ($factories) implements ContainerInterface {
            /**
             * @param array<string, \Closure(): object> $factories
             */
            public function __construct(private readonly array $factories) {}

            public function get(string $id): object
            {
                return $this->factories[$id]();
            }

            public function has(string $id): bool
            {
                return isset($this->factories[$id]);
            }
        };
    }
}
