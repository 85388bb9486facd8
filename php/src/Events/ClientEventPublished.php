<?php

declare(strict_types=1);

namespace Ody\Websocket\Events;

/**
 * A client has sent an event to the others in a channel.
 *
 *     public function __invoke(ClientEventPublished $event): void
 *     {
 *         $this->history->add($event->channel, $event->event, $event->data);
 *     }
 */
final readonly class ClientEventPublished
{
    /**
     * @param string      $clientId the sender's socket id
     * @param mixed       $data     as it was sent, with objects as arrays
     * @param string|null $userId   the sender, on presence channels
     */
    public function __construct(
        public string $clientId,
        public string $channel,
        public string $event,
        public mixed $data,
        public ?string $userId,
    ) {}
}
