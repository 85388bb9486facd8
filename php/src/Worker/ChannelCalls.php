<?php

declare(strict_types=1);

namespace Ody\Websocket\Worker;

use Ody\Websocket\Channel\ChannelHandlerInterface;
use Ody\Websocket\Channel\PresenceChannelHandler;
use Ody\Websocket\Channel\Relay;

/**
 * Calls that handlers of channels decide.
 *
 * @internal
 */
final class ChannelCalls
{
    private const FLAGS = JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_PRESERVE_ZERO_FRACTION;

    /**
     * @param Registry $registry has the handlers
     */
    public function __construct(private readonly Registry $registry) {}

    /**
     * A client wants to be in a channel.
     *
     * @return array<string, mixed>
     */
    public function subscribe(Call $call): array
    {
        $handler = $this->handler($call);
        $data = self::decode($call->data);
        if (!$handler->authorize($call->socketId, $call->channel, $data)
            || !$handler->onSubscribe($call->socketId, $call->channel, $data)) {
            return Answer::refused(sprintf('Subscription to %s not authorized', $call->channel));
        }
        $member = $handler instanceof PresenceChannelHandler
            ? $handler->member($call->socketId, $call->channel, $data)
            : null;

        return Answer::pass($member === null ? null : json_encode($member, self::FLAGS));
    }

    /**
     * A client is out of a channel.
     */
    public function unsubscribed(Call $call): void
    {
        $this->handler($call)->onUnsubscribe($call->socketId, $call->channel);
    }

    /**
     * A client sends an event to a channel that it is in.
     *
     * @return array<string, mixed>
     */
    public function clientEvent(Call $call): array
    {
        $handler = $this->handler($call);
        $data = self::decode($call->data);
        if (!$handler->canClientPublish($call->socketId, $call->channel, $call->event, $data)) {
            return Answer::refused(sprintf('Client is not authorized to publish to %s', $call->channel));
        }
        $result = $handler->onClientEvent($call->socketId, $call->channel, $call->event, $data, $this->registry->manager());
        if (!$result instanceof Relay) {
            return Answer::handled();
        }

        return Answer::pass($result->data === $data ? null : json_encode($result->data, self::FLAGS));
    }

    private function handler(Call $call): ChannelHandlerInterface
    {
        return $this->registry->handlerOf($call->channel)
            ?? throw new \LogicException(sprintf('There is no handler for the channel %s.', $call->channel));
    }

    /**
     * What is no object or list stands under `data`.
     *
     * @return array<array-key, mixed>
     */
    private static function decode(?string $data): array
    {
        if ($data === null || $data === '') {
            return [];
        }
        $decoded = json_decode($data, true);

        return is_array($decoded) ? $decoded : ['data' => $decoded ?? $data];
    }
}
