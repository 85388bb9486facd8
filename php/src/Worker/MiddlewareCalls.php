<?php

declare(strict_types=1);

namespace Ody\Websocket\Worker;

use Ody\Websocket\Middleware\Handshake;
use Ody\Websocket\Middleware\Message;
use Ody\Websocket\Middleware\Refusal;
use Ody\Websocket\Middleware\RefusedException;

/**
 * Calls that middleware decides: each layer gets a function that calls the next one.
 *
 * @internal
 */
final class MiddlewareCalls
{
    /**
     * @param Registry $registry has the middleware
     */
    public function __construct(private readonly Registry $registry) {}

    /**
     * A client wants to connect.
     *
     * @return array<string, mixed>
     */
    public function handshake(Call $call): array
    {
        $handshake = new Handshake($call->socketId, $call->address, $call->head);
        $next = static fn(Handshake $handshake): bool => true;
        foreach (array_reverse($this->registry->handshakeMiddleware()) as $middleware) {
            $next = static fn(Handshake $handshake): bool => $middleware->processHandshake($handshake, $next);
        }
        try {
            if ($next($handshake)) {
                return Answer::pass();
            }
            $refusal = $handshake->refusal();
        } catch (RefusedException $error) {
            $refusal = new Refusal($error->getMessage(), $error->getCode());
        }

        $code = $refusal->code ?? 0;

        return Answer::refused(
            $refusal->message ?? 'The connection is not authorized',
            $code >= 4000 && $code <= 4299 ? $code : 0,
        );
    }

    /**
     * A client has sent a message.
     *
     * @return array<string, mixed>
     */
    public function message(Call $call): array
    {
        $passed = null;
        $next = static function (Message $message) use (&$passed): Message {
            return $passed = $message;
        };
        foreach (array_reverse($this->registry->messageMiddleware()) as $middleware) {
            $next = static fn(Message $message): mixed => $middleware->processMessage($message, $next);
        }
        try {
            $result = $next(Message::parse($call->socketId, $call->data ?? '', $this->registry->manager()));
        } catch (RefusedException $error) {
            return Answer::refused($error->getMessage(), $error->getCode());
        }
        if ($result instanceof Refusal) {
            return Answer::refused($result->message, $result->code);
        }

        return $passed instanceof Message
            ? Answer::pass($passed->isChanged() ? $passed->text() : null)
            : Answer::handled();
    }
}
