<?php

declare(strict_types=1);

namespace Ody\Websocket\Middleware;

/**
 * Stands between clients and the server: sees who connects, and what clients send.
 *
 * It runs in a PHP worker. There are several of them, and each has its own object.
 */
interface WebSocketMiddlewareInterface
{
    /**
     * Decides about a connection.
     *
     *     return $this->knows($handshake->cookie('session')) ? $next($handshake) : $handshake->refuse('Log in first');
     *
     * @param callable(Handshake): bool $next the middleware inside of this one
     *
     * @return bool whether the client may come in; false without refuse(): it is told a general sentence
     *
     * @throws RefusedException as refuse() does it
     */
    public function processHandshake(Handshake $handshake, callable $next): bool;

    /**
     * Decides about a message. Pings and pongs are no messages.
     *
     *     return $next($message->withData(['text' => $clean]));
     *
     * @param callable(Message): mixed $next the middleware inside of this one, at last the server. Whoever
     *                                       does not call it has answered the message
     *
     * @return mixed what $next returned, or {@see Message::refuse()}; anything else has no meaning
     *
     * @throws RefusedException as refuse() does it
     */
    public function processMessage(Message $message, callable $next): mixed;
}
