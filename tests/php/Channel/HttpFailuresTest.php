<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Channel;

use Ody\Websocket\Channel\HttpPublisher;
use Ody\Websocket\Channel\HttpRequestSigner;
use Ody\Websocket\Channel\HttpTransport;
use Ody\Websocket\Exceptions\ConnectionException;
use Ody\Websocket\Exceptions\OutcomeUnknownException;
use Ody\Websocket\Tests\Support\BrokenServer;
use Ody\Websocket\Tests\Support\Project;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/**
 * Guzzle, with ext-curl and without, against servers that break off: a request that was never sent and one
 * that may have been carried out must not be taken for each other.
 */
final class HttpFailuresTest extends TestCase
{
    private static function publisher(string $base, bool $curl): HttpPublisher
    {
        $handler = \GuzzleHttp\HandlerStack::create($curl ? new \GuzzleHttp\Handler\CurlHandler() : new \GuzzleHttp\Handler\StreamHandler());
        $client = new \GuzzleHttp\Client(['handler' => $handler, 'connect_timeout' => 0.5, 'timeout' => 0.5, 'allow_redirects' => false]);
        $factory = new \GuzzleHttp\Psr7\HttpFactory();

        return new HttpPublisher(new HttpTransport($base, '3', new HttpRequestSigner('key', 'secret'), $client, $factory, $factory));
    }

    /**
     * @return iterable<string, array{string, bool, bool}>
     */
    public static function breakages(): iterable
    {
        foreach (['' => false, ', cURL' => true] as $with => $curl) {
            yield "no answer{$with}" => ['', false, $curl];
            yield "closes at once{$with}" => ['', true, $curl];
            yield "half a head{$with}" => ["HTTP/1.1 200 OK\r\nContent-Le", true, $curl];
            yield "half a body{$with}" => ["HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"channels\":", true, $curl];
            yield "half a body, then nothing{$with}" => ["HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"channels\":", false, $curl];
            yield "another protocol{$with}" => ["220 mail.test ESMTP\r\n", true, $curl];
        }
    }

    #[DataProvider('breakages')]
    public function testAnAnswerThatDoesNotCome(string $answer, bool $closes, bool $curl): void
    {
        $server = new BrokenServer($answer, $closes);
        try {
            $publisher = self::publisher("http://127.0.0.1:{$server->port}", $curl);
            $lost = self::failure(static fn() => $publisher->publish('news', 'e', []));
            self::assertSame(OutcomeUnknownException::class, $lost::class, $lost->getMessage());
            $unread = self::failure(static fn() => $publisher->getSubscribers('news'));
            self::assertSame(ConnectionException::class, $unread::class, $unread->getMessage());
        } finally {
            $server->stop();
        }
    }

    /**
     * @return iterable<string, array{string, bool}>
     */
    public static function unreachable(): iterable
    {
        foreach (['' => false, ', cURL' => true] as $with => $curl) {
            yield "nobody listens{$with}" => ['http://127.0.0.1:%d', $curl];
            yield "no such host{$with}" => ['http://no-such-host.invalid:%d', $curl];
            yield "nobody listens, TLS{$with}" => ['https://127.0.0.1:%d', $curl];
        }
    }

    #[DataProvider('unreachable')]
    public function testARequestThatIsNeverSent(string $base, bool $curl): void
    {
        $publisher = self::publisher(sprintf($base, Project::freePort()), $curl);
        $error = self::failure(static fn() => $publisher->publish('news', 'e', []));
        // Without ext-curl Guzzle does not tell, and the cautious word is the right one.
        $expected = $curl ? ConnectionException::class : OutcomeUnknownException::class;
        self::assertSame($expected, $error::class, $error->getMessage());
        self::assertStringNotContainsString('auth_signature', $error->getMessage());
    }

    /**
     * @param \Closure(): mixed $call
     */
    private static function failure(\Closure $call): \Throwable
    {
        try {
            $call();
        } catch (\Throwable $error) {
            return $error;
        }
        self::fail('Nothing was thrown.');
    }
}
