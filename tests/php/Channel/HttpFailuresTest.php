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
 * The client that is used by default, against servers that break off: a request that was never sent
 * and one that may have been carried out must not be taken for each other.
 */
final class HttpFailuresTest extends TestCase
{
    private static function publisher(string $base): HttpPublisher
    {
        $client = new \GuzzleHttp\Client(['connect_timeout' => 0.5, 'timeout' => 0.5, 'allow_redirects' => false]);
        $factory = new \GuzzleHttp\Psr7\HttpFactory();

        return new HttpPublisher(new HttpTransport($base, '3', new HttpRequestSigner('key', 'secret'), $client, $factory, $factory));
    }

    /**
     * @return iterable<string, array{string, bool}>
     */
    public static function breakages(): iterable
    {
        yield 'no answer' => ['', false];
        yield 'closes at once' => ['', true];
        yield 'half a head' => ["HTTP/1.1 200 OK\r\nContent-Le", true];
        yield 'half a body' => ["HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"channels\":", true];
        yield 'half a body, then nothing' => ["HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"channels\":", false];
        yield 'another protocol' => ["220 mail.test ESMTP\r\n", true];
    }

    #[DataProvider('breakages')]
    public function testAnAnswerThatDoesNotCome(string $answer, bool $closes): void
    {
        $server = new BrokenServer($answer, $closes);
        try {
            $publisher = self::publisher("http://127.0.0.1:{$server->port}");
            $lost = self::failure(static fn() => $publisher->publish('news', 'e', []));
            self::assertSame(OutcomeUnknownException::class, $lost::class, $lost->getMessage());
            $unread = self::failure(static fn() => $publisher->getSubscribers('news'));
            self::assertSame(ConnectionException::class, $unread::class, $unread->getMessage());
        } finally {
            $server->stop();
        }
    }

    /**
     * @return iterable<string, array{string}>
     */
    public static function unreachable(): iterable
    {
        yield 'nobody listens' => ['http://127.0.0.1:%d'];
        yield 'no such host' => ['http://no-such-host.invalid:%d'];
        yield 'nobody listens, TLS' => ['https://127.0.0.1:%d'];
    }

    #[DataProvider('unreachable')]
    public function testARequestThatIsNeverSent(string $base): void
    {
        $publisher = self::publisher(sprintf($base, Project::freePort()));
        $error = self::failure(static fn() => $publisher->publish('news', 'e', []));
        // Without ext-curl Guzzle does not tell, and the cautious word is the right one.
        $expected = extension_loaded('curl') ? ConnectionException::class : OutcomeUnknownException::class;
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
