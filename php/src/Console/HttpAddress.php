<?php

declare(strict_types=1);

namespace Ody\Websocket\Console;

use Ody\Websocket\Configuration;

/**
 * Where processes of this machine reach the server's HTTP API.
 *
 * @internal
 */
final class HttpAddress
{
    /** An address that means every address is none to connect to. */
    private const LOOPBACK = ['0.0.0.0' => '127.0.0.1', '::' => '::1'];

    private function __construct(
        public readonly bool $secure,
        public readonly string $host,
        public readonly int $port,
        /** What stands before the paths of the API, "" or "/prefix". */
        public readonly string $path,
    ) {}

    /**
     * Returns it, or null where there is none: the API is off, or the port of the WebSocket speaks TLS and
     * the API has no port of its own.
     */
    public static function of(Configuration $configuration): ?self
    {
        $secure = !in_array($configuration->get('ssl.ssl_cert_file'), [null, ''], true);
        $host = $configuration->text('host');
        $own = (int) $configuration->number('http_api.port', 0);
        $port = $own > 0 ? $own : (int) $configuration->number('port', 0);
        $listen = $configuration->text('http_api.listen', '');
        if (preg_match('/\A\[?(.+?)\]?:(\d+)\z/', $listen, $parts) === 1) {
            [$host, $port] = [$parts[1], (int) $parts[2]];
        }
        if (!self::isEnabled($configuration) || ($secure && $own === 0 && $listen === '')) {
            return null;
        }
        $path = trim($configuration->get('path') === null ? '' : $configuration->text('path'), '/');

        return new self($secure, self::LOOPBACK[$host] ?? $host, $port, $path === '' ? '' : '/' . $path);
    }

    /**
     * Says whether the configuration wants an HTTP API.
     */
    public static function isEnabled(Configuration $configuration): bool
    {
        return filter_var($configuration->get('http_api.enabled', true), FILTER_VALIDATE_BOOL);
    }

    /**
     * Returns host and port, such as "[::1]:9502".
     */
    public function authority(): string
    {
        return sprintf('%s:%d', str_contains($this->host, ':') ? '[' . $this->host . ']' : $this->host, $this->port);
    }

    /**
     * Returns the URL without a slash at its end.
     */
    public function url(): string
    {
        return sprintf('http%s://%s%s', $this->secure ? 's' : '', $this->authority(), $this->path);
    }

    /**
     * Returns the address as stream_socket_client() takes it.
     */
    public function socket(): string
    {
        return ($this->secure ? 'tls://' : 'tcp://') . $this->authority();
    }
}
