<?php

declare(strict_types=1);

namespace Ody\Websocket\Middleware;

use Ody\Websocket\Configuration;

/**
 * Lets only clients in that show a key: in the header X-Api-Key, as the WebSocket subprotocol, or as
 * the key in the URL. Configuration files of the earlier version name it.
 *
 * The server itself checks the key in the URL. This adds something only with a key of its own:
 *
 *     new AuthenticationMiddleware(getenv('GATEWAY_KEY'));
 */
final class AuthenticationMiddleware implements WebSocketMiddlewareInterface
{
    /**
     * @param string|null $key null: `api_key` of the configuration
     *
     * @throws \ValueError when the key is empty
     */
    public function __construct(#[\SensitiveParameter] private readonly ?string $key = null)
    {
        if ($key === '') {
            throw new \ValueError('The key must not be empty.');
        }
    }

    /**
     * Lets the client in when one of what it shows is the key.
     *
     * {@inheritDoc}
     */
    public function processHandshake(Handshake $handshake, callable $next): bool
    {
        $keys = $this->key === null ? self::ofConfiguration(Configuration::load()) : [$this->key];
        $known = false;
        foreach (self::shown($handshake) as $shown) {
            foreach ($keys as $key) {
                $known = hash_equals($key, $shown) || $known;
            }
        }

        return $known ? $next($handshake) : $handshake->refuse('The key is not known');
    }

    /**
     * Lets every message pass.
     *
     * {@inheritDoc}
     */
    public function processMessage(Message $message, callable $next): mixed
    {
        return $next($message);
    }

    /**
     * Keeps the key out of dumps.
     *
     * @return array<string, string>
     */
    public function __debugInfo(): array
    {
        return ['key' => '(hidden)'];
    }

    /**
     * @return list<string> while keys are changed there are two
     */
    private static function ofConfiguration(Configuration $configuration): array
    {
        $previous = $configuration->text('previous_api_key', '');

        return [$configuration->text('api_key'), ...($previous === '' ? [] : [$previous])];
    }

    /**
     * @return list<string>
     */
    private static function shown(Handshake $handshake): array
    {
        $protocols = array_map(trim(...), explode(',', $handshake->header('sec-websocket-protocol') ?? ''));
        $path = explode('/', $handshake->path);

        return [$handshake->header('x-api-key') ?? '', rawurldecode(end($path)), ...$protocols];
    }
}
