<?php

declare(strict_types=1);

namespace Ody\Websocket\Middleware;

/**
 * A client that wants to connect, with the HTTP request that it came with.
 *
 *     public function processHandshake(Handshake $handshake, callable $next): bool
 *     {
 *         return $handshake->cookie('session') === null ? $handshake->refuse('Log in first') : $next($handshake);
 *     }
 */
final class Handshake
{
    public readonly string $method;

    /** Without the query, as the client wrote it: /app/key. */
    public readonly string $path;

    /** @var array<string, string> what stands behind the question mark, decoded */
    public readonly array $query;

    /** @var array<string, string> lower-case name => value */
    public readonly array $headers;

    /** @var array<string, string> name => value, decoded */
    public readonly array $cookies;

    private ?Refusal $refusal = null;

    /**
     * @param string $clientId the socket id that the client will have
     * @param string $address  of the client, with trusted proxies left out
     * @param string $head     the request, from its first line to the empty line
     */
    public function __construct(public readonly string $clientId, public readonly string $address, string $head)
    {
        $request = RequestHead::parse($head);
        $this->method = $request->method;
        $this->path = $request->path;
        $this->query = $request->query;
        $this->headers = $request->headers;
        $this->cookies = $request->cookies;
    }

    /**
     * Returns a header, or null when the client did not send it.
     *
     *     $language = $handshake->header('Accept-Language') ?? 'en';
     *
     * @param string $name in any case
     */
    public function header(string $name): ?string
    {
        return $this->headers[strtolower($name)] ?? null;
    }

    /**
     * Returns a cookie, or null when the client did not send it.
     *
     *     $session = $handshake->cookie('session');
     */
    public function cookie(string $name): ?string
    {
        return $this->cookies[$name] ?? null;
    }

    /**
     * Refuses the connection with a reason. Return what it returns.
     *
     *     return $handshake->refuse('We are closed', 4100);
     *
     * @param string $message a sentence for the client
     * @param int    $code    4000 to 4099: do not come back; 4100 to 4199: later; 4200 to 4299: at once
     *
     * @throws \ValueError when the code is another one
     */
    public function refuse(string $message, int $code = 4009): false
    {
        if ($code < 4000 || $code > 4299) {
            throw new \ValueError(sprintf('A connection is refused with a code of 4000 to 4299, %d given.', $code));
        }
        $this->refusal = new Refusal($message, $code);

        return false;
    }

    /**
     * @internal the kernel asks when a connection was refused
     */
    public function refusal(): ?Refusal
    {
        return $this->refusal;
    }
}
