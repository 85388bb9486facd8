<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests;

use Ody\Websocket\Tests\Laravel\LaravelProject;
use Ody\Websocket\Tests\Support\Client;
use Ody\Websocket\Tests\Support\Json;
use Ody\Websocket\Tests\Support\ProjectTestCase;
use Ody\Websocket\Tests\Support\RedisServer;

/**
 * PHP as the description of the package shows it, run as it stands there against a server.
 */
final class SnippetsTest extends ProjectTestCase
{
    public function testServerSideBroadcasting(): void
    {
        $project = $this->projectWithServer();
        $project->artisan('websocket:start', '-d')->succeeded();
        $client = (new Client($project->port(), 'test-key'))->open();
        $client->subscribe('my-channel');
        $result = $project->native('$clientId = ' . var_export($client->socketId, true) . ';' . <<<'PHP'
            use Ody\Websocket\Facades\WebSocket;

            // Broadcast to a public channel
            WebSocket::publish('my-channel', 'new-message', [
                'text' => 'Hello world!',
                'user' => 'System',
                'timestamp' => time()
            ]);

            // Get subscribers for a channel
            $subscribers = WebSocket::getSubscribers('my-channel');

            // Check if a client is subscribed
            if (WebSocket::isSubscribed($clientId, 'my-channel')) {
                // Client is subscribed
                echo json_encode($subscribers);
            }
            PHP)->json();
        self::assertSame([$client->socketId], $result);
        $message = $client->next('new-message');
        self::assertSame(['Hello world!', 'System'], [Json::text($message, 'text'), Json::text($message, 'user')]);
    }

    public function testTheAuthenticationEndpointWithAControllerOfOnesOwn(): void
    {
        $project = $this->projectWithServer();
        $project->artisan('websocket:start', '-d')->succeeded();
        $client = (new Client($project->port(), 'test-key'))->open();
        $answer = $project->native('$body = ' . var_export(json_encode(['socket_id' => $client->socketId, 'channel_name' => 'private-channel']), true) . ';' . <<<'PHP'
            use Ody\Websocket\Channel\ChannelAuthGenerator;
            use Ody\Websocket\Http\Controllers\ChannelAuthController;
            use Psr\Http\Message\ServerRequestInterface;

            // Customize the channel auth controller
            class MyChannelAuthController extends ChannelAuthController {
                protected function getCurrentUser(ServerRequestInterface $request): ?array {
                    return ['id' => 1];
                }
            }

            class Route {
                public static function post(string $path, array $action): void {
                    // A router makes the controller from its container and gives it request and response.
                    $controller = new $action[0](new ChannelAuthGenerator('test-secret', 'test-key'));
                    $request = new Nyholm\Psr7\ServerRequest('POST', $path, ['Content-Type' => 'application/json'], $GLOBALS['body']);
                    echo $controller->{$action[1]}($request, new Nyholm\Psr7\Response())->getBody();
                }
            }

            Route::post('/broadcasting/auth', [MyChannelAuthController::class, 'auth']);
            PHP)->json();
        $client->subscribe('private-channel', ['auth' => Json::text($answer, 'auth')]);
    }

    public function testTheConfigurationFile(): void
    {
        $project = $this->projectWithServer();
        $port = $project->port();
        $project->environment = ['PATH' => (string) getenv('PATH'), 'HOME' => $project->root, 'WEBSOCKET_PORT' => (string) $port];
        $project->write('config/websocket.php', <<<'PHP'
            <?php

            return [
                'host' => env('WEBSOCKET_HOST', '127.0.0.1'),
                'port' => env('WEBSOCKET_PORT', 9502),
                'sock_type' => SWOOLE_SOCK_TCP,
                'additional' => [
                    "worker_num" => env('WEBSOCKET_WORKER_COUNT', swoole_cpu_num() * 2),
                    // Other Swoole settings
                ],
                'secret_key' => env('WEBSOCKET_SECRET_KEY', 'your-secret-key'),
                'api_key' => env('WEBSOCKET_API_KEY', 'your-api-key'),
                'ssl' => [
                    'ssl_cert_file' => null,
                    'ssl_key_file' => null,
                ],
            ];
            PHP);
        $project->artisan('websocket:start', '-d')->succeeded();
        (new Client($port, 'your-api-key'))->open()->subscribe('my-channel');
    }

    public function testAHandlerOfOnesOwnAndMiddleware(): void
    {
        $project = $this->projectWithServer();
        $project->write('Provider.php', <<<'PHP'
            <?php

            use Ody\Websocket\Channel\{ChannelClient, ChannelHandlerInterface, ChannelManager};
            use Ody\Websocket\Middleware\AuthorizationMiddleware;

            class CustomChannelHandler implements ChannelHandlerInterface {
                // Implement the interface methods
                public function authorize(string $clientId, string $channel, array $data): bool { return ($data['word'] ?? '') === 'open'; }
                public function onSubscribe(string $clientId, string $channel, array $data): bool { return true; }
                public function onUnsubscribe(string $clientId, string $channel): bool { return true; }
                public function canClientPublish(string $clientId, string $channel, string $event, array $data): bool { return true; }
                public function onClientEvent(string $clientId, string $channel, string $event, array $data, ChannelManager $manager): mixed
                {
                    return $manager->broadcast($channel, 'said', $data, $clientId);
                }
            }

            final class Services implements Psr\Container\ContainerInterface
            {
                public function has(string $id): bool { return $id === ChannelManager::class; }
                public function get(string $id): ChannelManager
                {
                    $channelManager = new ChannelManager(new ChannelClient('/nowhere/ody.sock'));
                    // Register your handler
                    $channelManager->registerChannelHandler('custom', new CustomChannelHandler());
                    // Example of middleware integration
                    $channelManager->addMiddleware(new AuthorizationMiddleware());

                    return $channelManager;
                }
            }
            PHP);
        $project->write('artisan', <<<'PHP'
            <?php

            require __DIR__ . '/vendor/autoload.php';
            Ody\Websocket\Extension::load($argv);
            require __DIR__ . '/Provider.php';
            $console = new Symfony\Component\Console\Application();
            $console->setAutoExit(false);
            foreach (Ody\Websocket\Console\Commands::CLASSES as $class) {
                $takes = (new ReflectionClass($class))->getConstructor()?->getParameters()[0] ?? null;
                $console->add($takes?->getName() === 'container' ? new $class(new Services()) : new $class());
            }
            exit($console->run());
            PHP);
        $project->artisan('websocket:start', '-d')->succeeded();
        $stranger = new Client($project->port(), 'test-key');
        $stranger->next('pusher:error');
        self::assertSame(4009, $stranger->closed());
        $token = $project->native('echo json_encode(Ody\Websocket\Middleware\AuthorizationMiddleware::issue(7));')->json();
        self::assertIsString($token);
        $first = (new Client($project->port(), 'test-key', '&token=' . $token))->open();
        $second = (new Client($project->port(), 'test-key', '&token=' . $token))->open();
        $first->subscribe('custom-room', ['word' => 'open']);
        $second->subscribe('custom-room', ['word' => 'open']);
        $first->send(['event' => 'client-say', 'channel' => 'custom-room', 'data' => ['text' => 'hi']]);
        self::assertSame('hi', Json::text($second->next('said'), 'text'));
        $second->send(['event' => 'pusher:subscribe', 'data' => ['channel' => 'custom-other']]);
        $second->next('pusher:error');
    }

    public function testAnExternalServiceBroadcastsOverHttp(): void
    {
        $project = $this->projectWithServer();
        // It is another machine of a trusted network, and knows the server by its name.
        $project->environment['WEBSOCKET_HTTP_TRUSTED'] = '127.0.0.0/8';
        $project->artisan('websocket:start', '-d')->succeeded();
        $client = (new Client($project->port(), 'test-key'))->open();
        $client->subscribe('my-channel');
        $made = sprintf('$httpClient = new GuzzleHttp\Client(["curl" => [CURLOPT_CONNECT_TO => ["websocket-server:80:127.0.0.1:%d"]]]);', $project->port());
        $result = $project->php($made . 'echo ' . str_replace('your-api-key', 'test-key', <<<'PHP'
            // From an external service
            $httpClient->post('http://websocket-server/api/broadcast', [
                'json' => [
                    'channel' => 'my-channel',
                    'event' => 'new-message',
                    'data' => ['text' => 'Hello from microservice!'],
                    'api_key' => 'your-api-key'
                ]
            ])
            PHP) . '->getBody();')->json();
        self::assertSame(['success' => true, 'sent_to' => 1], $result);
        self::assertSame(['text' => 'Hello from microservice!'], $client->next('new-message'));
    }

    public function testAnExternalServicePublishesThroughRedis(): void
    {
        $redis = new RedisServer();
        try {
            $laravel = new LaravelProject($this->projectWithServer());
            $laravel->project->environment += [
                'REDIS_CLIENT' => 'predis', 'REDIS_PORT' => (string) $redis->port, 'WEBSOCKET_REDIS_URL' => "redis://127.0.0.1:{$redis->port}",
                'WEBSOCKET_REDIS_PREFIX' => 'laravel_database_',
            ];
            $laravel->artisan('websocket:start', '-d')->succeeded();
            $client = (new Client($laravel->project->port(), 'test-key'))->open();
            $client->subscribe('my-channel');
            $redis->heard('laravel_database_websocket.broadcast');
            $laravel->run('use Illuminate\Support\Facades\Redis;' . <<<'PHP'
                // From an external service
                Redis::publish('websocket.broadcast', json_encode([
                    'channel' => 'my-channel',
                    'event' => 'new-message',
                    'data' => ['text' => 'Hello from microservice!']
                ]));
                PHP)->succeeded();
            self::assertSame(['text' => 'Hello from microservice!'], $client->next('new-message'));
        } finally {
            $redis->stop();
        }
    }
}
