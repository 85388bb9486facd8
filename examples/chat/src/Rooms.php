<?php

declare(strict_types=1);

namespace Chat;

/**
 * The rooms and what was said in them, in files of one folder.
 */
final class Rooms
{
    /** How many rooms there may be. */
    private const MOST = 200;

    /** How many messages somebody sees who enters a room. */
    private const HISTORY = 50;

    private readonly Lines $made;

    public function __construct(private readonly string $folder)
    {
        $this->made = new Lines($folder . '/rooms.jsonl');
    }

    /**
     * Returns the rooms that a user may enter.
     *
     * @return list<Room>
     */
    public function of(User $user): array
    {
        return array_values(array_filter($this->all(), static fn(Room $room): bool => $room->admits($user)));
    }

    /**
     * Returns a room.
     *
     * @throws Problem when there is none that this user may enter: which of both it is, is not told
     */
    public function get(string $id, User $user): Room
    {
        foreach ($this->of($user) as $room) {
            if ($room->id === $id) {
                return $room;
            }
        }
        throw new Problem(404, 'There is no such room.');
    }

    /**
     * Makes a room.
     *
     * @param list<User> $guests who may enter beside its owner; none: everybody
     *
     * @throws Problem
     */
    public function add(string $name, User $owner, array $guests): Room
    {
        if (count($this->all()) >= self::MOST) {
            throw new Problem(409, 'There are enough rooms.');
        }
        $ids = array_map(static fn(User $user): string => $user->id, [$owner, ...$guests]);
        $members = $guests === [] ? null : array_values(array_unique($ids));
        $room = new Room(bin2hex(random_bytes(8)), Text::line($name, 40, 'The name of a room'), $members);
        $this->made->append(['id' => $room->id, 'name' => $room->name, 'members' => $room->members]);

        return $room;
    }

    /**
     * Remembers what somebody says in a room.
     *
     * @return array{id: string, user: array{id: string, name: string}, text: string, time: int}
     *
     * @throws Problem
     */
    public function say(Room $room, User $user, string $text): array
    {
        $message = [
            'id' => bin2hex(random_bytes(8)),
            'user' => $user->toArray(),
            'text' => Text::paragraph($text, 2000, 'A message'),
            'time' => time(),
        ];
        $this->messages($room)->append($message);

        return $message;
    }

    /**
     * Returns the last messages of a room, the oldest of them first.
     *
     * @return list<array<array-key, mixed>>
     */
    public function history(Room $room): array
    {
        return $this->messages($room)->last(self::HISTORY);
    }

    private function messages(Room $room): Lines
    {
        return new Lines(sprintf('%s/room-%s.jsonl', $this->folder, $room->id));
    }

    /**
     * @return list<Room>
     */
    private function all(): array
    {
        $rooms = [new Room('lobby', 'Lobby'), new Room('garden', 'Garden')];
        foreach ($this->made->last(self::MOST) as $line) {
            $members = $line['members'] ?? null;
            if (is_string($line['id'] ?? null) && is_string($line['name'] ?? null)) {
                $rooms[] = new Room(
                    $line['id'],
                    $line['name'],
                    is_array($members) ? array_values(array_filter($members, is_string(...))) : null,
                );
            }
        }

        return $rooms;
    }
}
