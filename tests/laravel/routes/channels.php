<?php

declare(strict_types=1);

use App\Broadcasting\RoomChannel;
use App\User;
use Illuminate\Support\Facades\Broadcast;

Broadcast::channel('orders.{id}', static fn(User $user, string $id): bool => $user->getAuthIdentifier() === (int) $id);
Broadcast::channel('staff', static fn(): bool => true, ['guards' => ['staff']]);
Broadcast::channel('rooms.{room}', RoomChannel::class);
Broadcast::channel('plain', static fn(): bool => true);
