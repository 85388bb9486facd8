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
    /** @var non-empty-list<ChannelAuthGenerator>|null those whose tokens are right; null: not made yet */
    private ?array $generators;

    /**
     *     $channelManager->registerChannelHandler('private-team', new PrivateChannelHandler(new ChannelAuthGenerator($secret, $key)));
     *
     * @param ChannelAuthGenerator|null $authGenerator checks tokens; null: with the keys of the configuration, also
     *                                                 with the previous ones
     */
    public function __construct(?ChannelAuthGenerator $authGenerator = null)
    {
        $this->generators = $authGenerator === null ? null : [$authGenerator];
    }

    /**
     * Says whether the token is right for this client and channel.
     *
     * {@inheritDoc}
     */
    public function authorize(string $clientId, string $channel, array $data): bool
    {
        $token = $data['auth'] ?? null;

        return is_string($token) && $this->isSigned(
            static fn(ChannelAuthGenerator $generator): bool => $generator->validatePrivateAuth($clientId, $channel, $token),
        );
    }

    /**
     * Says whether a token is right: while keys are changed, those of the previous ones are too.
     *
     * @param \Closure(ChannelAuthGenerator): bool $check
     *
     * @throws ConfigurationFileException when there is no secret key
     */
    final protected function isSigned(\Closure $check): bool
    {
        foreach ($this->generators() as $generator) {
            if ($check($generator)) {
                return true;
            }
        }

        return false;
    }

    /**
     * @throws ConfigurationFileException when there is no secret key
     */
    final protected function authGenerator(): ChannelAuthGenerator
    {
        return $this->generators()[0];
    }

    /**
     * @return non-empty-list<ChannelAuthGenerator> the one with the keys of now first
     */
    private function generators(): array
    {
        return $this->generators ??= self::ofConfiguration(Configuration::load());
    }

    /**
     * @return non-empty-list<ChannelAuthGenerator>
     */
    private static function ofConfiguration(Configuration $configuration): array
    {
        $generators = [new ChannelAuthGenerator($configuration->text('secret_key'), $configuration->text('api_key'))];
        $previous = $configuration->text('previous_secret_key', '');
        if ($previous !== '') {
            $generators[] = new ChannelAuthGenerator($previous, $configuration->text('previous_api_key'));
        }

        return $generators;
    }
}
