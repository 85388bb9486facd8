<?php

declare(strict_types=1);

namespace Ody\Websocket\Providers;

use Ody\Foundation\Providers\ServiceProvider;
use Ody\Websocket\Channel\ChannelAuthGenerator;
use Ody\Websocket\Channel\ChannelClient;
use Ody\Websocket\Channel\ChannelManager;
use Ody\Websocket\Channel\Connection;
use Ody\Websocket\Channel\Publisher;
use Ody\Websocket\Configuration;
use Ody\Websocket\Configuration\Loader;
use Ody\Websocket\Console\Commands;
use Ody\Websocket\Console\ConfigurationCommand;
use Ody\Websocket\Console\DoctorCommand;
use Ody\Websocket\Console\StartCommand;
use Ody\Websocket\Facades\WebSocket;
use Ody\Websocket\Worker\WorkerCommand;
use Symfony\Component\Console\Command\Command;

/**
 * Brings the package into the Ody framework: {@see WebsocketChannelServiceProvider}.
 *
 * The configuration is that of the project: config/websocket.php, .env and the environment. The container
 * makes ChannelAuthController by itself, because the generator that it asks for is here.
 */
abstract class OdyServiceProvider extends ServiceProvider
{
    /** What needs the container, to find what service providers have registered on the ChannelManager. */
    private const COMMANDS = [StartCommand::class, ConfigurationCommand::class, DoctorCommand::class, WorkerCommand::class];

    /**
     * Puts the services into the container. Nothing is made before it is used.
     *
     *     $provider = new WebsocketChannelServiceProvider($container);
     *     $provider->register();
     */
    public function register(): void
    {
        $this->singleton(Configuration::class, static fn(): Configuration => Configuration::load());
        $this->singleton(ChannelClient::class, static fn(): ChannelClient => Services::client(Configuration::load()));
        $this->singleton(Publisher::class, static fn(): Publisher => Connection::publisher(Configuration::load()));
        $this->singleton(
            ChannelAuthGenerator::class,
            static fn(): ChannelAuthGenerator => Services::generator(Configuration::load()),
        );
        $this->singleton(
            ChannelManager::class,
            static fn(): ChannelManager => new ChannelManager(Services::client(Configuration::load())),
        );
        $this->alias(ChannelClient::class, 'websocket.channel');
        // The framework makes commands without arguments, but for those that its container has.
        foreach (self::COMMANDS as $command) {
            $this->singleton($command, fn(): Command => new $command($this->container));
        }
    }

    /**
     * Wires the facade and the commands; `php ody publish ody/websocket` copies the configuration.
     *
     *     $provider->boot();   // when all providers are registered
     */
    public function boot(): void
    {
        WebSocket::setContainer($this->container);
        $this->registerCommands(array_values(Commands::CLASSES));
        $this->publishes([Loader::PACKAGED => 'websocket.php'], 'ody/websocket');
    }
}
