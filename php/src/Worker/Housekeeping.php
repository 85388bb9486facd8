<?php

declare(strict_types=1);

namespace Ody\Websocket\Worker;

use Psr\Container\ContainerInterface;
use Psr\Log\LoggerInterface;

/**
 * What a worker does between two calls, while no client waits for it.
 *
 * @internal
 */
final class Housekeeping
{
    /** Cycles are collected once in so many calls. */
    private const COLLECT = 500;

    /** The part of the memory limit from which on the process is not worth keeping. */
    private const FULL = 0.8;

    private int $calls = 0;

    private readonly ?ResetsState $resets;

    /**
     * @param ContainerInterface|null $container may have a ResetsState
     */
    public function __construct(private readonly LoggerInterface $log, ?ContainerInterface $container)
    {
        $resets = $container?->has(ResetsState::class) === true ? $container->get(ResetsState::class) : null;
        $this->resets = $resets instanceof ResetsState ? $resets : null;
    }

    /**
     * Tidies up.
     *
     * @return bool false: the process must make room for a fresh one
     */
    public function run(): bool
    {
        try {
            $this->resets?->reset();
        } catch (\Throwable $error) {
            $this->log->error('the state of the application could not be reset', ['exception' => $error]);

            return false;
        }
        if (++$this->calls % self::COLLECT === 0) {
            gc_collect_cycles();
        }

        return !$this->isFull();
    }

    private function isFull(): bool
    {
        $limit = Process::memoryLimit();
        if ($limit === null || memory_get_usage() < $limit * self::FULL) {
            return false;
        }
        gc_collect_cycles();
        if (memory_get_usage() < $limit * self::FULL) {
            return false;
        }
        $this->log->warning('the PHP worker makes room for a fresh one: it holds too much memory', ['bytes' => memory_get_usage()]);

        return true;
    }
}
