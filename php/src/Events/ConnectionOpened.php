<?php

declare(strict_types=1);

namespace Ody\Websocket\Events;

/**
 * A client has connected.
 *
 *     public function __invoke(ConnectionOpened $event): void
 *     {
 *         $this->sessions->begin($event->clientId, $event->address);
 *     }
 */
final readonly class ConnectionOpened
{
    /**
     * @param string $clientId its socket id
     * @param string $address  its address, with trusted proxies left out
     */
    public function __construct(public string $clientId, public string $address) {}
}
