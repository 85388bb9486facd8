<?php

declare(strict_types=1);

namespace Ody\Websocket\Laravel;

use Illuminate\Broadcasting\Broadcasters\Broadcaster;
use Illuminate\Broadcasting\Broadcasters\UsePusherChannelConventions;
use Illuminate\Broadcasting\BroadcastException;
use Illuminate\Contracts\Auth\Authenticatable;
use Illuminate\Contracts\Container\Container;
use Illuminate\Http\Request;
use Illuminate\Support\Arr;
use Ody\Websocket\Channel\ChannelAuthGenerator;
use Ody\Websocket\Configuration;
use Ody\Websocket\Configuration\ConfigurationFileException;
use Ody\Websocket\Exceptions\ExtensionMissingException;
use Ody\Websocket\Exceptions\WebsocketThrowable;
use Ody\Websocket\Facades\WebSocket;
use Symfony\Component\HttpKernel\Exception\AccessDeniedHttpException;

/**
 * Laravel's broadcasting over the server's Unix socket: the driver "ody". It behaves like Laravel's own
 * driver "pusher", so channels.php, events and Echo stay as they are.
 *
 * Laravel makes drivers while it boots. So nothing is asked of the container before it is used: an
 * application without keys, or a PHP without the extension, can still boot.
 */
final class OdyBroadcaster extends Broadcaster
{
    use UsePusherChannelConventions;

    private const SOCKET_ID_LENGTH = 40;

    private const ENCRYPTED = 'Encrypted channels (private-encrypted-) need a master key, with which Laravel\'s own "pusher" driver encrypts.'
        . ' The "ody" driver does not encrypt, so it refuses them.';

    /**
     *     Broadcast::extend('ody', fn(Application $app): OdyBroadcaster => new OdyBroadcaster($app));
     *
     * @param Container $services has ChannelAuthGenerator and Configuration
     */
    public function __construct(private readonly Container $services) {}

    /**
     * Lets a user into a private or presence channel, when the callback of the channel says so.
     *
     *     return Broadcast::connection('ody')->auth($request);
     *
     * @param Request $request with channel_name and socket_id
     *
     * @return mixed what Echo expects: auth, and for presence channels channel_data
     *
     * @throws AccessDeniedHttpException when the user may not, and when the request is malformed
     */
    public function auth($request): mixed
    {
        $channel = self::text($request, 'channel_name');
        if (str_starts_with($channel, 'private-encrypted-')) {
            throw new AccessDeniedHttpException(self::ENCRYPTED);
        }
        $name = $this->normalizeChannelName($channel);
        if (!$this->isGuardedChannel($channel) || $this->retrieveUser($request, $name) === null) {
            throw new AccessDeniedHttpException();
        }

        return $this->verifyUserCanAccessChannel($request, $name);
    }

    /**
     * Makes the answer that lets a user in.
     *
     *     $broadcaster->validAuthenticationResponse($request, ['name' => 'Ada']);
     *
     * @param Request $request with channel_name and socket_id
     * @param mixed   $result  what the callback of the channel returned; in a presence channel the user_info
     *
     * @return array{auth: string, channel_data?: string}
     *
     * @throws AccessDeniedHttpException when the request is malformed
     */
    public function validAuthenticationResponse($request, $result): array
    {
        $generator = $this->services->make(ChannelAuthGenerator::class);
        $channel = self::text($request, 'channel_name');
        $socketId = self::text($request, 'socket_id');
        try {
            if (str_starts_with($channel, 'private-')) {
                return ['auth' => $generator->generatePrivateAuth($socketId, $channel)];
            }
            $user = ['user_id' => $this->userId($request, $channel), 'user_info' => $result];

            return [
                'auth' => $generator->generatePresenceAuth($socketId, $channel, $user),
                'channel_data' => $generator->channelData($user),
            ];
        } catch (\ValueError $error) {
            throw new AccessDeniedHttpException($error->getMessage(), $error);
        }
    }

    /**
     * Signs a user in: what pusher.signin() asks for.
     *
     *     $answer = Broadcast::connection('ody')->resolveAuthenticatedUser($request);
     *
     * @param Request $request with socket_id
     *
     * @return array{auth: string, user_data: string}|null null when nobody is logged in, or no callback was
     *                                                     given to Broadcast::resolveAuthenticatedUserUsing()
     *
     * @throws AccessDeniedHttpException when the request is malformed
     * @throws \LogicException           when the callback returns a user without an id
     */
    public function resolveAuthenticatedUser($request): ?array
    {
        $user = parent::resolveAuthenticatedUser($request);
        if (in_array($user, [null, false, []], true)) {
            return null;
        }
        $id = $user['id'] ?? null;
        if ((!is_string($id) && !is_int($id)) || $id === '') {
            throw new \LogicException('The callback of Broadcast::resolveAuthenticatedUserUsing() must return an array with an id.');
        }
        // Clients insist on a string.
        $user = ['id' => (string) $id] + $user;
        $generator = $this->services->make(ChannelAuthGenerator::class);
        try {
            return ['auth' => $generator->generateUserAuth(self::text($request, 'socket_id'), $user), 'user_data' => $generator->userData($user)];
        } catch (\ValueError $error) {
            throw new AccessDeniedHttpException($error->getMessage(), $error);
        }
    }

    /**
     * Publishes an event. Channels without subscribers are no error.
     *
     *     Broadcast::connection('ody')->broadcast(['orders'], 'shipped', ['id' => 7]);
     *
     * @param array<array-key, mixed> $channels names, or Illuminate\Broadcasting\Channel
     * @param string                  $event
     * @param array<array-key, mixed> $payload  `socket` is the client that does not get it: toOthers()
     *
     * @throws BroadcastException when it cannot be published
     */
    public function broadcast(array $channels, $event, array $payload = []): void
    {
        $socket = Arr::pull($payload, 'socket');
        // The browser sends it in a header. What is no socket id belongs to nobody, so it excludes nobody.
        $except = is_string($socket) && self::isSocketId($socket) ? $socket : null;
        $names = array_values(array_unique(array_filter($this->formatChannels($channels), is_string(...))));
        foreach ($names as $name) {
            if (str_starts_with($name, 'private-encrypted-')) {
                throw new BroadcastException(self::ENCRYPTED);
            }
        }
        if ($names === []) {
            return;
        }
        try {
            $this->publish($names, $event, $payload, $except);
        } catch (WebsocketThrowable|ConfigurationFileException|ExtensionMissingException|\ValueError $error) {
            throw new BroadcastException(sprintf('Ody WebSocket cannot broadcast: %s', $error->getMessage()), 0, $error);
        }
    }

    /**
     * @param list<string>            $channels
     * @param array<array-key, mixed> $payload
     */
    private function publish(array $channels, string $event, array $payload, ?string $except): void
    {
        // The facade takes it from the container, unless a test has replaced it by a fake.
        $publisher = WebSocket::client();
        $limit = (int) $this->services->make(Configuration::class)->number('limits.channels_per_publish', 100);
        foreach (array_chunk($channels, max(1, $limit)) as $chunk) {
            $publisher->publishToChannels($chunk, $event, $payload, $except);
        }
    }

    private function userId(Request $request, string $channel): mixed
    {
        $user = $this->retrieveUser($request, $this->normalizeChannelName($channel));
        if (is_object($user) && method_exists($user, 'getAuthIdentifierForBroadcasting')) {
            return $user->getAuthIdentifierForBroadcasting();
        }

        return $user instanceof Authenticatable ? $user->getAuthIdentifier() : throw new AccessDeniedHttpException();
    }

    private static function text(Request $request, string $name): string
    {
        $value = $request->input($name);

        return is_string($value) && $value !== '' ? $value : throw new AccessDeniedHttpException(sprintf('"%s" is missing.', $name));
    }

    private static function isSocketId(string $text): bool
    {
        return strlen($text) <= self::SOCKET_ID_LENGTH && preg_match('/\A\d+\.\d+\z/', $text) === 1;
    }
}
