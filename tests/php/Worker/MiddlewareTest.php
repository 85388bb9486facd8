<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Worker;

use Ody\Websocket\Middleware\AuthorizationMiddleware;
use Ody\Websocket\Tests\Support\Client;
use Ody\Websocket\Tests\Support\Json;
use Ody\Websocket\Tests\Support\WorkerTestCase;

/**
 * Middleware in workers of a real server.
 */
final class MiddlewareTest extends WorkerTestCase
{
    private const CODE = <<<'PHP'
        use Ody\Websocket\Middleware\Handshake;
        use Ody\Websocket\Middleware\Message;
        use Ody\Websocket\Middleware\RefusedException;
        use Ody\Websocket\Middleware\WebSocketMiddlewareInterface;

        class Door implements WebSocketMiddlewareInterface
        {
            public function processHandshake(Handshake $handshake, callable $next): bool
            {
                return match ($handshake->query['as'] ?? null) {
                    'stranger' => $handshake->refuse('Strangers stay outside', 4050),
                    'nobody' => false,
                    'thrower' => throw new RefusedException('Thrown out', 4101),
                    'breaker' => throw new \RuntimeException('The door is broken'),
                    default => $next($handshake),
                };
            }
            public function processMessage(Message $message, callable $next): mixed
            {
                return $next($message);
            }
        }

        class Censor implements WebSocketMiddlewareInterface
        {
            public function __construct(private string $word = 'damn', private string $mark = '***')
            {
            }
            public function processHandshake(Handshake $handshake, callable $next): bool
            {
                return $next($handshake);
            }
            public function processMessage(Message $message, callable $next): mixed
            {
                if ($message->event === 'client-ask') {
                    $message->reply('answered', ['about' => $message->data['about']]);
                    return null;
                }
                if ($message->channel === 'cellar') {
                    return $message->refuse('Nobody goes to the cellar', 4242);
                }
                if ($message->event === 'pusher:subscribe' && $message->channel === 'old-name') {
                    return $next($message->withChannel('new-name'));
                }
                if (is_array($message->data) && isset($message->data['text'])) {
                    $message = $message->withData(['text' => str_replace($this->word, $this->mark, $message->data['text'])] + $message->data);
                }
                return $next($message);
            }
        }
        PHP;

    public function testAHandshakeIsRefusedOrPasses(): void
    {
        $server = $this->serverWith(self::CODE, "['middleware' => ['handshake' => [App\\Door::class]]]");
        self::assertRefused($server->client('&as=stranger'), 'Strangers stay outside', 4050);
        self::assertRefused($server->client('&as=nobody'), 'The connection is not authorized', 4009);
        self::assertRefused($server->client('&as=thrower'), 'Thrown out', 4101);
        self::assertRefused($server->client('&as=breaker'), 'The application could not handle this', 4100);
        $server->awaitLog('The door is broken');
        $client = $server->client('&as=friend')->open();
        $client->subscribe('room');
    }

    public function testAMessageIsRefusedChangedAnsweredOrPasses(): void
    {
        $configuration = "['middleware' => ['message' => [App\\Censor::class]], 'middleware_params' => [App\\Censor::class => ['mark' => '!!!']]]";
        $server = $this->serverWith(self::CODE, $configuration);
        $one = $server->client()->open();
        $two = $server->client()->open();
        $one->subscribe('room');
        $two->subscribe('room');

        $one->event('room', 'client-say', ['text' => 'damn it', 'more' => 1]);
        self::assertSame(['text' => '!!! it', 'more' => 1], $two->next('client-say'));
        $one->event('room', 'client-other', ['n' => 1]);
        self::assertSame(['n' => 1], $two->next('client-other'));
        $one->event('room', 'client-ask', ['about' => 'life']);
        self::assertSame(['about' => 'life'], $one->next('answered'));
        $one->event('cellar', 'client-say', []);
        $error = $one->next('pusher:error');
        self::assertSame(['Nobody goes to the cellar', 4242], [Json::at($error, 'message'), Json::at($error, 'code')]);
        $one->send(['event' => 'pusher:subscribe', 'data' => ['channel' => 'old-name']]);
        self::assertSame('new-name', $one->message()['channel'] ?? null);
        $two->sync();
    }

    public function testAuthorizationLetsTokensInAsTheReadmeRegistersIt(): void
    {
        $code = <<<'PHP'
            use Ody\Websocket\Middleware\AuthorizationMiddleware;

            return [new AuthorizationMiddleware()];
            PHP;
        $server = $this->serverWith($code, "['middleware' => ['global' => require __DIR__ . '/../app.php']]");
        $token = AuthorizationMiddleware::issue('7', 60, 'test-secret');
        $server->client('&token=' . urlencode($token))->open()->subscribe('room');
        $server->client('', "Authorization: Bearer {$token}\r\n")->open();
        $server->client('', "Cookie: a=b; token={$token}\r\n")->open();
        self::assertRefused($server->client(), 'Authorization is required', 4009);
        $foreign = AuthorizationMiddleware::issue('7', 60, 'another-secret');
        self::assertRefused($server->client('&token=' . urlencode($foreign)), 'The authorization is not valid', 4009);
        $expired = AuthorizationMiddleware::issue('7', -1, 'test-secret');
        self::assertRefused($server->client('&token=' . urlencode($expired)), 'The authorization is not valid', 4009);
        self::assertStringNotContainsString($token, $server->log());
    }

    public function testTheEarlierConfigurationFileLoads(): void
    {
        $configuration = <<<'PHP'
            [
                'middleware' => [
                    'global' => [\Ody\Websocket\Middleware\LoggingMiddleware::class],
                    'handshake' => [\Ody\Websocket\Middleware\AuthenticationMiddleware::class],
                    'message' => [\Ody\Websocket\Middleware\RateLimitingMiddleware::class],
                ],
                'middleware_params' => [\Ody\Websocket\Middleware\RateLimitingMiddleware::class => [3]],
                'rate_limits' => ['messages_per_minute' => 60, 'connections_per_minute' => 10],
            ]
            PHP;
        $server = $this->serverWith('', $configuration);
        $client = $server->client()->open();
        // The counts begin anew when a minute begins, so some more are needed in the worst case.
        for ($number = 0; $number < 8; $number++) {
            $client->send(['event' => 'pusher:unsubscribe', 'data' => ['channel' => 'secret-room']]);
        }
        $error = $client->next('pusher:error');
        self::assertSame(['Rate limit exceeded. Please slow down.', 4301], [Json::at($error, 'message'), Json::at($error, 'code')]);
        $log = $server->awaitLog('message refused');
        self::assertStringContainsString('client connected client=' . $client->socketId . ' address=127.0.0.1', $log);
        self::assertStringContainsString('event=pusher:unsubscribe channel=secret-room', $log);
    }

    private static function assertRefused(Client $client, string $message, int $code): void
    {
        self::assertSame($message, Json::at($client->next('pusher:error'), 'message'));
        self::assertSame($code, $client->closed());
    }
}
