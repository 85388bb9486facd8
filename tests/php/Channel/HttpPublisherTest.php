<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Channel;

use GuzzleHttp\Exception\RequestException;
use Nyholm\Psr7\Factory\Psr17Factory;
use Nyholm\Psr7\Request;
use Nyholm\Psr7\Response;
use Ody\Websocket\Channel\Exceptions\AuthorizationException;
use Ody\Websocket\Channel\Exceptions\ChannelException;
use Ody\Websocket\Channel\Exceptions\ChannelNotFoundException;
use Ody\Websocket\Channel\Exceptions\MessageException;
use Ody\Websocket\Channel\HttpPublisher;
use Ody\Websocket\Channel\HttpRequestSigner;
use Ody\Websocket\Channel\HttpTransport;
use Ody\Websocket\Exceptions\ConnectionException;
use Ody\Websocket\Exceptions\OutcomeUnknownException;
use Ody\Websocket\Exceptions\ServerException;
use Ody\Websocket\Tests\Support\HttpApiDouble;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;
use Psr\Http\Message\StreamInterface;

final class HttpPublisherTest extends TestCase
{
    private static function publisher(HttpApiDouble $api, bool $lenient = false, string $base = 'http://ws.test:9502'): HttpPublisher
    {
        $factory = new Psr17Factory();
        $signer = new HttpRequestSigner(HttpApiDouble::KEY, HttpApiDouble::SECRET);

        return new HttpPublisher(new HttpTransport($base, '3', $signer, $api, $factory, $factory), $lenient);
    }

    public function testSignsAsTheDocumentationOfTheProtocolDoes(): void
    {
        $signer = new HttpRequestSigner(HttpApiDouble::KEY, HttpApiDouble::SECRET, static fn(): int => 1353088179);
        $query = $signer->query('POST', '/apps/3/events', '{"name":"foo","channels":["project-3"],"data":"{\"some\":\"data\"}"}');
        self::assertStringContainsString('body_md5=ec365a775a4cd0599faeb73354201b6f', $query);
        self::assertStringEndsWith('auth_signature=da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c', $query);
    }

    public function testPublishes(): void
    {
        $api = new HttpApiDouble('{"channels":{"my-channel":{"subscription_count":3}},"sent_to":2}');
        self::assertSame(2, self::publisher($api)->publish('my-channel', 'new-message', ['text' => 'Grüße/ä', 'n' => 1.0], '1.2'));
        self::assertSame('POST', $api->requests[0]->getMethod());
        self::assertSame('/apps/3/events', $api->requests[0]->getUri()->getPath());
        self::assertSame('application/json', $api->requests[0]->getHeaderLine('Content-Type'));
        self::assertSame(
            ['name' => 'new-message', 'data' => '{"text":"Grüße/ä","n":1.0}', 'channel' => 'my-channel', 'info' => 'subscription_count,sent_to', 'socket_id' => '1.2'],
            $api->body(0),
        );
    }

    public function testAnEmptyChannelThrowsOrCountsNobody(): void
    {
        $empty = '{"channels":{"empty":{"subscription_count":0}},"sent_to":0}';
        self::assertSame(0, self::publisher(new HttpApiDouble($empty), true)->publish('empty', 'e', []));
        self::assertSame(0, self::publisher(new HttpApiDouble('{}'))->publish('unknown-count', 'e', []));
        $cached = '{"channels":{"cache-a":{"subscription_count":0}}}';
        self::assertSame(0, self::publisher(new HttpApiDouble($cached))->publish('cache-a', 'e', []));
        $this->expectException(ChannelNotFoundException::class);
        $this->expectExceptionMessage('channel "empty" does not exist: it has no subscribers');
        self::publisher(new HttpApiDouble($empty))->publish('empty', 'e', []);
    }

    public function testPublishesToManyChannelsInPortions(): void
    {
        $api = new HttpApiDouble('{"channels":{"c1":{},"c2":{}},"sent_to":2}', '{"channels":{"c101":{}},"sent_to":5}');
        $channels = array_map(static fn(int $n): string => "c{$n}", range(1, 101));
        self::assertSame(7, self::publisher($api)->publishToChannels([...$channels, 'c1'], 'e', []));
        self::assertSame([array_slice($channels, 0, 100), ['c101']], [$api->body(0)['channels'], $api->body(1)['channels']]);
    }

    public function testWhispers(): void
    {
        $api = new HttpApiDouble('{"delivered":true}', '{"delivered":false}');
        self::assertTrue(self::publisher($api)->whisper('1.2', 'e', ['a' => 1], 'news'));
        self::assertSame('/apps/3/connections/1.2/events', $api->requests[0]->getUri()->getPath());
        self::assertSame(['name' => 'e', 'data' => '{"a":1}', 'channel' => 'news'], $api->body(0));
        self::assertFalse(self::publisher($api)->whisper('1.2', 'e', []));
    }

    public function testAsks(): void
    {
        $api = new HttpApiDouble(
            '{"subscribers":["1.2","1.3"]}',
            '{"subscribed":true}',
            '{"occupied":true}',
            '{"occupied":false}',
            '{"channels":{"news":{"subscription_count":2},"presence-room":{"subscription_count":4}}}',
            '{"channels":{"presence-room":{"user_count":3}}}',
        );
        $publisher = self::publisher($api, base: 'http://ws.test:9502/ws');
        self::assertSame(['1.2', '1.3'], $publisher->getSubscribers('a@b'));
        self::assertSame('/ws/apps/3/channels/a%40b/subscribers', $api->requests[0]->getUri()->getPath());
        self::assertTrue($publisher->isSubscribed('1.2', 'news'));
        self::assertTrue($publisher->channelExists('news'));
        self::assertFalse($publisher->channelExists('empty'));
        self::assertSame([
            'news' => ['name' => 'news', 'type' => 'public', 'subscribers' => 2, 'metadata' => []],
            'presence-room' => ['name' => 'presence-room', 'type' => 'presence', 'subscribers' => 4, 'metadata' => ['users' => 3]],
        ], $publisher->getChannels());
    }

    /**
     * @return iterable<string, array{Response, class-string<\Throwable>, string}>
     */
    public static function failures(): iterable
    {
        yield '400' => [new Response(400, [], 'Channel name too long'), ChannelException::class, 'The server answered 400: Channel name too long'];
        yield '400 of the event' => [new Response(400, [], 'invalid event name: it has 201 bytes'), MessageException::class, '400: invalid event name'];
        yield '400 as JSON' => [new Response(400, [], '{"error":"no name"}'), ChannelException::class, 'The server answered 400: no name'];
        yield '401' => [new Response(401, [], 'Invalid signature'), AuthorizationException::class, '401: Invalid signature'];
        yield '403' => [new Response(403, [], "over quota\xff"), AuthorizationException::class, '403: over quota?'];
        yield '404' => [new Response(404, [], 'gone'), ServerException::class, '404: gone; are "connection"'];
        yield '413' => [new Response(413, [], 'too large'), MessageException::class, '413: too large'];
        yield '429' => [new Response(429, [], 'too fast'), MessageException::class, '429: too fast'];
        yield '500' => [new Response(500, [], 'oops'), ServerException::class, '500: oops'];
        yield 'redirect' => [new Response(302, ['Location' => 'http://elsewhere'], ''), ServerException::class, '302'];
        yield 'nothing' => [new Response(200), OutcomeUnknownException::class, 'is not this server'];
        yield 'no JSON' => [new Response(200, [], '<html>'), OutcomeUnknownException::class, 'is not this server'];
    }

    /**
     * @param class-string<\Throwable> $class
     */
    #[DataProvider('failures')]
    public function testWhatTheServerRefuses(Response $answer, string $class, string $message): void
    {
        $this->expectException($class);
        $this->expectExceptionMessage($message);
        self::publisher(new HttpApiDouble($answer))->publish('news', 'e', []);
    }

    /**
     * @return iterable<string, array{string, bool}>
     */
    public static function losses(): iterable
    {
        yield 'refused' => ['cURL error 7: Failed to connect to ws.test port 9502: Connection refused for http://ws.test/?auth_signature=abc', true];
        yield 'certificate' => ['cURL error 60: SSL certificate problem: self-signed certificate for https://ws.test/?auth_signature=abc', true];
        yield 'connecting' => ['cURL error 28: Connection timed out after 1001 milliseconds for http://ws.test/?auth_signature=abc', true];
        yield 'another client' => ['Could not resolve host: ws.test for "http://ws.test/?auth_signature=abc".', true];
        yield 'silence' => ['cURL error 28: Operation timed out after 5000 milliseconds with 0 bytes received for http://ws.test/?auth_signature=abc', false];
        yield 'reset' => ['cURL error 56: Recv failure: Connection reset by peer for http://ws.test/?auth_signature=abc', false];
        yield 'no word' => ['Connection refused for URI http://ws.test/?auth_signature=abc', false];
    }

    #[DataProvider('losses')]
    public function testALostRequestIsTakenForWhatItIs(string $words, bool $neverSent): void
    {
        $lost = new RequestException($words, new Request('POST', 'http://ws.test'));
        $error = self::failure(static fn() => self::publisher(new HttpApiDouble($lost))->publish('news', 'e', []));
        self::assertSame($neverSent ? ConnectionException::class : OutcomeUnknownException::class, $error::class);
        self::assertStringNotContainsString('abc', $error->getMessage());
        $question = self::failure(static fn() => self::publisher(new HttpApiDouble($lost))->getSubscribers('news'));
        self::assertSame(ConnectionException::class, $question::class);
    }

    public function testABodyThatBreaksOff(): void
    {
        $stream = self::createStub(StreamInterface::class);
        $stream->method('read')->willThrowException(new \RuntimeException('Unable to read from stream'));
        $error = self::failure(static fn() => self::publisher(new HttpApiDouble((new Response())->withBody($stream)))->publish('news', 'e', []));
        self::assertSame(OutcomeUnknownException::class, $error::class);
    }

    public function testWhatCannotBeSent(): void
    {
        $publisher = self::publisher(new HttpApiDouble());
        $publish = HttpPublisher::class . '::publish(): Argument #4 ($except) must be a socket id: digits, a dot and digits';
        $many = HttpPublisher::class . '::publishToChannels(): Argument #1 ($channels) must be an array of strings, int given in it';
        $data = 'The data of the event cannot be JSON: a text in it is not valid UTF-8';
        $name = 'invalid channel name: the characters A-Z a-z 0-9 _ - = @ , . ; are allowed';
        $calls = [
            [MessageException::class, $data, static fn() => $publisher->publish('news', 'e', ["\xff"])],
            [MessageException::class, $data, static fn() => $publisher->whisper('1.2', 'e', ["\xff"])],
            [\ValueError::class, $publish, static fn() => $publisher->publish('news', 'e', [], 'me')],
            // @phpstan-ignore argument.type
            [\TypeError::class, $many, static fn() => $publisher->publishToChannels(['a', 7], 'e', [])],
            [ChannelException::class, $name, static fn() => $publisher->getSubscribers('../../status')],
            [ChannelException::class, $name, static fn() => $publisher->channelExists('')],
        ];
        foreach ($calls as [$class, $message, $call]) {
            $error = self::failure($call);
            self::assertSame([$class, $message], [$error::class, $error->getMessage()]);
        }
    }

    public function testWhatNeedsNoRequest(): void
    {
        $publisher = self::publisher(new HttpApiDouble());
        self::assertSame(0, $publisher->publishToChannels([], 'e', []));
        self::assertFalse($publisher->whisper('nobody', 'e', []));
        self::assertFalse($publisher->isSubscribed('1.2.3', 'news'));
    }

    public function testNamesOfDigits(): void
    {
        $api = new HttpApiDouble('{"channels":{"7":{"subscription_count":2}},"sent_to":2}', '{"channels":{"7":{"subscription_count":2}}}', '{"channels":{}}');
        self::assertSame(2, self::publisher($api)->publish('7', 'e', []));
        self::assertSame([['name' => '7', 'type' => 'public', 'subscribers' => 2, 'metadata' => []]], array_values(self::publisher($api)->getChannels()));
    }

    public function testDumpsDoNotShowTheSecret(): void
    {
        $publisher = self::publisher(new HttpApiDouble());
        $shown = print_r($publisher, true) . var_export(new HttpRequestSigner(HttpApiDouble::KEY, HttpApiDouble::SECRET), true);
        self::assertStringContainsString(HttpApiDouble::KEY, $shown);
        self::assertStringNotContainsString(HttpApiDouble::SECRET, $shown);
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
