<?php

declare(strict_types=1);

namespace App\Events;

use Illuminate\Broadcasting\Channel;
use Illuminate\Broadcasting\InteractsWithSockets;
use Illuminate\Contracts\Broadcasting\ShouldBroadcastNow;

/**
 * Goes out at once, to any channels.
 */
final class Notice implements ShouldBroadcastNow
{
    use InteractsWithSockets;

    /**
     * @param list<string> $channels
     */
    public function __construct(private readonly array $channels, private readonly string $text) {}

    /**
     * @return list<Channel>
     */
    public function broadcastOn(): array
    {
        return array_map(static fn(string $name): Channel => new Channel($name), $this->channels);
    }

    public function broadcastAs(): string
    {
        return 'notice';
    }

    /**
     * @return array<string, string>
     */
    public function broadcastWith(): array
    {
        return ['text' => $this->text];
    }
}
