<?php

declare(strict_types=1);

namespace Ody\Websocket\Worker;

/**
 * Forgets what one call to an application left behind, so that the next one in the same process starts
 * as if it were the first. A worker asks the container for it and calls it after each answer.
 */
interface ResetsState
{
    /**
     * Call it between two calls, in a process that has booted the application.
     *
     * Throws nothing for what a call left broken: that is reported to the application and given up.
     *
     *     public function reset(): void
     *     {
     *         $this->identityMap->clear();
     *     }
     */
    public function reset(): void;
}
