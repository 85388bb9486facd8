<?php

/*
 * Double of ody/container 1.0.0, src/Container.php: what our provider calls of it.
 */

declare(strict_types=1);

namespace Ody\Container;

use Psr\Container\ContainerInterface;

final class Container implements ContainerInterface
{
    /** @var array<string, array{\Closure, bool}> */
    private array $bindings = [];

    /** @var array<string, mixed> */
    private array $instances = [];

    /** @var array<string, string> */
    private array $aliases = [];

    public function bind(string $abstract, \Closure $concrete, bool $shared = false): void
    {
        $this->bindings[$abstract] = [$concrete, $shared];
    }

    public function singleton(string $abstract, \Closure $concrete): void
    {
        $this->bind($abstract, $concrete, true);
    }

    public function instance(string $abstract, mixed $instance): void
    {
        $this->instances[$abstract] = $instance;
    }

    public function alias(string $abstract, string $alias): void
    {
        $this->aliases[$alias] = $abstract;
    }

    public function make(string $abstract): mixed
    {
        $abstract = $this->aliases[$abstract] ?? $abstract;
        if (array_key_exists($abstract, $this->instances)) {
            return $this->instances[$abstract];
        }
        [$concrete, $shared] = $this->bindings[$abstract];
        $made = $concrete($this);
        if ($shared) {
            $this->instances[$abstract] = $made;
        }

        return $made;
    }

    public function get(string $id): mixed
    {
        return $this->make($id);
    }

    public function has(string $id): bool
    {
        $id = $this->aliases[$id] ?? $id;

        return isset($this->bindings[$id]) || array_key_exists($id, $this->instances);
    }
}
