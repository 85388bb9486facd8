<?php

declare(strict_types=1);

namespace Ody\Websocket\Channel;

use Ody\Websocket\Configuration;
use Ody\Websocket\Configuration\ConfigurationFileException;

/**
 * How this process reaches the server, as the configuration key `connection` says: not set or
 * `unix://…` for a socket of this machine, `http://host:port` or `https://host:port` for another one.
 */
final class Connection
{
    private function __construct(
        /** Whether it goes over HTTP. */
        public readonly bool $http,
        /** The path of the socket, or the URL without a slash at its end. */
        public readonly string $address,
    ) {}

    /**
     * Reads it from a configuration.
     *
     *     $isRemote = Connection::ofConfiguration(Configuration::load())->http;
     *
     * @throws ConfigurationFileException when the key is neither of these
     */
    public static function ofConfiguration(Configuration $configuration): self
    {
        $value = $configuration->text('connection', '');
        if ($value === '') {
            return new self(false, $configuration->text('socket.path'));
        }
        if (str_starts_with($value, 'unix:///')) {
            return new self(false, substr($value, 7));
        }
        $parts = parse_url($value);
        if (is_array($parts) && in_array($parts['scheme'] ?? '', ['http', 'https'], true) && ($parts['host'] ?? '') !== ''
            && array_diff_key($parts, ['scheme' => 1, 'host' => 1, 'port' => 1, 'path' => 1]) === []) {
            return new self(true, rtrim($value, '/'));
        }

        // What stands there is not shown: it may hold a password.
        throw new ConfigurationFileException(
            '"connection" must be unix:///path, http://host:port or https://host:port, without a user, a password or a query.',
        );
    }

    /**
     * Makes what reaches the server this way.
     *
     *     $publisher = Connection::publisher(Configuration::load());
     *
     * @throws \Ody\Websocket\Exceptions\ExtensionMissingException for a socket, without the extension
     * @throws HttpClientMissingException                          for HTTP, without a client for it
     * @throws ConfigurationFileException
     */
    public static function publisher(Configuration $configuration): Publisher
    {
        return self::ofConfiguration($configuration)->http
            ? HttpPublisher::ofConfiguration($configuration)
            : UnixPublisher::ofConfiguration($configuration);
    }
}
