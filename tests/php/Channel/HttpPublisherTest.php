<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Channel;

use GuzzleHttp\Exception\ConnectException;
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
        $api = new HttpApiDouble('{"channels":{"my-channel":{"subscription_count":3}}}');
        self::assertSame(3, self::publisher($api)->publish('my-channel', 'new-message', ['text' => 'Grüße/ä', 'n' => 1.0], '1.2'));
        self::assertSame('POST', $api->requests[0]->getMethod());
        self::assertSame('/apps/3/events', $api->requests[0]->getUri()->getPath());
        self::assertSame('application/json', $api->requests[0]->getHeaderLine('Content-Type'));
        self::assertSame(
            ['name' => 'new-message', 'data' => '{"text":"Grüße/ä","n":1.0}', 'info' => 'subscription_count', 'channel' => 'my-channel', 'socket_id' => '1.2'],
            $api->body(0),
        );
    }

    public function testAnEmptyChannelThrowsOrCountsNobody(): void
    {
        $empty = '{"channels":{"empty":{"subscription_count":0}}}';
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
        $api = new HttpApiDouble('{"channels":{"c1":{"subscription_count":2},"c2":{"subscription_count":0}}}', '{"channels":{"c101":{"subscription_count":5}}}');
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
        yield '400 as JSON' => [new Response(400, [], '{"error":"no name"}'), ChannelException::class, 'The server answered 400: no name'];
        yield '401' => [new Response(401, [], 'Invalid signature'), AuthorizationException::class, '401: Invalid signature'];
        yield '403' => [new Response(403, [], "over quota\xff"), AuthorizationException::class, '403: over quota?'];
        yield '404' => [new Response(404, [], 'gone'), ChannelNotFoundException::class, '404: gone'];
        yield '413' => [new Response(413, [], 'too large'), MessageException::class, '413: too large'];
        yield '500' => [new Response(500, [], 'oops'), ServerException::class, '500: oops'];
        yield 'redirect' => [new Response(302, ['Location' => 'http://elsewhere'], ''), ServerException::class, '302'];
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

    public function testALostRequestIsTakenForWhatItIs(): void
    {
        $request = new Request('POST', 'http://ws.test');
        $refused = new ConnectException('cURL error 7: Failed to connect to ws.test port 9502: Connection refused for http://ws.test/?auth_signature=abc', $request);
        try {
            self::publisher(new HttpApiDouble($refused))->publish('news', 'e', []);
            self::fail('nothing was thrown');
        } catch (ConnectionException $error) {
            self::assertNotInstanceOf(OutcomeUnknownException::class, $error);
            self::assertStringNotContainsString('abc', $error->getMessage());
        }
        $silent = new ConnectException('cURL error 28: Operation timed out after 5000 milliseconds', $request);
        try {
            self::publisher(new HttpApiDouble($silent))->getSubscribers('news');
            self::fail('nothing was thrown');
        } catch (ConnectionException $error) {
            self::assertNotInstanceOf(OutcomeUnknownException::class, $error);
        }
        $this->expectException(OutcomeUnknownException::class);
        self::publisher(new HttpApiDouble($silent))->publish('news', 'e', []);
    }

    public function testWhatCannotBeSent(): void
    {
        $publisher = self::publisher(new HttpApiDouble());
        $calls = [
            MessageException::class => static fn() => $publisher->publish('news', 'e', ["\xff"]),
            \ValueError::class => static fn() => $publisher->whisper('me', 'e', []),
            ChannelException::class => static fn() => $publisher->publishToChannels([], 'e', []),
        ];
        foreach ($calls as $class => $call) {
            try {
                $call();
                self::fail('nothing was thrown');
            } catch (\Throwable $error) {
                self::assertInstanceOf($class, $error);
            }
        }
        $this->expectException(ChannelException::class);
        $publisher->getSubscribers('../../status');
    }
}
