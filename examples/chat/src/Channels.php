<?php

declare(strict_types=1);

namespace Chat;

use Ody\Websocket\Channel\ChannelAuthGenerator;
use Ody\Websocket\Channel\Exceptions\ChannelNotFoundException;
use Ody\Websocket\Exceptions\ConnectionException;
use Ody\Websocket\Facades\WebSocket;

/**
 * Who may subscribe to which channel, and what is published on them.
 */
final class Channels
{
    /** Everybody who has signed in hears here of new rooms that are open. */
    public const NEWS = 'private-news';

    /** Followed by a user's id: what concerns that user alone. */
    public const USER = 'private-user.';

    public function __construct(
        private readonly ChannelAuthGenerator $generator,
        private readonly Rooms $rooms,
    ) {}

    /**
     * Answers the question of a browser whether its user may subscribe: the token that the server
     * wants to see.
     *
     * @return array<string, string>
     *
     * @throws Problem when the user may not
     */
    public function authorize(User $user, string $socketId, string $channel): array
    {
        try {
            if (str_starts_with($channel, Room::CHANNEL)) {
                $this->rooms->get(substr($channel, strlen(Room::CHANNEL)), $user);
                $data = ['user_id' => $user->id, 'user_info' => ['name' => $user->name]];

                return [
                    'auth' => $this->generator->generatePresenceAuth($socketId, $channel, $data),
                    'channel_data' => $this->generator->channelData($data),
                ];
            }
            if ($channel === self::NEWS || $channel === self::USER . $user->id) {
                return ['auth' => $this->generator->generatePrivateAuth($socketId, $channel)];
            }
        } catch (\ValueError) {
            throw new Problem(422, 'That is no socket id.');
        }
        throw new Problem(403, 'You may not subscribe to this channel.');
    }

    /**
     * Sends a message to everybody in the room but the sender, who has it already.
     *
     * @param array<string, mixed> $message
     * @param string|null          $sender  the sender's socket id
     */
    public function tell(Room $room, array $message, ?string $sender): void
    {
        try {
            WebSocket::publish($room->channel(), 'message', $message, $sender);
        } catch (ChannelNotFoundException) {
            // Nobody is in the room. Who enters later finds the message in the history.
        } catch (ConnectionException $error) {
            error_log('Not delivered, but kept: ' . $error->getMessage());
        } catch (\ValueError) {
            throw new Problem(422, 'That is no socket id.');
        }
    }

    /**
     * Tells those who may enter a new room that it is there.
     */
    public function announce(Room $room): void
    {
        $channels = $room->members === null
            ? [self::NEWS]
            : array_map(static fn(string $id): string => self::USER . $id, $room->members);
        try {
            // Members who are not connected are skipped.
            WebSocket::publishToChannels($channels, 'room', $room->toArray());
        } catch (ConnectionException $error) {
            error_log('Not announced: ' . $error->getMessage());
        }
    }
}
