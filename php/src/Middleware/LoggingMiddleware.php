<?php

declare(strict_types=1);

namespace Ody\Websocket\Middleware;

use Ody\Websocket\Worker\ErrorLog;
use Psr\Log\LoggerInterface;

/**
 * Logs who connects and what is sent: never data, tokens, queries, headers or cookies.
 *
 *     $channelManager->addMiddleware(new LoggingMiddleware());   // or with a PSR-3 logger
 */
final class LoggingMiddleware implements WebSocketMiddlewareInterface
{
    private const NAME_SHOWN = 200;

    private readonly LoggerInterface $logger;

    /**
     * @param LoggerInterface|null $logger null: lines in the server's log
     */
    public function __construct(?LoggerInterface $logger = null)
    {
        $this->logger = $logger ?? new ErrorLog();
    }

    /**
     * Logs whether the client was let in.
     *
     * {@inheritDoc}
     */
    public function processHandshake(Handshake $handshake, callable $next): bool
    {
        $accepted = $next($handshake);
        $this->logger->info($accepted ? 'client connected' : 'client refused', [
            'client' => $handshake->clientId,
            'address' => $handshake->address,
        ]);

        return $accepted;
    }

    /**
     * Logs event, channel and size of the message.
     *
     * {@inheritDoc}
     */
    public function processMessage(Message $message, callable $next): mixed
    {
        $result = $next($message);
        $this->logger->info($result instanceof Refusal ? 'message refused' : 'message', [
            'client' => $message->clientId,
            'event' => substr($message->event, 0, self::NAME_SHOWN),
            'channel' => $message->channel === null ? null : substr($message->channel, 0, self::NAME_SHOWN),
            'bytes' => strlen($message->text()),
        ]);

        return $result;
    }
}
