<?php

declare(strict_types=1);

namespace Ody\Websocket\Channel;

/**
 * What a handler returns from onClientEvent() to have the event delivered as usual: to everybody in
 * the channel but the sender.
 *
 *     return new Relay(['text' => $this->clean($data['text'])]);
 */
final readonly class Relay
{
    /**
     * @param array<array-key, mixed> $data what the others get
     */
    public function __construct(public array $data) {}
}
