<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Laravel;

use Ody\Websocket\Tests\Support\Client;

/**
 * PHP workers of a Laravel application: they boot it, and its container makes what they run.
 */
final class WorkerTest extends LaravelTestCase
{
    public function testWhatAProviderRegistersRunsInTheApplication(): void
    {
        $laravel = $this->laravel();
        $laravel->project->write('Desk.php', <<<'PHP'
            <?php

            namespace Desk;

            use Illuminate\Contracts\Config\Repository;
            use Illuminate\Support\ServiceProvider;
            use Ody\Websocket\Channel\ChannelManager;
            use Ody\Websocket\Channel\PublicChannelHandler;
            use Ody\Websocket\Middleware\{Handshake, Message, WebSocketMiddlewareInterface};

            final class Handler extends PublicChannelHandler
            {
                public function __construct(private Repository $config) {}

                public function authorize(string $clientId, string $channel, array $data): bool
                {
                    return $channel === 'desk-' . $this->config->get('app.name');
                }
            }

            final class Door implements WebSocketMiddlewareInterface
            {
                public function __construct(private Repository $config) {}

                public function processHandshake(Handshake $handshake, callable $next): bool
                {
                    return ($handshake->query['name'] ?? '') === $this->config->get('app.name') && $next($handshake);
                }

                public function processMessage(Message $message, callable $next): mixed
                {
                    return $next($message);
                }
            }

            final class Provider extends ServiceProvider
            {
                public function boot(ChannelManager $manager): void
                {
                    $manager->registerChannelHandler('desk', $this->app->make(Handler::class))->addHandshakeMiddleware($this->app->make(Door::class));
                }
            }
            PHP);
        $this->addProvider($laravel);
        $laravel->project->environment['APP_NAME'] = 'hello';
        $laravel->artisan('websocket:start', '-d')->succeeded();
        $client = (new Client($laravel->project->port(), 'test-key', '&name=hello'))->open();
        $client->subscribe('desk-hello');
        $client->send(['event' => 'pusher:subscribe', 'data' => ['channel' => 'desk-other']]);
        $client->next('pusher:error');
        $client->next('pusher:subscription_error');
        $stranger = new Client($laravel->project->port(), 'test-key', '&name=other');
        $stranger->next('pusher:error');
        self::assertSame(4009, $stranger->closed());
    }

    public function testAProviderListensThroughLaravelsEvents(): void
    {
        $laravel = $this->laravel();
        $laravel->project->write('config/websocket.php', '<?php return ["listeners" => Illuminate\Contracts\Events\Dispatcher::class];');
        $laravel->project->write('Desk.php', <<<'PHP'
            <?php

            namespace Desk;

            use Illuminate\Support\Facades\Event;
            use Illuminate\Support\ServiceProvider;
            use Ody\Websocket\Events\ChannelOccupied;

            final class Provider extends ServiceProvider
            {
                public function boot(): void
                {
                    Event::listen(ChannelOccupied::class, fn(ChannelOccupied $event) => file_put_contents(base_path('occupied'), $event->channel));
                }
            }
            PHP);
        $this->addProvider($laravel);
        $laravel->artisan('websocket:start', '-d')->succeeded();
        (new Client($laravel->project->port(), 'test-key'))->open()->subscribe('room');
        $file = $laravel->project->root . '/occupied';
        for ($deadline = microtime(true) + 20; (string) @file_get_contents($file) === '' && microtime(true) < $deadline;) {
            usleep(20_000);
        }
        self::assertSame('room', $laravel->project->read('occupied'));
    }

    /**
     * Lets the application load Desk.php and register its provider.
     */
    private function addProvider(LaravelProject $laravel): void
    {
        $boot = $laravel->project->read('bootstrap/app.php');
        $laravel->project->write('bootstrap/app.php', str_replace(
            ['return Application', '[AppServiceProvider::class]'],
            ["require __DIR__ . '/../Desk.php';\n\nreturn Application", '[AppServiceProvider::class, Desk\Provider::class]'],
            $boot,
        ));
    }
}
