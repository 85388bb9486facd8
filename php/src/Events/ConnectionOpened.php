<?php

declare(strict_types=1);

namespace Ody\Websocket\Events;

/**
 * A client has connected.
 */
final readonly class ConnectionOpened
{
    /**
     * @param string $clientId its socket id
     * @param string $address  its address, with trusted proxies left out
     */
    public function __construct(public string $clientId, public string $address) {}
}
