<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Channel;

use Ody\Websocket\Channel\ChannelClient;
use Ody\Websocket\Channel\Exceptions\AuthorizationException;
use Ody\Websocket\Channel\HttpPublisher;
use Ody\Websocket\Channel\Publisher;
use Ody\Websocket\Channel\UnixPublisher;
use Ody\Websocket\Configuration;
use Ody\Websocket\Exceptions\ConnectionException;
use Ody\Websocket\Exceptions\ServerException;
use Ody\Websocket\Tests\Support\Client;
use Ody\Websocket\Tests\Support\Project;
use Ody\Websocket\Tests\Support\ProjectTestCase;
use Ody\Websocket\Tests\Support\Subscriber;

/**
 * The server of another machine, over HTTP, answers as that of this machine does over its socket.
 */
final class LiveHttpTest extends ProjectTestCase
{
    private Project $project;

    /** @var list<Client|Subscriber> who stays connected until the test ends */
    private array $clients = [];

    protected function setUp(): void
    {
        $this->project = $this->projectWithServer();
        $this->project->environment += ['WEBSOCKET_LIMIT_EVENT_DATA_SIZE' => '2000', 'WEBSOCKET_LIMIT_CHANNELS_PER_PUBLISH' => '3'];
        $this->project->artisan('websocket:start', '-d')->succeeded();
    }

    /**
     * @param array<string, mixed> $values
     */
    private function http(array $values = []): HttpPublisher
    {
        return HttpPublisher::ofConfiguration(Configuration::ofValues('/', $values + [
            'connection' => 'http://127.0.0.1:' . $this->project->port(), 'api_key' => 'test-key', 'secret_key' => 'test-secret',
            'connect_timeout' => 10, 'timeout' => 30,
        ]));
    }

    private function socket(string $missing = 'throw'): UnixPublisher
    {
        return new UnixPublisher(new ChannelClient($this->project->root . '/storage/websocket/ody.sock', 10.0, 30.0, $missing));
    }

    private function subscriber(string $channel): Client
    {
        $client = (new Client($this->project->port(), 'test-key'))->open();
        $client->subscribe($channel);
        $this->clients[] = $client;

        return $client;
    }

    public function testEveryCallAnswersAsOverTheSocket(): void
    {
        $first = $this->subscriber('news');
        $this->subscriber('news');
        $this->subscriber('7');
        foreach ([1, 1, 2] as $user) {
            $this->member('presence-room', sprintf('{"user_id":"%d"}', $user));
        }
        $differences = [];
        foreach (self::publishing($first->socketId) + self::asking($first->socketId) as $what => $call) {
            [$native, $http] = [self::outcome($call, $this->socket()), self::outcome($call, $this->http())];
            if ($native !== $http) {
                $differences[$what] = [$native, $http];
            }
        }
        self::assertSame([], $differences);
        self::assertCount(6, $this->clients);
    }

    /**
     * @return array<string, \Closure(Publisher): mixed>
     */
    private static function publishing(string $socketId): array
    {
        return [
            'publish' => static fn(Publisher $to): mixed => $to->publish('news', 'e', ['n' => 1]),
            'publish but to one' => static fn(Publisher $to): mixed => $to->publish('news', 'e', ['n' => 2], $socketId),
            'publish but to nobody of here' => static fn(Publisher $to): mixed => $to->publish('news', 'e', [], '1.1'),
            'publish to a name of digits' => static fn(Publisher $to): mixed => $to->publish('7', 'e', []),
            'publish to a cache channel' => static fn(Publisher $to): mixed => $to->publish('cache-empty', 'e', []),
            'publish to a user' => static fn(Publisher $to): mixed => $to->publish('#server-to-user-nobody', 'e', []),
            'publish to a user of any name' => static fn(Publisher $to): mixed => $to->publish('#server-to-user-é "x"/?', 'e', []),
            'whisper on the channel of a user' => static fn(Publisher $to): mixed => $to->whisper($socketId, 'e', [], '#server-to-user-é'),
            'whisper on a name without UTF-8' => static fn(Publisher $to): mixed => $to->whisper($socketId, 'e', [], "\xff"),
            'publish to several' => static fn(Publisher $to): mixed => $to->publishToChannels(['news', 'presence-room', 'empty'], 'e', []),
            'publish to several but to one' => static fn(Publisher $to): mixed => $to->publishToChannels(['news', '7'], 'e', [], $socketId),
            'publish to one of them twice' => static fn(Publisher $to): mixed => $to->publishToChannels(['news', 'news'], 'e', []),
            'publish to none' => static fn(Publisher $to): mixed => $to->publishToChannels([], 'e', []),
            'publish to an empty one' => static fn(Publisher $to): mixed => $to->publish('empty', 'e', []),
            'publish to no name' => static fn(Publisher $to): mixed => $to->publish('a b', 'e', []),
            'publish to a long name' => static fn(Publisher $to): mixed => $to->publish(str_repeat('c', 201), 'e', []),
            'publish to too many' => static fn(Publisher $to): mixed => $to->publishToChannels(['a', 'b', 'c', 'd'], 'e', []),
            'publish without a name' => static fn(Publisher $to): mixed => $to->publish('news', '', []),
            'publish with a long name' => static fn(Publisher $to): mixed => $to->publish('news', str_repeat('e', 201), []),
            'publish with the protocol\'s name' => static fn(Publisher $to): mixed => $to->publish('news', 'pusher:error', []),
            'publish too much' => static fn(Publisher $to): mixed => $to->publish('news', 'e', [str_repeat('x', 2000)]),
            'publish to several too much' => static fn(Publisher $to): mixed => $to->publishToChannels(['news', 'a'], 'e', [str_repeat('x', 2000)]),
            'publish without UTF-8' => static fn(Publisher $to): mixed => $to->publish('news', 'e', ["\xff"]),
            'publish to a name without UTF-8' => static fn(Publisher $to): mixed => $to->publish("\xff", 'e', []),
            'publish a name without UTF-8' => static fn(Publisher $to): mixed => $to->publish('news', "\xff", []),
            'publish a name with a line' => static fn(Publisher $to): mixed => $to->publish('news', "a\n", []),
            'publish but to no socket id' => static fn(Publisher $to): mixed => $to->publish('news', 'e', [], 'me'),
            'whisper' => static fn(Publisher $to): mixed => $to->whisper($socketId, 'e', [], 'news'),
            'whisper without a channel' => static fn(Publisher $to): mixed => $to->whisper($socketId, 'e', []),
            'whisper to nobody' => static fn(Publisher $to): mixed => $to->whisper('1.1', 'e', []),
            'whisper to no socket id' => static fn(Publisher $to): mixed => $to->whisper('me', 'e', []),
            'whisper without a name' => static fn(Publisher $to): mixed => $to->whisper($socketId, '', []),
            'whisper too much' => static fn(Publisher $to): mixed => $to->whisper($socketId, 'e', [str_repeat('x', 2000)]),
            'whisper on no channel' => static fn(Publisher $to): mixed => $to->whisper($socketId, 'e', [], 'a b'),
        ];
    }

    /**
     * @return array<string, \Closure(Publisher): mixed>
     */
    private static function asking(string $socketId): array
    {
        return [
            'subscribers' => static fn(Publisher $to): mixed => self::sorted($to->getSubscribers('news')),
            'subscribers of an empty one' => static fn(Publisher $to): mixed => $to->getSubscribers('empty'),
            'subscribers of no name' => static fn(Publisher $to): mixed => $to->getSubscribers('a b'),
            'is subscribed' => static fn(Publisher $to): mixed => $to->isSubscribed($socketId, 'news'),
            'is not subscribed' => static fn(Publisher $to): mixed => $to->isSubscribed($socketId, 'empty'),
            'nobody is subscribed' => static fn(Publisher $to): mixed => $to->isSubscribed('1.1', 'news'),
            'no socket id is subscribed' => static fn(Publisher $to): mixed => $to->isSubscribed('me', 'news'),
            'is subscribed to no name' => static fn(Publisher $to): mixed => $to->isSubscribed($socketId, 'a b'),
            'exists' => static fn(Publisher $to): mixed => $to->channelExists('news'),
            'does not exist' => static fn(Publisher $to): mixed => $to->channelExists('empty'),
            'always exists' => static fn(Publisher $to): mixed => $to->channelExists('cache-empty'),
            'cannot exist' => static fn(Publisher $to): mixed => $to->channelExists('a b'),
            'subscribers of a user' => static fn(Publisher $to): mixed => $to->getSubscribers('#server-to-user-é "x"/?'),
            'is subscribed to a user' => static fn(Publisher $to): mixed => $to->isSubscribed($socketId, '#server-to-user-é'),
            'a user exists' => static fn(Publisher $to): mixed => $to->channelExists('#server-to-user-é'),
            'no user exists' => static fn(Publisher $to): mixed => $to->channelExists('#server-to-user-'),
            'a name with a NUL' => static fn(Publisher $to): mixed => $to->channelExists("a\0b"),
            'a long name' => static fn(Publisher $to): mixed => $to->channelExists(str_repeat('c', 201)),
            'channels' => static fn(Publisher $to): mixed => self::byName($to->getChannels()),
        ];
    }

    public function testWhatIsPublishedArrivesAsItWasGiven(): void
    {
        $client = $this->subscriber('news');
        $http = $this->http();
        foreach ([['text' => 'Grüße "dich"', 'nothing' => null, 'price' => 1.0, 'list' => []], [], [1, 2]] as $data) {
            foreach ([$this->socket(), $http] as $publisher) {
                self::assertSame(1, $publisher->publish('news', 'said', $data));
            }
            self::assertSame($client->next('said'), $client->next('said'));
        }
        self::assertSame(0, $this->http(['missing_channel' => 'ignore'])->publish('empty', 'e', []));
    }

    public function testAnotherAppThanTheKeysOne(): void
    {
        $error = self::failure(fn() => $this->http(['app_id' => '9'])->publish('news', 'e', []));
        self::assertSame(ServerException::class, $error::class);
        self::assertStringContainsString('There is no such app; are "connection", "path" and "app_id" right?', $error->getMessage());
        foreach (['api_key', 'secret_key'] as $key) {
            $error = self::failure(fn() => $this->http([$key => 'wrong'])->getChannels());
            self::assertSame(AuthorizationException::class, $error::class);
        }
    }

    public function testAServerThatIsGone(): void
    {
        $publisher = $this->http();
        self::assertSame(0, $publisher->publishToChannels(['empty'], 'e', []));
        $this->project->artisan('websocket:stop')->succeeded();
        self::assertSame(ConnectionException::class, self::failure(fn() => $publisher->publish('news', 'e', []))::class);
        $this->project->artisan('websocket:start', '-d')->succeeded();
        self::assertSame(0, $publisher->publishToChannels(['empty'], 'e', []));
    }

    private function member(string $channel, string $data): void
    {
        $this->clients[] = new Subscriber($this->project->port(), 'test-key', $channel, static fn(string $socketId): array => [
            'auth' => 'test-key:' . hash_hmac('sha256', "{$socketId}:{$channel}:{$data}", 'test-secret'), 'channel_data' => $data,
        ]);
    }

    /**
     * What a call returns, or the class of what it throws.
     *
     * @param \Closure(Publisher): mixed $call
     */
    private static function outcome(\Closure $call, Publisher $publisher): mixed
    {
        try {
            return $call($publisher);
        } catch (\Throwable $error) {
            return $error::class;
        }
    }

    /**
     * @param \Closure(): mixed $call
     */
    private static function failure(\Closure $call): \Throwable
    {
        try {
            $call();
        } catch (\Throwable $error) {
            return $error;
        }
        self::fail('Nothing was thrown.');
    }

    /**
     * @param list<string> $list
     *
     * @return list<string>
     */
    private static function sorted(array $list): array
    {
        sort($list);

        return $list;
    }

    /**
     * @param array<string, mixed> $channels
     *
     * @return array<string, mixed>
     */
    private static function byName(array $channels): array
    {
        ksort($channels, SORT_STRING);

        return $channels;
    }
}
