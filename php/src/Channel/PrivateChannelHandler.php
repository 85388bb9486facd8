<?php

declare(strict_types=1);

namespace Ody\Websocket\Channel;

use Ody\Websocket\Configuration;
use Ody\Websocket\Configuration\ConfigurationFileException;

/**
 * Channels that need a token of ChannelAuthGenerator. What the server does by itself for private
 * channels, to be extended.
 *
 * @api
 */
class PrivateChannelHandler extends PublicChannelHandler
{
    /**
     *     $channelManager->registerChannelHandler('private-team', new PrivateChannelHandler(new ChannelAuthGenerator($secret, $key)));
     *
     * @param ChannelAuthGenerator|null $authGenerator checks tokens; null: with the keys of the configuration
     */
    public function __construct(private ?ChannelAuthGenerator $authGenerator = null) {}

    /**
     * Says whether the token is right for this client and channel.
     *
     * {@inheritDoc}
     */
    public function authorize(string $clientId, string $channel, array $data): bool
    {
        $token = $data['auth'] ?? null;

        return is_string($token) && $this->authGenerator()->validatePrivateAuth($clientId, $channel, $token);
    }

    /**
     * @throws ConfigurationFileException when there is no secret key
     */
    final protected function authGenerator(): ChannelAuthGenerator
    {
        if ($this->authGenerator === null) {
            $configuration = Configuration::load();
            $this->authGenerator = new ChannelAuthGenerator($configuration->text('secret_key'), $configuration->text('api_key'));
        }

        return $this->authGenerator;
    }
}
