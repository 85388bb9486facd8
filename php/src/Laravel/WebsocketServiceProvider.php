<?php

declare(strict_types=1);

namespace Ody\Websocket\Laravel;

use Illuminate\Broadcasting\BroadcastController;
use Illuminate\Broadcasting\BroadcastManager;
use Illuminate\Contracts\Config\Repository;
use Illuminate\Contracts\Container\Container;
use Illuminate\Contracts\Debug\ExceptionHandler;
use Illuminate\Contracts\Foundation\CachesConfiguration;
use Illuminate\Contracts\Foundation\CachesRoutes;
use Illuminate\Foundation\Exceptions\Handler;
use Illuminate\Foundation\Http\Middleware\VerifyCsrfToken;
use Illuminate\Support\Facades\Route;
use Illuminate\Support\ServiceProvider;
use Ody\Websocket\Channel\ChannelAuthGenerator;
use Ody\Websocket\Channel\ChannelClient;
use Ody\Websocket\Channel\ChannelManager;
use Ody\Websocket\Channel\Connection;
use Ody\Websocket\Channel\Publisher;
use Ody\Websocket\Configuration;
use Ody\Websocket\Configuration\Loader;
use Ody\Websocket\Console\CommandException;
use Ody\Websocket\Console\Commands;
use Ody\Websocket\Facades\WebSocket;
use Ody\Websocket\Providers\Services;
use Ody\Websocket\Worker\ResetsState;

/**
 * Brings the package into Laravel, which finds this class by itself.
 *
 * What Laravel's config('websocket') says is the configuration of everything in the process: publisher,
 * facade, commands. `php artisan vendor:publish --tag=websocket-config` makes a file of it.
 */
final class WebsocketServiceProvider extends ServiceProvider
{
    /** What demands a token that clients of the protocol do not send. The second one took its place in Laravel 13. */
    private const CSRF = [VerifyCsrfToken::class, 'Illuminate\\Foundation\\Http\\Middleware\\PreventRequestForgery'];

    /**
     * Puts the configuration and the services into the container. Nothing is made before it is used.
     *
     *     $app->register(WebsocketServiceProvider::class);   // where packages are not discovered
     */
    public function register(): void
    {
        $this->mergeConfiguration();
        Configuration::use(fn(): Configuration => Configuration::ofValues($this->app->basePath(), $this->values()));
        $this->app->bind(Configuration::class, static fn(): Configuration => Configuration::load());
        $this->app->singleton(ChannelClient::class, self::with(Services::client(...)));
        $this->app->singleton(Publisher::class, self::with(Connection::publisher(...)));
        $this->app->singleton(ChannelAuthGenerator::class, self::with(Services::generator(...)));
        $this->app->singleton(ChannelManager::class, static fn(Container $container): ChannelManager => new ChannelManager($container->make(ChannelClient::class)));
        $this->app->alias(ChannelClient::class, 'websocket.channel');
        $this->app->singleton(ResetsState::class, LaravelState::class);
        $this->callAfterResolving(
            BroadcastManager::class,
            static fn(BroadcastManager $manager): BroadcastManager => $manager->extend(
                'ody',
                static fn(Container $container): OdyBroadcaster => new OdyBroadcaster($container),
            ),
        );
    }

    /**
     * Wires the facade, the commands and, when `websocket.routes` is set, the routes.
     *
     *     $provider->boot();   // Laravel does, after every register()
     */
    public function boot(): void
    {
        WebSocket::setContainer($this->app);
        $routes = $this->values()['routes'] ?? false;
        if (is_array($routes)) {
            self::routes($routes);
        } elseif (filter_var($routes, FILTER_VALIDATE_BOOL)) {
            self::routes();
        }
        if ($this->app->runningInConsole()) {
            $this->publishes([Loader::PACKAGED => $this->app->configPath('websocket.php')], 'websocket-config');
            $this->bootCommands();
        }
    }

    /**
     * Registers the routes that pusher-js asks by default: POST /pusher/auth for channels and POST
     * /pusher/user-auth for signing in. Echo asks Laravel's own route, /broadcasting/auth.
     *
     *     WebsocketServiceProvider::routes(['middleware' => ['api', 'auth:sanctum']]);
     *
     * @param array<array-key, mixed> $attributes of the group of routes
     */
    public static function routes(array $attributes = ['middleware' => ['web']]): void
    {
        $application = Route::getFacadeApplication();
        if ($application instanceof CachesRoutes && $application->routesAreCached()) {
            return;
        }
        Route::group($attributes, static function (): void {
            Route::post('/pusher/auth', [BroadcastController::class, 'authenticate'])->withoutMiddleware(self::CSRF);
            Route::post('/pusher/user-auth', [BroadcastController::class, 'authenticateUser'])->withoutMiddleware(self::CSRF);
        });
    }

    private function bootCommands(): void
    {
        $commands = array_values(Commands::CLASSES);
        $this->app->when($commands)->needs('$root')->give($this->app->basePath());
        $this->commands($commands);
        // A command that refuses has told the person who ran it.
        $this->callAfterResolving(ExceptionHandler::class, static function (ExceptionHandler $handler): void {
            if ($handler instanceof Handler) {
                $handler->ignore(CommandException::class);
            }
        });
    }

    /**
     * A cached configuration has been merged already, when env() still knew the variables.
     */
    private function mergeConfiguration(): void
    {
        if ($this->app instanceof CachesConfiguration && $this->app->configurationIsCached()) {
            return;
        }
        $repository = $this->repository();
        $repository->set('websocket', Loader::ofFramework($this->values()));
        if ($repository->get('broadcasting.connections.ody') === null) {
            $repository->set('broadcasting.connections.ody', ['driver' => 'ody']);
        }
    }

    /**
     * @return array<array-key, mixed>
     */
    private function values(): array
    {
        $values = $this->repository()->get('websocket');

        return is_array($values) ? $values : [];
    }

    private function repository(): Repository
    {
        return $this->app->make(Repository::class);
    }

    /**
     * @template T of object
     *
     * @param \Closure(Configuration): T $make
     *
     * @return \Closure(Container): T
     */
    private static function with(\Closure $make): \Closure
    {
        return static fn(Container $container): object => $make($container->make(Configuration::class));
    }
}
