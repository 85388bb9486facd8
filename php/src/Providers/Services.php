<?php

declare(strict_types=1);

namespace Ody\Websocket\Providers;

use Ody\Websocket\Channel\ChannelAuthGenerator;
use Ody\Websocket\Channel\ChannelClient;
use Ody\Websocket\Channel\UnixPublisher;
use Ody\Websocket\Configuration;
use Ody\Websocket\Configuration\ConfigurationFileException;
use Ody\Websocket\Exceptions\ExtensionMissingException;

/**
 * Makes what the providers of all frameworks put into their containers.
 *
 * @internal
 */
final class Services
{
    /**
     * Makes the native client of the server that a configuration describes. It connects at its first call.
     *
     * @throws ExtensionMissingException
     * @throws ConfigurationFileException when a value cannot be used
     */
    public static function client(Configuration $configuration): ChannelClient
    {
        return UnixPublisher::ofConfiguration($configuration)->client();
    }

    /**
     * Makes the generator that signs with the keys of a configuration.
     *
     * @throws ConfigurationFileException when a key is missing
     */
    public static function generator(Configuration $configuration): ChannelAuthGenerator
    {
        return new ChannelAuthGenerator(self::key($configuration, 'secret_key'), self::key($configuration, 'api_key'));
    }

    private static function key(Configuration $configuration, string $name): string
    {
        if (in_array($configuration->get($name), [null, ''], true)) {
            throw new ConfigurationFileException(sprintf('There is no "%s" yet: the command websocket:keys makes one.', $name));
        }

        return $configuration->text($name);
    }
}
