<?php

declare(strict_types=1);

namespace Ody\Websocket\Console\Doctor;

use Ody\Websocket\Configuration;

/**
 * Looks at one thing that the server depends on. It changes nothing.
 *
 * @internal
 */
interface Check
{
    /**
     * Looks, and says what it found. Nothing to look at: an empty list.
     *
     * @return list<Finding>
     */
    public function findings(Configuration $configuration): array;
}
