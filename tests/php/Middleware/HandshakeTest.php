<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Middleware;

use Ody\Websocket\Middleware\Handshake;
use PHPUnit\Framework\Attributes\TestWith;
use PHPUnit\Framework\TestCase;

final class HandshakeTest extends TestCase
{
    public function testReadsTheRequest(): void
    {
        $handshake = new Handshake('1.2', '10.0.0.7', "GET /ws/app/key%20a?protocol=7&token=a%2Bb+c&flag&token=last&=x HTTP/1.1\r\n"
            . "Host: example.com\r\nX-Tag: one\r\nx-tag:two \r\nCookie: a=1; b=x%3Dy=z\r\nCookie: c=3\r\nno colon\r\n\r\n");
        self::assertSame(['GET', '/ws/app/key%20a'], [$handshake->method, $handshake->path]);
        self::assertSame(['protocol' => '7', 'token' => 'last', 'flag' => ''], $handshake->query);
        self::assertSame('one, two', $handshake->header('X-TAG'));
        self::assertNull($handshake->header('missing'));
        self::assertSame(['a' => '1', 'b' => 'x=y=z', 'c' => '3'], $handshake->cookies);
        self::assertSame('x=y=z', $handshake->cookie('b'));
        self::assertNull($handshake->cookie('missing'));
        self::assertSame('10.0.0.7', $handshake->address);
    }

    public function testRefuses(): void
    {
        self::assertNull((new Handshake('1.2', '10.0.0.7', ''))->refusal());
        $handshake = new Handshake('1.2', '10.0.0.7', '');
        $handshake->refuse('Not now', 4100);
        self::assertSame(['Not now', 4100], [$handshake->refusal()?->message, $handshake->refusal()?->code]);
    }

    #[TestWith([3999])]
    #[TestWith([4300])]
    public function testOtherCodesAreNotForRefusals(int $code): void
    {
        $this->expectException(\ValueError::class);
        (new Handshake('1.2', '10.0.0.7', ''))->refuse('Not now', $code);
    }
}
