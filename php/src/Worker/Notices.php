<?php

declare(strict_types=1);

namespace Ody\Websocket\Worker;

use Ody\Websocket\Events\ChannelOccupied;
use Ody\Websocket\Events\ChannelVacated;
use Ody\Websocket\Events\ClientEventPublished;
use Ody\Websocket\Events\ConnectionClosed;
use Ody\Websocket\Events\ConnectionOpened;
use Ody\Websocket\Events\MemberAdded;
use Ody\Websocket\Events\MemberRemoved;
use Psr\EventDispatcher\EventDispatcherInterface;
use Psr\Log\LoggerInterface;

/**
 * Notices become events, and events go to their listeners. A listener that throws is logged and does
 * not keep the others from their turn.
 *
 * @internal
 */
final class Notices implements EventDispatcherInterface
{
    /**
     * @param LoggerInterface $log gets what listeners throw
     */
    public function __construct(private readonly Listeners $listeners, private readonly LoggerInterface $log) {}

    /**
     * Tells the listeners.
     */
    public function tell(Call $call): void
    {
        $event = self::event($call);
        if ($event !== null) {
            $this->dispatch($event);
        }
    }

    /**
     * Gives an event to its listeners, and returns it.
     */
    public function dispatch(object $event): object
    {
        foreach ($this->listeners->getListenersForEvent($event) as $listener) {
            try {
                $listener($event);
            } catch (\Throwable $error) {
                $this->log->error('a listener failed', ['event' => $event::class, 'exception' => $error]);
            }
        }

        return $event;
    }

    private static function event(Call $call): ?object
    {
        return match ($call->kind) {
            'opened' => new ConnectionOpened($call->socketId, $call->address),
            'closed' => new ConnectionClosed($call->socketId),
            'occupied' => new ChannelOccupied($call->channel),
            'vacated' => new ChannelVacated($call->channel),
            'member_added' => new MemberAdded($call->channel, $call->userId ?? '', self::userInfo($call->data)),
            'member_removed' => new MemberRemoved($call->channel, $call->userId ?? ''),
            'event_published' => new ClientEventPublished(
                $call->socketId,
                $call->channel,
                $call->event,
                json_decode($call->data ?? 'null', true) ?? $call->data,
                $call->userId,
            ),
            default => null,
        };
    }

    /**
     * @return array<array-key, mixed>
     */
    private static function userInfo(?string $json): array
    {
        $info = json_decode($json ?? '', true);

        return is_array($info) ? $info : [];
    }
}
