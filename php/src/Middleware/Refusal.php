<?php

declare(strict_types=1);

namespace Ody\Websocket\Middleware;

/**
 * What middleware returns for a message that the server is not to handle. Made by Message::refuse().
 */
final readonly class Refusal
{
    /**
     * @internal
     *
     * @param string $message a sentence for the client
     * @param int    $code    of the error that the client gets, 0: none
     */
    public function __construct(public string $message, public int $code) {}
}
