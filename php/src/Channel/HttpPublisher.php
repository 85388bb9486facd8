<?php

declare(strict_types=1);

namespace Ody\Websocket\Channel;

use Ody\Websocket\Channel\Exceptions\ChannelException;
use Ody\Websocket\Channel\Exceptions\ChannelNotFoundException;
use Ody\Websocket\Configuration;
use Ody\Websocket\Configuration\ConfigurationFileException;

/**
 * Reaches the server of another machine through its signed HTTP API. It needs no extension.
 *
 * What the protocol of Pusher has no call for (subscribers, isSubscribed, whisper) goes to endpoints
 * of this server.
 *
 *     $publisher = HttpPublisher::ofConfiguration(Configuration::load());
 *     $publisher->publish('my-channel', 'new-message', ['text' => 'Hello']);
 */
final class HttpPublisher implements Publisher
{
    /** Channels that one request may name. */
    private const CHANNELS_AT_ONCE = 100;

    /**
     * @param HttpTransport $transport sends the requests of one app
     * @param bool          $lenient   publish() to a channel without subscribers returns 0 instead of throwing
     */
    public function __construct(private readonly HttpTransport $transport, private readonly bool $lenient = false) {}

    /**
     * Makes one of the keys `connection`, `path`, `app_id`, `api_key`, `secret_key`, `timeout` and
     * `missing_channel`. Connects to nothing yet.
     *
     * @throws HttpClientMissingException
     * @throws ConfigurationFileException when `connection` is no HTTP address
     */
    public static function ofConfiguration(Configuration $configuration): self
    {
        return new self(HttpTransport::ofConfiguration($configuration), $configuration->text('missing_channel') === 'ignore');
    }

    /** {@inheritDoc} */
    public function publish(string $channel, string $event, array $data, ?string $except = null): int
    {
        $counts = $this->send(['channel' => $channel], $event, $data, $except);
        $count = $counts[$channel] ?? null;
        if ($count === 0 && !$this->lenient && !self::alwaysExists($channel)) {
            throw new ChannelNotFoundException(sprintf('channel "%s" does not exist: it has no subscribers', $channel));
        }

        return $count ?? 0;
    }

    /** {@inheritDoc} */
    public function publishToChannels(array $channels, string $event, array $data, ?string $except = null): int
    {
        if ($channels === []) {
            throw new ChannelException('0 channels in one publish: at least 1 is needed');
        }
        $sum = 0;
        foreach (array_chunk(array_values(array_unique($channels)), self::CHANNELS_AT_ONCE) as $chunk) {
            $sum += array_sum($this->send(['channels' => $chunk], $event, $data, $except));
        }

        return $sum;
    }

    /** {@inheritDoc} */
    public function whisper(string $clientId, string $event, array $data, ?string $channel = null): bool
    {
        self::requireSocketId($clientId);
        $body = ['name' => $event, 'data' => JsonText::encode($data, 'The event data')] + ($channel === null ? [] : ['channel' => $channel]);
        $answer = $this->transport->post(sprintf('/connections/%s/events', $clientId), JsonText::encode($body, 'The request'));

        return ($answer['delivered'] ?? false) === true;
    }

    /** {@inheritDoc} */
    public function getSubscribers(string $channel): array
    {
        $answer = $this->transport->get(sprintf('/channels/%s/subscribers', self::segment($channel)));
        $subscribers = $answer['subscribers'] ?? null;

        return is_array($subscribers) ? array_values(array_filter($subscribers, 'is_string')) : [];
    }

    /** {@inheritDoc} */
    public function isSubscribed(string $clientId, string $channel): bool
    {
        self::requireSocketId($clientId);
        $answer = $this->transport->get(sprintf('/connections/%s/channels/%s', $clientId, self::segment($channel)));

        return ($answer['subscribed'] ?? false) === true;
    }

    /** {@inheritDoc} */
    public function channelExists(string $channel): bool
    {
        $answer = $this->transport->get('/channels/' . self::segment($channel));

        return self::alwaysExists($channel) || ($answer['occupied'] ?? false) === true;
    }

    /** {@inheritDoc} */
    public function getChannels(): array
    {
        $answer = $this->transport->get('/channels', ['info' => 'subscription_count']);
        $users = $this->transport->get('/channels', ['filter_by_prefix' => 'presence-', 'info' => 'user_count']);
        $channels = [];
        foreach (self::attributes($answer) as $name => $attributes) {
            $metadata = [];
            if (str_starts_with($name, 'presence-')) {
                $metadata['users'] = self::number(self::attributes($users)[$name]['user_count'] ?? null) ?? 0;
            }
            $channels[$name] = [
                'name' => $name,
                'type' => self::type($name),
                'subscribers' => self::number($attributes['subscription_count'] ?? null) ?? 0,
                'metadata' => $metadata,
            ];
        }

        return $channels;
    }

    /**
     * @param array<string, mixed>    $target
     * @param array<array-key, mixed> $data
     *
     * @return array<string, int> subscribers of each channel, as far as the server says them
     */
    private function send(array $target, string $event, array $data, ?string $except): array
    {
        $body = ['name' => $event, 'data' => JsonText::encode($data, 'The event data'), 'info' => 'subscription_count'] + $target;
        if ($except !== null) {
            self::requireSocketId($except);
            $body['socket_id'] = $except;
        }
        $counts = [];
        foreach (self::attributes($this->transport->post('/events', JsonText::encode($body, 'The request'))) as $name => $attributes) {
            $count = self::number($attributes['subscription_count'] ?? null);
            if ($count !== null) {
                $counts[$name] = $count;
            }
        }

        return $counts;
    }

    /**
     * @param array<array-key, mixed> $answer
     *
     * @return array<string, array<array-key, mixed>> attributes by channel
     */
    private static function attributes(array $answer): array
    {
        $channels = $answer['channels'] ?? null;
        $attributes = [];
        foreach (is_array($channels) ? $channels : [] as $name => $values) {
            $attributes[(string) $name] = is_array($values) ? $values : [];
        }

        return $attributes;
    }

    private static function number(mixed $value): ?int
    {
        return is_int($value) ? $value : null;
    }

    private static function segment(string $channel): string
    {
        if (preg_match('/\A[A-Za-z0-9_\-=@,.;#]{1,1024}\z/', $channel) !== 1) {
            throw new ChannelException('invalid channel name: the characters A-Z a-z 0-9 _ - = @ , . ; are allowed');
        }

        return rawurlencode($channel);
    }

    private static function requireSocketId(string $clientId): void
    {
        if (preg_match('/\A\d{1,20}\.\d{1,20}\z/', $clientId) !== 1) {
            throw new \ValueError('A socket id is two numbers with a dot between them');
        }
    }

    private static function alwaysExists(string $channel): bool
    {
        return preg_match('/\A(?:#server-to-user-|(?:private-|presence-|private-encrypted-)?cache-)/', $channel) === 1;
    }

    private static function type(string $channel): string
    {
        return match (true) {
            str_starts_with($channel, 'presence-') => 'presence',
            str_starts_with($channel, 'private-encrypted-') => 'encrypted',
            str_starts_with($channel, 'private-') => 'private',
            default => 'public',
        };
    }
}
