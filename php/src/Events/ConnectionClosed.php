<?php

declare(strict_types=1);

namespace Ody\Websocket\Events;

/**
 * A client is gone.
 *
 *     public function __invoke(ConnectionClosed $event): void
 *     {
 *         $this->sessions->end($event->clientId);
 *     }
 */
final readonly class ConnectionClosed
{
    /**
     * @param string $clientId its socket id, which nobody has any more
     */
    public function __construct(public string $clientId) {}
}
