<?php

declare(strict_types=1);

namespace Ody\Websocket\Middleware;

use Ody\Websocket\Configuration;

/**
 * Lets only clients in that bring a token: as `Authorization: Bearer …`, in the query or in a cookie.
 * Browsers cannot set headers on WebSockets; what stands in a query may be logged by proxies.
 *
 * Without a check of its own it accepts the tokens that issue() makes:
 *
 *     $token = AuthorizationMiddleware::issue($user->id);             // in the application
 *     $channelManager->addMiddleware(new AuthorizationMiddleware());  // in the server
 *
 *     new AuthorizationMiddleware(fn (string $token, Handshake $handshake): bool => $sessions->has($token));
 */
final class AuthorizationMiddleware implements WebSocketMiddlewareInterface
{
    /** Keeps these signatures apart from all others that are made with the same key. */
    private const PURPOSE = 'ody-websocket:connection:';

    /** @var \Closure(string, Handshake): bool */
    private readonly \Closure $check;

    /**
     * @param (callable(string, Handshake): bool)|null $check says whether a token is good; null: it must be of issue()
     * @param string                                   $name  of the query parameter and of the cookie
     */
    public function __construct(?callable $check = null, private readonly string $name = 'token')
    {
        $this->check = $check === null ? self::isIssued(...) : $check(...);
    }

    /**
     * Makes a token that any server with the same `secret_key` accepts until it expires. While keys are
     * changed, tokens of `previous_secret_key` are accepted too.
     *
     *     $url .= '&token=' . AuthorizationMiddleware::issue($user->id, 60);
     *
     * @param string|int  $userId   whoever the token is for
     * @param int         $lifetime seconds from now
     * @param string|null $secret   null: `secret_key` of the configuration
     *
     * @throws \LogicException when there is no secret to sign with
     */
    public static function issue(string|int $userId, int $lifetime = 3600, ?string $secret = null): string
    {
        $claim = rtrim(strtr(base64_encode((string) $userId), '+/', '-_'), '=') . '.' . (time() + $lifetime);

        return $claim . '.' . self::sign($claim, $secret);
    }

    /**
     * Lets the client in when its token is good.
     *
     * {@inheritDoc}
     */
    public function processHandshake(Handshake $handshake, callable $next): bool
    {
        $token = $this->token($handshake);
        if ($token === null || !($this->check)($token, $handshake)) {
            return $handshake->refuse($token === null ? 'Authorization is required' : 'The authorization is not valid');
        }

        return $next($handshake);
    }

    /**
     * Lets every message pass: who sends it was let in.
     *
     * {@inheritDoc}
     */
    public function processMessage(Message $message, callable $next): mixed
    {
        return $next($message);
    }

    private function token(Handshake $handshake): ?string
    {
        $header = $handshake->header('authorization');
        if ($header !== null && preg_match('/\A(?:Bearer\s+)?(\S+)\z/i', $header, $parts) === 1) {
            return $parts[1];
        }
        $token = $handshake->query[$this->name] ?? $handshake->cookie($this->name);

        return $token === '' ? null : $token;
    }

    private static function isIssued(string $token): bool
    {
        $end = strrpos($token, '.');
        if ($end === false) {
            return false;
        }
        $claim = substr($token, 0, $end);
        $expires = substr($claim, (int) strrpos($claim, '.') + 1);

        return self::isSigned($claim, substr($token, $end + 1)) && ctype_digit($expires) && (int) $expires >= time();
    }

    private static function isSigned(string $claim, string $signature): bool
    {
        $previous = Configuration::load()->text('previous_secret_key', '');

        return hash_equals(self::sign($claim, null), $signature)
            || ($previous !== '' && hash_equals(self::sign($claim, $previous), $signature));
    }

    private static function sign(string $claim, #[\SensitiveParameter] ?string $secret): string
    {
        $key = $secret ?? Configuration::load()->text('secret_key');
        if ($key === '') {
            throw new \LogicException('"secret_key" is empty, so no token can be signed.');
        }

        return hash_hmac('sha256', self::PURPOSE . $claim, $key);
    }
}
