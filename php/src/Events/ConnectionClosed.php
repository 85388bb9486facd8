<?php

declare(strict_types=1);

namespace Ody\Websocket\Events;

/**
 * A client is gone.
 */
final readonly class ConnectionClosed
{
    /**
     * @param string $clientId its socket id, which nobody has any more
     */
    public function __construct(public string $clientId) {}
}
