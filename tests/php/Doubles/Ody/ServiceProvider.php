<?php

/*
 * Double of ody/foundation 0.2, src/Providers/ServiceProvider.php: the methods that our provider calls,
 * with their signatures. Commands are made as src/Console/CommandRegistry.php makes them. They and the
 * published files are kept to look at.
 */

declare(strict_types=1);

namespace Ody\Foundation\Providers;

use Ody\Container\Container;
use Symfony\Component\Console\Command\Command;

abstract class ServiceProvider
{
    public Container $container;

    /** @var array<class-string, Command> */
    public array $commands = [];

    /** @var array<array-key, mixed> package => type => source => destination */
    public array $published = [];

    public function __construct(?Container $container = null)
    {
        $this->container = $container ?? new Container();
    }

    abstract public function register(): void;

    abstract public function boot(): void;

    /**
     * @param array<class-string<Command>> $commands
     */
    protected function registerCommands(array $commands): void
    {
        foreach ($commands as $class) {
            $command = $this->container->has($class) ? $this->container->make($class) : new $class();
            assert($command instanceof Command);
            $this->commands[$class] = $command;
        }
    }

    /**
     * @param array<array-key, mixed> $paths
     */
    protected function publishes(array $paths, ?string $package = null, string $type = 'config'): self
    {
        $this->published[(string) $package] = [$type => $paths];

        return $this;
    }

    /**
     * @param \Closure $concrete
     */
    protected function singleton(string $abstract, $concrete = null): void
    {
        $this->container->singleton($abstract, $concrete ?? static fn(): object => new $abstract());
    }

    protected function alias(string $abstract, string $alias): void
    {
        $this->container->alias($abstract, $alias);
    }
}
