<?php

/*
 * Double of ody/foundation 0.2, src/Providers/ServiceProvider.php: the methods that our provider calls,
 * with their signatures. Commands and published files are kept to look at.
 */

declare(strict_types=1);

namespace Ody\Foundation\Providers;

use Ody\Container\Container;

abstract class ServiceProvider
{
    public Container $container;

    /** @var array<array-key, mixed> */
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
     * @param array<array-key, mixed> $commands
     */
    protected function registerCommands(array $commands): void
    {
        $this->commands = [...$this->commands, ...$commands];
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
