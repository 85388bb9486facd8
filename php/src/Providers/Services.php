<?php

declare(strict_types=1);

namespace Ody\Websocket\Providers;

use Ody\Websocket\Channel\ChannelAuthGenerator;
use Ody\Websocket\Channel\ChannelClient;
use Ody\Websocket\Configuration;
use Ody\Websocket\Configuration\ConfigurationFileException;
use Ody\Websocket\Exceptions\ExtensionMissingException;
use Ody\Websocket\Extension;

/**
 * Makes what the providers of all frameworks put into their containers.
 */
final class Services
{
    /**
     * Makes the client of the server that a configuration describes. It connects at its first call.
     *
     * @throws ExtensionMissingException
     * @throws ConfigurationFileException when a value cannot be used
     */
    public static function client(Configuration $configuration): ChannelClient
    {
        Extension::require();

        return new ChannelClient(
            $configuration->text('socket.path'),
            $configuration->number('connect_timeout', 1.0),
            $configuration->number('timeout', 5.0),
            $configuration->get('missing_channel', '') === '' ? 'throw' : $configuration->text('missing_channel'),
        );
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
