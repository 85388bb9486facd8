<?php

declare(strict_types=1);

namespace Ody\Websocket\Testing;

use Ody\Websocket\Channel\ChannelName;
use Ody\Websocket\Channel\Publisher;

/**
 * Records what an application publishes, for its tests. It reaches no server and needs no extension.
 *
 *     $fake = WebSocket::fake();
 *     $fake->withSubscribers('orders', ['1.1', '1.2']);
 *     WebSocket::publish('orders', 'order-shipped', ['id' => 7]);        // 2
 *     $fake->assertPublished('order-shipped', fn(Published $p) => $p->data['id'] === 7);
 *     $fake->assertPublishedOn('orders', 'order-shipped');
 *     $fake->assertPublishedTimes('order-shipped', 1);
 */
final class WebSocketFake implements Publisher
{
    /** @var list<Published> */
    private array $published = [];

    /** @var list<Whispered> */
    private array $whispered = [];

    /** @var array<list<string>> socket ids by channel */
    private array $subscribers = [];

    /**
     * Says who is subscribed to a channel from now on. A channel that is never named here exists but
     * has nobody; publishing to any channel is no error.
     *
     *     $fake->withSubscribers('orders', ['1.1'])->withSubscribers('closed', []);
     *
     * @param list<string> $clientIds socket ids; none: channelExists() says false
     *
     * @return $this
     */
    public function withSubscribers(string $channel, array $clientIds): self
    {
        $this->subscribers[$channel] = $clientIds;

        return $this;
    }

    /**
     * Returns what was published, in order: once for each channel.
     *
     *     self::assertSame('orders', $fake->published()[0]->channel);
     *
     * @return list<Published>
     */
    public function published(): array
    {
        return $this->published;
    }

    /**
     * Returns what was sent to single clients, in order.
     *
     *     self::assertSame('1.1', $fake->whispered()[0]->clientId);
     *
     * @return list<Whispered>
     */
    public function whispered(): array
    {
        return $this->whispered;
    }

    /**
     * Checks that an event was published, on any channel.
     *
     *     $fake->assertPublished('order-shipped', fn(Published $event): bool => $event->data['id'] === 7);
     *
     * @param (callable(Published): bool)|null $callback says which ones count; null: all
     *
     * @throws \Throwable PHPUnit's failure, or an \AssertionError without PHPUnit
     */
    public function assertPublished(string $event, ?callable $callback = null): void
    {
        Assertion::that(
            $this->matching(null, $event, $callback) !== [],
            sprintf('The event "%s" was not published%s. %s', $event, $callback === null ? '' : ' as expected', $this->summary()),
        );
    }

    /**
     * Checks that something was published on a channel.
     *
     *     $fake->assertPublishedOn('orders', 'order-shipped');
     *
     * @param string|null                      $event  null: any event
     * @param (callable(Published): bool)|null $callback says which ones count; null: all
     *
     * @throws \Throwable PHPUnit's failure, or an \AssertionError without PHPUnit
     */
    public function assertPublishedOn(string $channel, ?string $event = null, ?callable $callback = null): void
    {
        Assertion::that(
            $this->matching($channel, $event, $callback) !== [],
            sprintf('%s was not published on "%s". %s', $event === null ? 'Anything' : sprintf('The event "%s"', $event), $channel, $this->summary()),
        );
    }

    /**
     * Checks how often an event was published. A publish to several channels counts once for each.
     *
     *     $fake->assertPublishedTimes('order-shipped', 1);
     *
     * @throws \Throwable PHPUnit's failure, or an \AssertionError without PHPUnit
     */
    public function assertPublishedTimes(string $event, int $times): void
    {
        $count = count($this->matching(null, $event, null));
        Assertion::that(
            $count === $times,
            sprintf('The event "%s" was published %d times instead of %d. %s', $event, $count, $times, $this->summary()),
        );
    }

    /**
     * Checks that an event was not published.
     *
     *     $fake->assertNotPublished('order-lost');
     *
     * @param (callable(Published): bool)|null $callback says which ones count; null: all
     *
     * @throws \Throwable PHPUnit's failure, or an \AssertionError without PHPUnit
     */
    public function assertNotPublished(string $event, ?callable $callback = null): void
    {
        Assertion::that($this->matching(null, $event, $callback) === [], sprintf('The event "%s" was published. %s', $event, $this->summary()));
    }

    /**
     * Checks that nothing was published or sent to anybody.
     *
     *     $fake->assertNothingPublished();
     *
     * @throws \Throwable PHPUnit's failure, or an \AssertionError without PHPUnit
     */
    public function assertNothingPublished(): void
    {
        Assertion::that($this->published === [] && $this->whispered === [], 'Something was published. ' . $this->summary());
    }

    /** {@inheritDoc} */
    public function publish(string $channel, string $event, array $data, ?string $except = null): int
    {
        $this->published[] = new Published($channel, $event, $data, $except);

        return count(array_diff($this->getSubscribers($channel), [$except]));
    }

    /** {@inheritDoc} */
    public function publishToChannels(array $channels, string $event, array $data, ?string $except = null): int
    {
        $sum = 0;
        foreach (array_unique($channels) as $channel) {
            $sum += $this->publish($channel, $event, $data, $except);
        }

        return $sum;
    }

    /** {@inheritDoc} */
    public function whisper(string $clientId, string $event, array $data, ?string $channel = null): bool
    {
        $this->whispered[] = new Whispered($clientId, $event, $data, $channel);

        return true;
    }

    /** {@inheritDoc} */
    public function getSubscribers(string $channel): array
    {
        return $this->subscribers[$channel] ?? [];
    }

    /** {@inheritDoc} */
    public function isSubscribed(string $clientId, string $channel): bool
    {
        return in_array($clientId, $this->getSubscribers($channel), true);
    }

    /** {@inheritDoc} */
    public function channelExists(string $channel): bool
    {
        return ($this->subscribers[$channel] ?? null) !== [];
    }

    /** {@inheritDoc} */
    public function getChannels(): array
    {
        $channels = [];
        foreach (array_filter($this->subscribers) as $key => $clientIds) {
            // A name of digits is an integer as a key.
            $name = (string) $key;
            $channels[$name] = [
                'name' => $name,
                'type' => ChannelName::kind($name),
                'subscribers' => count($clientIds),
                'metadata' => ChannelName::isPresence($name) ? ['users' => count($clientIds)] : [],
            ];
        }

        return $channels;
    }

    /**
     * @param (callable(Published): bool)|null $callback
     *
     * @return list<Published>
     */
    private function matching(?string $channel, ?string $event, ?callable $callback): array
    {
        return array_values(array_filter(
            $this->published,
            static fn(Published $one): bool => ($channel === null || $one->channel === $channel)
                && ($event === null || $one->event === $event) && ($callback === null || $callback($one)),
        ));
    }

    private function summary(): string
    {
        if ($this->published === [] && $this->whispered === []) {
            return 'Nothing was published.';
        }
        $lines = array_map(static fn(Published $one): string => sprintf('"%s" on "%s"', $one->event, $one->channel), $this->published);
        array_push($lines, ...array_map(static fn(Whispered $one): string => sprintf('"%s" to client %s', $one->event, $one->clientId), $this->whispered));

        return 'Published: ' . implode(', ', $lines) . '.';
    }
}
