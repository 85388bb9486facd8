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
     *     $publisher = new HttpPublisher(new HttpTransport($url, '1', $signer, $client, $factory, $factory));
     *
     * @param HttpTransport $transport sends the requests of one app
     * @param bool          $lenient   publish() to a channel without subscribers returns 0 instead of throwing
     */
    public function __construct(private readonly HttpTransport $transport, private readonly bool $lenient = false) {}

    /**
     * Makes one of the keys `connection`, `path`, `app_id`, `api_key`, `secret_key`, `timeout` and
     * `missing_channel`. Connects to nothing yet.
     *
     *     $publisher = HttpPublisher::ofConfiguration(Configuration::load());
     *
     * @throws HttpClientMissingException
     * @throws ConfigurationFileException when `connection` is no HTTP address
     */
    public static function ofConfiguration(Configuration $configuration): self
    {
        return new self(HttpTransport::ofConfiguration($configuration), $configuration->text('missing_channel', 'throw') === 'ignore');
    }

    /** {@inheritDoc} */
    public function publish(string $channel, string $event, array $data, ?string $except = null): int
    {
        $answer = $this->send(__FUNCTION__, ['channel' => self::checked($channel), 'info' => 'subscription_count,sent_to'], $event, $data, $except);
        $subscribers = self::attributes($answer)[$channel]['subscription_count'] ?? null;
        if ($subscribers === 0 && !$this->lenient && !ChannelName::alwaysExists($channel)) {
            throw new ChannelNotFoundException(sprintf('channel "%s" does not exist: it has no subscribers', $channel));
        }

        return self::number($answer['sent_to'] ?? null) ?? 0;
    }

    /** {@inheritDoc} */
    public function publishToChannels(array $channels, string $event, array $data, ?string $except = null): int
    {
        $sum = 0;
        foreach (array_chunk(self::distinct($channels), self::CHANNELS_AT_ONCE) as $chunk) {
            $answer = $this->send(__FUNCTION__, ['channels' => array_map(self::checked(...), $chunk), 'info' => 'sent_to'], $event, $data, $except);
            $sum += self::number($answer['sent_to'] ?? null) ?? 0;
        }

        return $sum;
    }

    /** {@inheritDoc} */
    public function whisper(string $clientId, string $event, array $data, ?string $channel = null): bool
    {
        $body = ['name' => $event, 'data' => self::data($data)] + ($channel === null ? [] : ['channel' => self::checked($channel)]);
        if (!self::isSocketId($clientId)) {
            return false;
        }
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
        if (!self::isSocketId($clientId)) {
            return false;
        }
        $answer = $this->transport->get(sprintf('/connections/%s/channels/%s', $clientId, self::segment($channel)));

        return ($answer['subscribed'] ?? false) === true;
    }

    /** {@inheritDoc} */
    public function channelExists(string $channel): bool
    {
        $answer = $this->transport->get('/channels/' . self::segment($channel));

        return ChannelName::alwaysExists($channel) || ($answer['occupied'] ?? false) === true;
    }

    /** {@inheritDoc} */
    public function getChannels(): array
    {
        $answer = $this->transport->get('/channels', ['info' => 'subscription_count']);
        $users = $this->transport->get('/channels', ['filter_by_prefix' => 'presence-', 'info' => 'user_count']);
        $users = self::attributes($users);
        $channels = [];
        foreach (self::attributes($answer) as $key => $attributes) {
            // A name of digits is an integer as a key.
            $name = (string) $key;
            $channels[$name] = [
                'name' => $name,
                'type' => ChannelName::kind($name),
                'subscribers' => self::number($attributes['subscription_count'] ?? null) ?? 0,
                'metadata' => ChannelName::isPresence($name) ? ['users' => self::number($users[$name]['user_count'] ?? null) ?? 0] : [],
            ];
        }

        return $channels;
    }

    /**
     * @param array<string, mixed>    $target
     * @param array<array-key, mixed> $data
     *
     * @return array<array-key, mixed> what the server answers
     */
    private function send(string $method, array $target, string $event, array $data, ?string $except): array
    {
        if ($except !== null && !self::isSocketId($except)) {
            throw new \ValueError(sprintf('%s::%s(): Argument #4 ($except) must be a socket id: digits, a dot and digits', self::class, $method));
        }
        $body = ['name' => $event, 'data' => self::data($data)] + $target + ($except === null ? [] : ['socket_id' => $except]);

        return $this->transport->post('/events', JsonText::encode($body, 'The request'));
    }

    /**
     * @param array<array-key, mixed> $answer
     *
     * @return array<array<array-key, mixed>> attributes by channel
     */
    private static function attributes(array $answer): array
    {
        $channels = $answer['channels'] ?? null;
        $attributes = [];
        foreach (is_array($channels) ? $channels : [] as $name => $values) {
            $attributes[$name] = is_array($values) ? $values : [];
        }

        return $attributes;
    }

    private static function number(mixed $value): ?int
    {
        return is_int($value) ? $value : null;
    }

    private static function segment(string $channel): string
    {
        return rawurlencode(self::checked($channel));
    }

    /**
     * Only what may stand in a name goes into a path or into JSON. How long it may be the server knows.
     */
    private static function checked(string $channel): string
    {
        if (preg_match('/\A[A-Za-z0-9_\-=@,.;#]{1,1024}\z/', $channel) !== 1) {
            throw new ChannelException('invalid channel name: the characters A-Z a-z 0-9 _ - = @ , . ; are allowed');
        }

        return $channel;
    }

    /**
     * Whether a client can have that id. One that nobody can have is not an error: it is not connected.
     */
    private static function isSocketId(string $clientId): bool
    {
        return strlen($clientId) <= 40 && preg_match('/\A\d+\.\d+\z/', $clientId) === 1;
    }

    /**
     * @param array<array-key, mixed> $channels
     *
     * @return list<string>
     */
    private static function distinct(array $channels): array
    {
        $names = [];
        foreach ($channels as $channel) {
            if (!is_string($channel)) {
                throw new \TypeError(sprintf('%s::publishToChannels(): Argument #1 ($channels) must be an array of strings, %s given in it', self::class, get_debug_type($channel)));
            }
            $names[] = $channel;
        }

        return array_values(array_unique($names));
    }

    /**
     * @param array<array-key, mixed> $data
     */
    private static function data(array $data): string
    {
        return JsonText::encode($data, 'The data of the event');
    }
}
