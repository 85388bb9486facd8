<?php

declare(strict_types=1);

namespace Ody\Websocket\Middleware;

use Ody\Websocket\Channel\ChannelManager;

/**
 * A message from a client. The with…() methods return changed copies.
 */
final class Message
{
    private const FLAGS = JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_PRESERVE_ZERO_FRACTION;

    /** Such as `client-typing` or `pusher:subscribe`. */
    public readonly string $event;

    /** The channel that it is about, or null. */
    public readonly ?string $channel;

    /** What the client sent as `data`, with objects as arrays, null where there is none. */
    public readonly mixed $data;

    /**
     * @param array<array-key, mixed> $fields
     * @param string|null             $text   the fields as JSON; null: they have been changed
     */
    private function __construct(
        public readonly string $clientId,
        private readonly array $fields,
        private readonly ?string $text,
        private readonly ?ChannelManager $manager,
    ) {
        $this->event = is_string($fields['event'] ?? null) ? $fields['event'] : '';
        $this->data = self::decode($fields['data'] ?? null);
        $channel = self::namesChannelInData($this->event) && is_array($this->data)
            ? $this->data['channel'] ?? null
            : $fields['channel'] ?? null;
        $this->channel = is_string($channel) ? $channel : null;
    }

    /**
     * Reads a message.
     *
     *     $message = Message::parse('1.2', '{"event":"client-typing","channel":"room","data":{}}');
     *
     * @param string              $clientId the sender's socket id
     * @param string              $text     a JSON object
     * @param ChannelManager|null $manager  reply() needs one
     *
     * @throws \JsonException when it is no JSON
     */
    public static function parse(string $clientId, string $text, ?ChannelManager $manager = null): self
    {
        $fields = json_decode($text, true, 512, JSON_THROW_ON_ERROR);

        return new self($clientId, is_array($fields) ? $fields : [], $text, $manager);
    }

    /**
     * Returns a copy with another event.
     *
     *     return $next($message->withEvent('client-says'));
     */
    public function withEvent(string $event): self
    {
        return new self($this->clientId, ['event' => $event] + $this->fields, null, $this->manager);
    }

    /**
     * Returns a copy that is about another channel.
     *
     *     return $next($message->withChannel('room-' . $room));
     */
    public function withChannel(string $channel): self
    {
        if (self::namesChannelInData($this->event)) {
            return $this->withData(['channel' => $channel] + (is_array($this->data) ? $this->data : []));
        }

        return new self($this->clientId, ['channel' => $channel] + $this->fields, null, $this->manager);
    }

    /**
     * Returns a copy with other data.
     *
     *     return $next($message->withData(['text' => $clean]));
     *
     * @param mixed $data anything that can be JSON
     */
    public function withData(mixed $data): self
    {
        return new self($this->clientId, ['data' => $data] + $this->fields, null, $this->manager);
    }

    /**
     * Returns the whole message as JSON: as it came, or as it has become.
     *
     *     $bytes = strlen($message->text());
     *
     * @throws \JsonException when what it has become cannot be JSON
     */
    public function text(): string
    {
        return $this->text ?? json_encode($this->fields, self::FLAGS);
    }

    /**
     * Says whether it differs from what the client sent.
     *
     *     $isItsOwn = !$message->isChanged();
     */
    public function isChanged(): bool
    {
        return $this->text === null;
    }

    /**
     * Sends an event to the sender alone.
     *
     *     $message->reply('time', ['is' => date('H:i')]);
     *
     * @param array<array-key, mixed> $data sent as JSON
     *
     * @return bool false when the sender is gone
     *
     * @throws \LogicException                                    when the message was made without a ChannelManager
     * @throws \Ody\Websocket\Channel\Exceptions\MessageException when the event cannot be sent
     * @throws \Ody\Websocket\Exceptions\ConnectionException      when no server answers
     */
    public function reply(string $event, array $data = []): bool
    {
        if ($this->manager === null) {
            throw new \LogicException('This message was made without a ChannelManager, so it cannot be replied to.');
        }

        return $this->manager->whisper($this->clientId, $event, $data);
    }

    /**
     * Makes what middleware returns to refuse the message.
     *
     *     return $message->refuse('Quiet, please');
     *
     * @param string $message a sentence for the client
     * @param int    $code    of the error that it gets, 0: none
     */
    public function refuse(string $message, int $code = 0): Refusal
    {
        return new Refusal($message, $code);
    }

    /**
     * Clients may send objects as texts that hold JSON.
     */
    private static function decode(mixed $data): mixed
    {
        $decoded = is_string($data) ? json_decode($data, true) : null;

        return is_array($decoded) ? $decoded : $data;
    }

    private static function namesChannelInData(string $event): bool
    {
        return in_array($event, ['pusher:subscribe', 'pusher:unsubscribe'], true);
    }
}
