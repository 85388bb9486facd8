<?php

declare(strict_types=1);

namespace Ody\Websocket\Worker;

/**
 * Clears what must not be carried from one call to the next, such as the user who is logged in. The
 * worker asks the container for it and calls it after each answer.
 */
interface ResetsState
{
    public function reset(): void;
}
