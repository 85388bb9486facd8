<?php

declare(strict_types=1);

namespace Ody\Websocket\Worker;

use Illuminate\Contracts\Events\Dispatcher;
use Ody\Websocket\Configuration\ConfigurationFileException;
use Ody\Websocket\Events\ChannelOccupied;
use Ody\Websocket\Events\ChannelVacated;
use Ody\Websocket\Events\ClientEventPublished;
use Ody\Websocket\Events\ConnectionClosed;
use Ody\Websocket\Events\ConnectionOpened;
use Ody\Websocket\Events\MemberAdded;
use Ody\Websocket\Events\MemberRemoved;
use Psr\EventDispatcher\EventDispatcherInterface;
use Psr\EventDispatcher\ListenerProviderInterface;

/**
 * Who listens to which event.
 *
 * @internal
 */
final class Listeners implements ListenerProviderInterface
{
    /** @var array<class-string, string> event => the kind of notice that it is made of */
    public const KINDS = [
        ConnectionOpened::class => 'opened',
        ConnectionClosed::class => 'closed',
        ChannelOccupied::class => 'occupied',
        ChannelVacated::class => 'vacated',
        MemberAdded::class => 'member_added',
        MemberRemoved::class => 'member_removed',
        ClientEventPublished::class => 'event_published',
    ];

    /** What a container may have that tells events to listeners of its own: PSR-14's, and Laravel's, which is not PSR-14. */
    private const DISPATCHERS = [EventDispatcherInterface::class, Dispatcher::class];

    /**
     * @param array<class-string, list<callable>> $listeners
     */
    private function __construct(private readonly array $listeners) {}

    /**
     * Reads the key `listeners`: an event's class => its listeners, each a callable, a class with
     * __invoke() or handle(), or the name of a dispatcher of the container. That name alone, instead of
     * the array, gives all events to the dispatcher.
     *
     * @throws ConfigurationFileException
     */
    public static function ofConfiguration(mixed $listeners, Factory $factory): self
    {
        if (in_array($listeners, self::DISPATCHERS, true)) {
            $listeners = array_fill_keys(array_keys(self::KINDS), [$listeners]);
        }
        if (!is_array($listeners)) {
            throw new ConfigurationFileException('"listeners" must be an array of event => listeners.');
        }
        $read = [];
        foreach ($listeners as $event => $entries) {
            if (!isset(self::KINDS[$event])) {
                throw new ConfigurationFileException(sprintf('"listeners" names %s, which is no event of the server.', $event));
            }
            $entries = is_array($entries) && array_is_list($entries) && !is_callable($entries) ? $entries : [$entries];
            foreach ($entries as $entry) {
                $read[$event][] = self::listener('listeners.' . $event, $entry, $factory);
            }
        }

        return new self($read);
    }

    /**
     * @return list<string> the kinds of notices that somebody listens to
     */
    public function kinds(): array
    {
        return array_values(array_intersect_key(self::KINDS, $this->listeners));
    }

    /**
     * @return list<callable>
     */
    public function getListenersForEvent(object $event): iterable
    {
        return $this->listeners[$event::class] ?? [];
    }

    private static function listener(string $key, mixed $entry, Factory $factory): callable
    {
        if (is_callable($entry)) {
            return $entry;
        }
        $listener = $factory->make($key, $entry);
        if ($listener instanceof EventDispatcherInterface || $listener instanceof Dispatcher) {
            return $listener->dispatch(...);
        }
        foreach (['__invoke', 'handle'] as $method) {
            $callable = [$listener, $method];
            if (is_callable($callable)) {
                return $callable;
            }
        }
        throw new ConfigurationFileException(sprintf('"%s": %s has no method __invoke() or handle().', $key, $listener::class));
    }
}
