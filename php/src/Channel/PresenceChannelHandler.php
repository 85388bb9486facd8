<?php

declare(strict_types=1);

namespace Ody\Websocket\Channel;

use Ody\Websocket\Configuration;

/**
 * Channels that know who is in them. What the server does by itself for presence channels, to be
 * extended.
 *
 * @api
 */
class PresenceChannelHandler extends PrivateChannelHandler
{
    private ?ChannelManager $manager = null;

    /**
     * Says whether the token is right for this client, channel and member.
     *
     * {@inheritDoc}
     */
    public function authorize(string $clientId, string $channel, array $data): bool
    {
        $token = $data['auth'] ?? null;
        $member = $data['channel_data'] ?? null;

        return is_string($token) && is_string($member) && $this->isSigned(
            static fn(ChannelAuthGenerator $generator): bool => $generator->validatePresenceAuth($clientId, $channel, $token, $member) !== false,
        );
    }

    /**
     * Returns who is in a channel now, each user once.
     *
     *     $names = array_map(fn(array $member): string => $member['user_info']['name'], $this->getChannelMembers($channel));
     *
     * @return array<int, array{user_id: string, user_info: mixed}>
     *
     * @throws \Ody\Websocket\Exceptions\ConnectionException when no server answers
     */
    public function getChannelMembers(string $channel): array
    {
        $this->manager ??= self::managerOfConfiguration(Configuration::load());

        return $this->manager->getChannelMembers($channel);
    }

    /**
     * Says who the client is to the others. To be overridden by those who know better than the client.
     *
     *     return ['user_id' => $user->id, 'user_info' => ['name' => $user->name]];
     *
     * @param array<array-key, mixed> $data what the client sent, with `channel_data`, as authorize() has checked it
     *
     * @return array<array-key, mixed>|null `user_id` and optionally `user_info`; null: what the client sent
     */
    public function member(string $clientId, string $channel, array $data): ?array
    {
        return null;
    }

    private static function managerOfConfiguration(Configuration $configuration): ChannelManager
    {
        return new ChannelManager(new ChannelClient(
            $configuration->text('socket.path'),
            $configuration->number('connect_timeout', 1.0),
            $configuration->number('timeout', 5.0),
        ));
    }
}
