<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Support;

use Psr\Container\ContainerInterface;
use Psr\Container\NotFoundExceptionInterface;

/**
 * A container that holds what it is given, and makes nothing.
 */
final class Container implements ContainerInterface
{
    /**
     * @param array<string, object> $entries
     */
    public function __construct(private readonly array $entries) {}

    public function get(string $id): object
    {
        return $this->entries[$id]
            ?? throw new class ("{$id} is not here") extends \RuntimeException implements NotFoundExceptionInterface {};
    }

    public function has(string $id): bool
    {
        return isset($this->entries[$id]);
    }
}
