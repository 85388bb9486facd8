<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Http;

use Nyholm\Psr7\Response;
use Nyholm\Psr7\ServerRequest;
use Ody\Websocket\Channel\ChannelAuthGenerator;
use Ody\Websocket\Http\Controllers\ChannelAuthController;
use Ody\Websocket\Tests\Support\ProjectTestCase;
use Ody\Websocket\Tests\Support\Subscriber;
use Psr\Http\Message\ServerRequestInterface;

/**
 * What the controller answers is what the server accepts.
 */
final class LiveAuthTest extends ProjectTestCase
{
    public function testTheServerAcceptsTheTokens(): void
    {
        $project = $this->projectWithServer();
        $project->artisan('websocket:start', '-d')->succeeded();
        $controller = new class (new ChannelAuthGenerator('test-secret', 'test-key')) extends ChannelAuthController {
            protected function getCurrentUser(ServerRequestInterface $request): array
            {
                return ['id' => 7, 'name' => 'Zoë'];
            }
        };
        foreach (['private-a', 'private-encrypted-a', 'private-cache-a', 'presence-a', 'presence-cache-a'] as $channel) {
            $subscriber = new Subscriber($project->port(), 'test-key', $channel, static function (string $socketId) use ($controller, $channel): array {
                $body = json_encode(['socket_id' => $socketId, 'channel_name' => $channel], JSON_THROW_ON_ERROR);
                $response = $controller->auth(new ServerRequest('POST', '/broadcasting/auth', ['Content-Type' => 'application/json'], $body), new Response());
                self::assertSame(200, $response->getStatusCode());
                /** @var array<string, string> */
                return json_decode((string) $response->getBody(), true, 4, JSON_THROW_ON_ERROR);
            });
            self::assertNotSame('', $subscriber->socketId);
        }
    }
}
