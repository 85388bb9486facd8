<?php

declare(strict_types=1);

namespace Ody\Websocket\Middleware;

use Psr\SimpleCache\CacheInterface;

/**
 * Refuses messages of a client that sends too many in a minute.
 *
 * The count belongs to the PHP worker that handles the message. With several workers a client may
 * send up to the limit through each of them. With a cache that all of them share the count is about
 * the limit for all together: PSR-16 has no way to add one, so messages that are handled in the same
 * instant may count as one.
 *
 *     $channelManager->addMessageMiddleware(new RateLimitingMiddleware(120, $cache));
 */
final class RateLimitingMiddleware implements WebSocketMiddlewareInterface
{
    private const WINDOW = 60;

    /** Clients that are counted at most; beyond that counting starts anew. */
    private const CLIENTS = 50_000;

    /** The code that the protocol has for it. */
    private const CODE = 4301;

    private int $window = 0;

    /** @var array<string, int> socket id => messages in this window */
    private array $counts = [];

    /** @var \Closure(): int */
    private readonly \Closure $clock;

    /**
     * @param int                      $maxMessagesPerMinute 1 or more
     * @param CacheInterface|null      $cache                shared by all workers
     * @param (callable(): int)|null   $clock                seconds since 1970; null: the system's
     *
     * @throws \ValueError when the limit is less than 1
     */
    public function __construct(
        private readonly int $maxMessagesPerMinute = 60,
        private readonly ?CacheInterface $cache = null,
        ?callable $clock = null,
    ) {
        if ($maxMessagesPerMinute < 1) {
            throw new \ValueError(sprintf('The limit must be 1 or more messages in a minute, %d given.', $maxMessagesPerMinute));
        }
        $this->clock = $clock === null ? time(...) : $clock(...);
    }

    /**
     * Lets every client in.
     *
     * {@inheritDoc}
     */
    public function processHandshake(Handshake $handshake, callable $next): bool
    {
        return $next($handshake);
    }

    /**
     * Refuses the message when it is one too many in this minute.
     *
     * {@inheritDoc}
     */
    public function processMessage(Message $message, callable $next): mixed
    {
        if ($this->count($message->clientId) > $this->maxMessagesPerMinute) {
            return $message->refuse('Rate limit exceeded. Please slow down.', self::CODE);
        }

        return $next($message);
    }

    private function count(string $clientId): int
    {
        $window = intdiv(($this->clock)(), self::WINDOW);
        if ($this->cache !== null) {
            return self::countInCache($this->cache, sprintf('ody_websocket.rate.%s.%d', $clientId, $window));
        }
        if ($window !== $this->window || count($this->counts) >= self::CLIENTS) {
            $this->window = $window;
            $this->counts = [];
        }

        return $this->counts[$clientId] = ($this->counts[$clientId] ?? 0) + 1;
    }

    private static function countInCache(CacheInterface $cache, string $key): int
    {
        $count = $cache->get($key, 0);
        $count = is_numeric($count) ? (int) $count + 1 : 1;
        $cache->set($key, $count, self::WINDOW * 2);

        return $count;
    }
}
