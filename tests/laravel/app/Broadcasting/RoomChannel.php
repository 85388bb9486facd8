<?php

declare(strict_types=1);

namespace App\Broadcasting;

use App\User;

/**
 * A room with a list of who is there.
 */
final class RoomChannel
{
    /**
     * @return array<string, mixed>|false
     */
    public function join(User $user, string $room): array|false
    {
        return $room === 'closed' ? false : ['name' => $user->name, 'room' => $room];
    }
}
