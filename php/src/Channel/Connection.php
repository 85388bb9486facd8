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
     * @throws ConfigurationFileException when the key is neither of these
     */
    public static function ofConfiguration(Configuration $configuration): self
    {
        $value = $configuration->get('connection') === null ? '' : $configuration->text('connection');
        if ($value === '') {
            return new self(false, $configuration->text('socket.path'));
        }
        if (str_starts_with($value, 'unix:///')) {
            return new self(false, substr($value, 7));
        }
        $scheme = parse_url($value, PHP_URL_SCHEME);
        if (($scheme === 'http' || $scheme === 'https') && is_string(parse_url($value, PHP_URL_HOST))) {
            return new self(true, rtrim($value, '/'));
        }

        throw new ConfigurationFileException(sprintf(
            '"connection" must be unix:///path, http://host:port or https://host:port, "%s" given.',
            $value,
        ));
    }

    /**
     * Makes what reaches the server this way.
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
