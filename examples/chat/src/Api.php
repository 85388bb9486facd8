<?php

declare(strict_types=1);

namespace Chat;

/**
 * What the browser may ask over HTTP. Every answer is JSON.
 */
final class Api
{
    public function __construct(
        private readonly Rooms $rooms,
        private readonly Channels $channels,
        private readonly string $apiKey,
        private readonly int $port,
    ) {}

    /**
     * Answers one request.
     *
     * @param array<array-key, mixed> $body of a POST request
     *
     * @return array<array-key, mixed>
     *
     * @throws Problem when it is refused
     */
    public function answer(string $method, string $path, array $body): array
    {
        $room = preg_match('~^/api/rooms/(\w+)/messages$~', $path, $match) === 1 ? $match[1] : '';
        $route = $method . ' ' . ($room === '' ? $path : '/api/rooms/{room}/messages');

        return match ($route) {
            'GET /api/session' => $this->session(),
            'POST /api/login' => $this->login(self::text($body, 'name')),
            'POST /api/logout' => self::logout(),
            'POST /api/auth' => $this->channels->authorize(self::user(), self::text($body, 'socket_id'), self::text($body, 'channel_name')),
            'GET /api/rooms' => self::list($this->rooms->of(self::user())),
            'POST /api/rooms' => $this->addRoom(self::user(), $body),
            'GET /api/rooms/{room}/messages' => $this->rooms->history($this->rooms->get($room, self::user())),
            'POST /api/rooms/{room}/messages' => $this->say(self::user(), $room, $body),
            default => throw new Problem(404, 'There is nothing here.'),
        };
    }

    /**
     * @return array<string, mixed>
     */
    private function session(): array
    {
        $name = $_SESSION['name'] ?? null;

        return [
            'user' => is_string($name) ? User::named($name)->toArray() : null,
            'key' => $this->apiKey,
            'port' => $this->port,
        ];
    }

    /**
     * @return array<string, mixed>
     */
    private function login(string $name): array
    {
        $user = User::named($name);
        // A session id that was known before must not become one that is signed in.
        session_regenerate_id(true);
        $_SESSION['name'] = $user->name;

        return $this->session();
    }

    /**
     * @return array<string, mixed>
     */
    private static function logout(): array
    {
        $_SESSION = [];
        session_destroy();

        return [];
    }

    /**
     * @param array<array-key, mixed> $body
     *
     * @return array<string, mixed>
     */
    private function addRoom(User $owner, array $body): array
    {
        $names = preg_split('/,/', self::text($body, 'guests', ''), 50, PREG_SPLIT_NO_EMPTY);
        $names = array_filter($names === false ? [] : $names, static fn(string $name): bool => trim($name) !== '');
        $room = $this->rooms->add(self::text($body, 'name'), $owner, array_values(array_map(User::named(...), $names)));
        $this->channels->announce($room);

        return $room->toArray();
    }

    /**
     * @param array<array-key, mixed> $body
     *
     * @return array<string, mixed>
     */
    private function say(User $user, string $id, array $body): array
    {
        $room = $this->rooms->get($id, $user);
        $message = $this->rooms->say($room, $user, self::text($body, 'text'));
        $sender = self::text($body, 'socket_id', '');
        $this->channels->tell($room, $message, $sender === '' ? null : $sender);

        return $message;
    }

    /**
     * @param list<Room> $rooms
     *
     * @return list<array<string, mixed>>
     */
    private static function list(array $rooms): array
    {
        return array_map(static fn(Room $room): array => $room->toArray(), $rooms);
    }

    private static function user(): User
    {
        $name = $_SESSION['name'] ?? null;

        return is_string($name) ? User::named($name) : throw new Problem(401, 'Sign in first.');
    }

    /**
     * @param array<array-key, mixed> $body
     */
    private static function text(array $body, string $key, ?string $default = null): string
    {
        $value = $body[$key] ?? $default;

        return is_string($value) ? $value : throw new Problem(422, sprintf('"%s" is missing or no text.', $key));
    }
}
