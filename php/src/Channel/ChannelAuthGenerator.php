<?php

declare(strict_types=1);

namespace Ody\Websocket\Channel;

use Ody\Websocket\Channel\Exceptions\MessageException;
use Ody\Websocket\Secret;

/**
 * Makes and checks the tokens that let a client into private and presence channels, and that sign a
 * user in: Pusher's `key:hex`, where hex is the HMAC-SHA256 of socket id, channel and channel data.
 *
 *     $generator = new ChannelAuthGenerator($secretKey, $apiKey);
 *     echo json_encode(['auth' => $generator->generatePrivateAuth($socketId, 'private-orders')]);
 *
 * The extension has a class of this name. This one is for PHP that does not load it.
 *
 * @api
 */
class ChannelAuthGenerator
{
    /** Null until constructed. */
    private ?Secret $secret = null;

    /** Null: tokens can only be checked. */
    private ?string $apiKey = null;

    /**
     *     $generator = new ChannelAuthGenerator($secretKey, $apiKey);
     *
     * @param string      $secretKey signs; the server's `secret_key`
     * @param string|null $apiKey    the server's `api_key`, the first half of every token. Without it
     *                               tokens can be checked but not made.
     *
     * @throws \ValueError when a key is empty, or the API key has a colon in it
     */
    public function __construct(#[\SensitiveParameter] string $secretKey, ?string $apiKey = null)
    {
        if ($this->secret !== null) {
            throw new \Error(sprintf('%s::__construct() may only be called once', static::class));
        }
        if ($secretKey === '') {
            throw new \ValueError(self::argument('__construct', 1, 'secretKey', 'must not be empty'));
        }
        if ($apiKey !== null && ($apiKey === '' || str_contains($apiKey, ':'))) {
            throw new \ValueError(self::argument('__construct', 2, 'apiKey', 'must not be empty or contain a colon'));
        }
        $this->secret = new Secret($secretKey);
        $this->apiKey = $apiKey;
    }

    /**
     * The token for a private channel.
     *
     *     echo json_encode(['auth' => $generator->generatePrivateAuth($socketId, 'private-orders')]);
     *
     * @throws \ValueError     when the socket id is not digits, a dot and digits, or the channel's name
     *                         is invalid or does not begin with "private-"
     * @throws \LogicException without an API key: the server would refuse the token
     */
    public function generatePrivateAuth(string $socketId, string $channel): string
    {
        $this->requireSignable('generatePrivateAuth', $socketId, $channel, 'private-');

        return $this->token($socketId . ':' . $channel);
    }

    /**
     * The token for a presence channel. The client must get channelData() of the same user with it.
     *
     *     $user = ['user_id' => '7', 'user_info' => ['name' => 'Ada']];
     *     echo json_encode([
     *         'auth' => $generator->generatePresenceAuth($socketId, 'presence-room', $user),
     *         'channel_data' => $generator->channelData($user),
     *     ]);
     *
     * @param array<array-key, mixed> $userData `user_id` (string or integer) and optionally `user_info`
     *
     * @throws \ValueError      as generatePrivateAuth (with "presence-"), and when `user_id` is missing
     * @throws \LogicException  without an API key
     * @throws MessageException when the data cannot be JSON
     */
    public function generatePresenceAuth(string $socketId, string $channel, array $userData): string
    {
        $this->requireSignable('generatePresenceAuth', $socketId, $channel, 'presence-');

        return $this->token($socketId . ':' . $channel . ':' . self::userText('generatePresenceAuth', 3, $userData, 'user_id'));
    }

    /**
     * The JSON text that generatePresenceAuth() signs for this user: the `channel_data` that the
     * authentication endpoint answers beside `auth`.
     *
     *     $generator->channelData(['user_id' => '7']);   // {"user_id":"7"}
     *
     * @param array<array-key, mixed> $userData
     *
     * @throws \ValueError      when `user_id` is missing
     * @throws MessageException when the data cannot be JSON
     */
    public function channelData(array $userData): string
    {
        return self::userText('channelData', 1, $userData, 'user_id');
    }

    /**
     * The token that signs a user in (pusher:signin). The client must get userData() of the same user
     * with it.
     *
     *     $user = ['id' => '7'];
     *     echo json_encode(['auth' => $generator->generateUserAuth($socketId, $user), 'user_data' => $generator->userData($user)]);
     *
     * @param array<array-key, mixed> $userData `id` (a non-empty string; the server takes no other) and
     *                                          anything else
     *
     * @throws \ValueError      when the socket id is not one, or `id` is missing
     * @throws \LogicException  without an API key
     * @throws MessageException when the data cannot be JSON
     */
    public function generateUserAuth(string $socketId, array $userData): string
    {
        $this->requireSocketId('generateUserAuth', $socketId);
        $this->requireKey();

        return $this->token($socketId . '::user::' . self::userText('generateUserAuth', 2, $userData, 'id'));
    }

    /**
     * The JSON text that generateUserAuth() signs for this user: the `user_data` that the
     * authentication endpoint answers beside `auth`.
     *
     *     $generator->userData(['id' => '7']);   // {"id":"7"}
     *
     * @param array<array-key, mixed> $userData
     *
     * @throws \ValueError      when `id` is missing
     * @throws MessageException when the data cannot be JSON
     */
    public function userData(array $userData): string
    {
        return self::userText('userData', 1, $userData, 'id');
    }

    /**
     * Whether the token is right for that socket and private channel. Compares in constant time.
     * Without an API key only the signature counts, with or without a key before it.
     *
     *     if (!$generator->validatePrivateAuth($socketId, 'private-orders', $token)) { … }
     */
    public function validatePrivateAuth(string $socketId, string $channel, string $authSignature): bool
    {
        $this->secret();

        return self::isSocketId($socketId) && self::isChannel($channel, 'private-')
            && $this->verify($socketId . ':' . $channel, $authSignature);
    }

    /**
     * The user's data when the token is right for that socket, presence channel and data, else false.
     *
     *     $user = $generator->validatePresenceAuth($socketId, 'presence-room', $token, $channelData);
     *
     * @param string|null $channelData the JSON text exactly as the client sent it. Null: the token has
     *                                 it at its end, after a colon (`key:hex:json` or `hex:json`).
     *
     * @return array<array-key, mixed>|false
     */
    public function validatePresenceAuth(string $socketId, string $channel, string $authSignature, ?string $channelData = null): array|false
    {
        $this->secret();
        if ($channelData === null) {
            $border = strpos($authSignature, ':{');
            if ($border === false) {
                return false;
            }
            $channelData = substr($authSignature, $border + 1);
            $authSignature = substr($authSignature, 0, $border);
        }
        if (!self::isSocketId($socketId) || !self::isChannel($channel, 'presence-')
            || !$this->verify($socketId . ':' . $channel . ':' . $channelData, $authSignature)) {
            return false;
        }
        $decoded = json_decode($channelData, true);

        return is_array($decoded) ? $decoded : false;
    }

    /**
     * There are no copies of a secret.
     *
     * @throws \Error always
     */
    public function __clone()
    {
        throw new \Error('Trying to clone an uncloneable object of class ' . static::class);
    }

    /**
     * Secrets go into no session, cache or queue.
     *
     * @throws \Exception always
     */
    public function __serialize(): never
    {
        throw new \Exception(sprintf("Serialization of '%s' is not allowed", static::class));
    }

    /**
     * Nothing makes one but the constructor.
     *
     * @param array<array-key, mixed> $data
     *
     * @throws \Exception always
     */
    public function __unserialize(array $data): never
    {
        throw new \Exception(sprintf("Unserialization of '%s' is not allowed", static::class));
    }

    /**
     * It has no properties but its own.
     *
     * @throws \Error always
     */
    public function __set(string $name, mixed $value): never
    {
        throw new \Error(sprintf('Cannot create dynamic property %s::$%s', static::class, $name));
    }

    private function secret(): Secret
    {
        return $this->secret ?? throw new \Error(static::class . '::__construct() has not been called');
    }

    private function token(string $signed): string
    {
        return $this->apiKey . ':' . $this->secret()->sign($signed);
    }

    private function verify(string $signed, string $token): bool
    {
        if ($this->apiKey !== null) {
            return hash_equals($this->token($signed), $token);
        }
        $colon = strpos($token, ':');

        return hash_equals($this->secret()->sign($signed), $colon === false ? $token : substr($token, $colon + 1));
    }

    private function requireSignable(string $method, string $socketId, string $channel, string $prefix): void
    {
        $this->requireSocketId($method, $socketId);
        if (!self::isChannel($channel, $prefix)) {
            $rule = sprintf('must be a channel name that begins with "%s" and holds only letters, digits and _-=@,.;', $prefix);
            throw new \ValueError(self::argument($method, 2, 'channel', $rule));
        }
        $this->requireKey();
    }

    private function requireSocketId(string $method, string $socketId): void
    {
        $this->secret();
        if (!self::isSocketId($socketId)) {
            throw new \ValueError(self::argument($method, 1, 'socketId', 'must be a socket id: digits, a dot and digits'));
        }
    }

    private function requireKey(): void
    {
        if ($this->apiKey === null) {
            throw new \LogicException('A token begins with the API key: give it to the constructor');
        }
    }

    private static function isSocketId(string $text): bool
    {
        return strlen($text) <= 40 && preg_match('/\A\d+\.\d+\z/', $text) === 1;
    }

    private static function isChannel(string $name, string $prefix): bool
    {
        return str_starts_with($name, $prefix) && preg_match('/\A[A-Za-z0-9_\-=@,.;]{1,1024}\z/', $name) === 1;
    }

    /**
     * @param array<array-key, mixed> $userData
     */
    private static function userText(string $method, int $position, array $userData, string $key): string
    {
        $id = $userData[$key] ?? null;
        if ((!is_string($id) || $id === '') && (!is_int($id) || $key === 'id')) {
            $rule = $key === 'id'
                ? 'must have an "id" that is a non-empty string'
                : sprintf('must have a "%s" that is an integer or a non-empty string', $key);
            throw new \ValueError(self::argument($method, $position, 'userData', $rule));
        }

        return JsonText::encode($userData, 'The user\'s data');
    }

    private static function argument(string $method, int $position, string $name, string $rule): string
    {
        return sprintf('%s::%s(): Argument #%d ($%s) %s', self::class, $method, $position, $name, $rule);
    }
}
