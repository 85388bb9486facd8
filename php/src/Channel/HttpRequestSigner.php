<?php

declare(strict_types=1);

namespace Ody\Websocket\Channel;

use Ody\Websocket\Secret;

/**
 * Signs requests to the HTTP API as Pusher's server libraries do.
 *
 * The signed text is method, path and the sorted query, one a line; the query holds the MD5 of a
 * body. Source: Pusher Channels, HTTP API, authentication.
 */
final class HttpRequestSigner
{
    private readonly Secret $secret;

    /**
     *     $signer = new HttpRequestSigner($apiKey, $secretKey);
     *
     * @param string            $key    the app's public key
     * @param string            $secret the app's secret
     * @param (\Closure(): int)|null $clock returns Unix seconds; null: the time of this machine
     */
    public function __construct(
        private readonly string $key,
        #[\SensitiveParameter]
        string $secret,
        private readonly ?\Closure $clock = null,
    ) {
        $this->secret = new Secret($secret);
    }

    /**
     * Returns the query of a request with its signature, encoded for a URL.
     *
     *     $url = $base . '/apps/1/channels?' . $signer->query('GET', '/apps/1/channels', '');
     *
     * @param string                $method     in upper case
     * @param string                $path       as it is sent, without a query
     * @param string                $body       as it is sent; "" for none
     * @param array<string, string> $parameters further parameters of the query
     */
    public function query(string $method, string $path, string $body, array $parameters = []): string
    {
        $parameters += [
            'auth_key' => $this->key,
            'auth_timestamp' => (string) ($this->clock === null ? time() : ($this->clock)()),
            'auth_version' => '1.0',
        ];
        if ($body !== '') {
            $parameters['body_md5'] = md5($body);
        }
        ksort($parameters, SORT_STRING);
        $pairs = [];
        foreach ($parameters as $name => $value) {
            $pairs[] = $name . '=' . $value;
        }
        $parameters['auth_signature'] = $this->secret->sign(implode("\n", [$method, $path, implode('&', $pairs)]));

        return http_build_query($parameters, '', '&', PHP_QUERY_RFC3986);
    }
}
