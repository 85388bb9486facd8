<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Testing;

use Ody\Websocket\Facades\WebSocket;
use Ody\Websocket\Testing\Published;
use Ody\Websocket\Testing\WebSocketFake;
use Ody\Websocket\Tests\Support\ProjectTestCase;
use PHPUnit\Framework\AssertionFailedError;

final class WebSocketFakeTest extends ProjectTestCase
{
    protected function tearDown(): void
    {
        WebSocket::swap(null);
        parent::tearDown();
    }

    public function testRecordsWhatTheFacadePublishes(): void
    {
        $fake = WebSocket::fake()->withSubscribers('orders', ['1.1', '1.2']);
        self::assertSame(2, WebSocket::publish('orders', 'shipped', ['id' => 7]));
        self::assertSame(1, WebSocket::publish('orders', 'shipped', ['id' => 8], '1.1'));
        self::assertSame(2, WebSocket::publishToChannels(['orders', 'empty', 'orders'], 'closed', []));
        self::assertTrue(WebSocket::whisper('1.1', 'hint', ['n' => 1]));
        self::assertTrue(WebSocket::isSubscribed('1.1', 'orders'));
        self::assertTrue(WebSocket::channelExists('empty'));
        $fake->withSubscribers('closed', []);
        self::assertFalse(WebSocket::channelExists('closed'));
        self::assertSame(['orders'], array_keys(WebSocket::getChannels()));
        $fake->assertPublished('shipped');
        $fake->assertPublished('shipped', static fn(Published $one): bool => $one->data === ['id' => 8] && $one->except === '1.1');
        $fake->assertPublishedOn('orders');
        $fake->assertPublishedOn('empty', 'closed');
        $fake->assertPublishedTimes('shipped', 2);
        $fake->assertPublishedTimes('closed', 2);
        $fake->assertPublishedTimes('never', 0);
        $fake->assertNotPublished('never');
        self::assertCount(4, $fake->published());
        self::assertCount(1, $fake->whispered());
    }

    public function testEachAssertionFailsWithWhatWasPublished(): void
    {
        $fake = new WebSocketFake();
        $fake->assertNothingPublished();
        $fake->publish('orders', 'shipped', []);
        $failing = [
            'The event "other" was not published. Published: "shipped" on "orders".' => static fn() => $fake->assertPublished('other'),
            'The event "shipped" was not published as expected.' => static fn() => $fake->assertPublished('shipped', static fn(): bool => false),
            'Anything was not published on "news".' => static fn() => $fake->assertPublishedOn('news'),
            'The event "shipped" was not published on "news".' => static fn() => $fake->assertPublishedOn('news', 'shipped'),
            'The event "shipped" was published 1 times instead of 2.' => static fn() => $fake->assertPublishedTimes('shipped', 2),
            'The event "shipped" was published.' => static fn() => $fake->assertNotPublished('shipped'),
            'Something was published.' => static fn() => $fake->assertNothingPublished(),
        ];
        foreach ($failing as $message => $assertion) {
            try {
                $assertion();
            } catch (AssertionFailedError $error) {
                self::assertStringContainsString($message, $error->getMessage());
                continue;
            }
            self::fail("did not fail: {$message}");
        }
        $whispered = new WebSocketFake();
        $whispered->whisper('1.1', 'hint', []);
        $this->expectException(AssertionFailedError::class);
        $whispered->assertNothingPublished();
    }

    public function testWorksWithoutTheExtensionAndWithoutPhpunit(): void
    {
        $code = 'use Ody\Websocket\Facades\WebSocket; spl_autoload_unregister(spl_autoload_functions()[0]);
            spl_autoload_register(function ($class) { $file = %s . "/php/src/" . strtr(substr($class, 14), "\\\\", "/") . ".php"; if (is_file($file)) { require $file; } });
            $fake = WebSocket::fake(); $fake->assertNothingPublished(); WebSocket::publish("a", "b", []); $fake->assertPublished("b");
            try { $fake->assertNothingPublished(); } catch (AssertionError $e) { echo json_encode([extension_loaded("ody_websocket"), get_class($e), $e->getMessage()]); }';
        $result = $this->project()->php(sprintf($code, var_export(dirname(__DIR__, 3), true)), '-n')->json();
        self::assertSame([false, 'AssertionError', 'Something was published. Published: "b" on "a".'], $result);
    }
}
