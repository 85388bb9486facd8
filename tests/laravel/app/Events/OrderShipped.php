<?php

declare(strict_types=1);

namespace App\Events;

use Illuminate\Broadcasting\InteractsWithSockets;
use Illuminate\Broadcasting\PrivateChannel;
use Illuminate\Contracts\Broadcasting\ShouldBroadcast;

/**
 * Goes through the queue, as most events do.
 */
final class OrderShipped implements ShouldBroadcast
{
    use InteractsWithSockets;

    public function __construct(public int $id) {}

    public function broadcastOn(): PrivateChannel
    {
        return new PrivateChannel('orders.' . $this->id);
    }
}
