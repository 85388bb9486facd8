<?php

declare(strict_types=1);

namespace Chat;

/**
 * A room: open to everybody who has signed in, or private to its members.
 */
final class Room
{
    /** What the names of the channels of rooms begin with. */
    public const CHANNEL = 'presence-room.';

    /**
     * @param list<string>|null $members the ids of those who may enter; null: everybody
     */
    public function __construct(
        public readonly string $id,
        public readonly string $name,
        public readonly ?array $members = null,
    ) {}

    /**
     * Returns whether a user may enter, read and write.
     */
    public function admits(User $user): bool
    {
        return $this->members === null || in_array($user->id, $this->members, true);
    }

    /**
     * Returns the channel of the room. It is a presence channel, so the server tells its subscribers
     * who is there, and lets in only those for whom the application signs.
     */
    public function channel(): string
    {
        return self::CHANNEL . $this->id;
    }

    /**
     * What browsers get to know of it.
     *
     * @return array{id: string, name: string, channel: string, private: bool}
     */
    public function toArray(): array
    {
        return ['id' => $this->id, 'name' => $this->name, 'channel' => $this->channel(), 'private' => $this->members !== null];
    }
}
