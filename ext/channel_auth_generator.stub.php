<?php

/** @generate-class-entries */

namespace Ody\Websocket\Channel;

/**
 * Makes and checks the tokens that let a client into private and presence channels: Pusher's
 * `key:hex`, where hex is the HMAC-SHA256 of socket id, channel and channel data.
 *
 * The secret is held outside of PHP's properties, so dumps and traces do not show it.
 *
 * @strict-properties
 * @not-serializable
 */
class ChannelAuthGenerator
{
    /**
     *     $generator = new ChannelAuthGenerator($secretKey, $apiKey);
     *
     * @param string $secretKey signs; the server's `secret_key`
     * @param string|null $apiKey the server's `api_key`, the first half of every token. Without it
     *                            tokens can be checked but not made.
     * @throws \ValueError when a key is empty, or the API key has a colon in it
     */
    public function __construct(#[\SensitiveParameter] string $secretKey, ?string $apiKey = null) {}

    /**
     * The token for a private channel.
     *
     *     echo json_encode(['auth' => $generator->generatePrivateAuth($socketId, 'private-orders')]);
     *
     * @throws \ValueError when the socket id is not digits, a dot and digits, or the channel's name
     *                     is invalid or does not begin with "private-"
     * @throws \LogicException without an API key: the server would refuse the token
     */
    public function generatePrivateAuth(string $socketId, string $channel): string {}

    /**
     * The token for a presence channel. The client must get channelData() of the same user with it.
     *
     *     $user = ['user_id' => '7', 'user_info' => ['name' => 'Ada']];
     *     echo json_encode([
     *         'auth' => $generator->generatePresenceAuth($socketId, 'presence-room', $user),
     *         'channel_data' => $generator->channelData($user),
     *     ]);
     *
     * @param mixed[] $userData `user_id` (string or integer) and optionally `user_info`
     * @throws \ValueError as generatePrivateAuth (with "presence-"), and when `user_id` is missing
     * @throws \LogicException without an API key
     * @throws \Ody\Websocket\Channel\Exceptions\MessageException when the data cannot be JSON
     */
    public function generatePresenceAuth(string $socketId, string $channel, array $userData): string {}

    /**
     * The JSON text that generatePresenceAuth() signs for this user: the `channel_data` that the
     * authentication endpoint answers beside `auth`.
     *
     *     $generator->channelData(['user_id' => '7']);   // {"user_id":"7"}
     *
     * @param mixed[] $userData as generatePresenceAuth()
     * @throws \ValueError when `user_id` is missing
     * @throws \Ody\Websocket\Channel\Exceptions\MessageException when the data cannot be JSON
     */
    public function channelData(array $userData): string {}

    /**
     * The token that signs a user in (pusher:signin). The client must get userData() of the same user
     * with it.
     *
     *     $user = ['id' => '7'];
     *     echo json_encode(['auth' => $generator->generateUserAuth($socketId, $user), 'user_data' => $generator->userData($user)]);
     *
     * @param mixed[] $userData `id` (a non-empty string; the server takes no other) and anything else
     * @throws \ValueError when the socket id is not one, or `id` is missing
     * @throws \LogicException without an API key
     * @throws \Ody\Websocket\Channel\Exceptions\MessageException when the data cannot be JSON
     */
    public function generateUserAuth(string $socketId, array $userData): string {}

    /**
     * The JSON text that generateUserAuth() signs for this user: the `user_data` that the
     * authentication endpoint answers beside `auth`.
     *
     *     $generator->userData(['id' => '7']);   // {"id":"7"}
     *
     * @param mixed[] $userData as generateUserAuth()
     * @throws \ValueError when `id` is missing
     * @throws \Ody\Websocket\Channel\Exceptions\MessageException when the data cannot be JSON
     */
    public function userData(array $userData): string {}

    /**
     * Whether the token is right for that socket and private channel. Compares in constant time.
     * Without an API key only the signature counts, with or without a key before it.
     *
     *     if (!$generator->validatePrivateAuth($socketId, 'private-orders', $token)) { … }
     */
    public function validatePrivateAuth(string $socketId, string $channel, string $authSignature): bool {}

    /**
     * The user's data when the token is right for that socket, presence channel and data, else false.
     *
     *     $user = $generator->validatePresenceAuth($socketId, 'presence-room', $token, $channelData);
     *
     * @param string|null $channelData the JSON text exactly as the client sent it. Null: the token has
     *                                 it at its end, after a colon (`key:hex:json` or `hex:json`).
     * @return mixed[]|false the user
     */
    public function validatePresenceAuth(string $socketId, string $channel, string $authSignature, ?string $channelData = null): array|false {}
}
