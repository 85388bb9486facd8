<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Console;

use Ody\Websocket\Channel\Publisher;
use Ody\Websocket\Console\ChannelsCommand;
use Ody\Websocket\Facades\WebSocket;
use Ody\Websocket\Tests\Support\Project;
use Ody\Websocket\Tests\Support\ProjectTestCase;
use Ody\Websocket\Tests\Support\Result;
use Ody\Websocket\Tests\Support\Subscriber;
use PHPUnit\Framework\Attributes\DataProvider;
use Symfony\Component\Console\Tester\CommandTester;

/**
 * websocket:publish and websocket:channels against the real server.
 */
final class PublishCommandTest extends ProjectTestCase
{
    private Project $project;

    protected function setUp(): void
    {
        $this->project = $this->projectWithServer();
    }

    public function testPublishes(): void
    {
        $this->project->artisan('websocket:start', '-d')->succeeded();
        $one = new Subscriber($this->project->port(), 'test-key', 'orders');
        self::assertSame("Published to 1 subscriber.\n", $this->publish('orders', 'shipped', '{"id": 7, "lines": {}, "ü": []}')->succeeded()->output);
        self::assertSame('{"id":7,"lines":{},"ü":[]}', $one->next('shipped'));
        $two = new Subscriber($this->project->port(), 'test-key', 'orders');
        self::assertSame("Published to 2 subscribers.\n", $this->publish('orders', 'bare')->succeeded()->output);
        $one->next('bare');
        $two->next('bare');
        self::assertSame("Published to 1 subscriber.\n", $this->publish('orders', 'others', '[1]', '--except=' . $one->socketId)->succeeded()->output);
        self::assertSame('[1]', $two->next('others'));
        $this->publish('orders', 'x', '{}', '--except=nobody')->refused('--except must be a socket id', '"nobody"');
    }

    public function testReadsStandardInput(): void
    {
        $this->project->artisan('websocket:start', '-d')->succeeded();
        $client = new Subscriber($this->project->port(), 'test-key', 'orders');
        $command = $this->project->command('websocket:publish', 'orders', 'shipped', '-');
        $result = Result::of($command, $this->project->environment, '/', "{\"id\":\n7}\n")->succeeded();
        self::assertSame("Published to 1 subscriber.\n", $result->output);
        self::assertSame('{"id":7}', $client->next('shipped'));
        Result::of($command, $this->project->environment, '/', "{\n\"id\"\n")->refused('not JSON', 'its end');
        Result::of($command, $this->project->environment, '/')->refused('The data is empty');
    }

    public function testFollowsMissingChannel(): void
    {
        $this->project->artisan('websocket:start', '-d')->succeeded();
        $this->publish('nobody', 'shipped')->refused('nobody', 'no subscribers');
        $this->project->environment['WEBSOCKET_MISSING_CHANNEL'] = 'ignore';
        self::assertSame("Published to 0 subscribers.\n", $this->publish('nobody', 'shipped')->succeeded()->output);
    }

    public function testWithoutAServer(): void
    {
        $this->publish('orders', 'shipped')->refused('ody.sock');
        $this->project->artisan('websocket:channels')->refused('ody.sock');
    }

    #[DataProvider('mistakes')]
    public function testAMistakeInTheDataIsOneSentence(string $json, string ...$words): void
    {
        $this->publish('orders', 'shipped', $json)->refused(...$words);
    }

    /**
     * @return iterable<list<string>>
     */
    public static function mistakes(): iterable
    {
        yield ['{"a": tru}', 'not JSON', 'line 1, character 7'];
        yield ['[1, 2', 'not JSON', 'its end'];
        yield ["[\"a\x01\"]", 'not JSON', 'line 1, character 4'];
        yield ['7', 'a JSON object or array', 'a number given'];
        yield ['"x"', 'a text given'];
        yield ['null', 'null given'];
        yield ['', 'The data is empty'];
        yield ["\xff", 'not UTF-8'];
        yield [str_repeat('[', 600) . str_repeat(']', 600), 'cannot be sent', 'depth'];
    }

    public function testListsChannels(): void
    {
        $this->project->artisan('websocket:start', '-d')->succeeded();
        self::assertSame("No channel has a subscriber.\n", $this->project->artisan('websocket:channels')->succeeded()->output);
        self::assertSame([], $this->project->artisan('websocket:channels', '--json')->json());
        $clients = [];
        foreach (['orders', 'cache-prices', 'orders', '42'] as $channel) {
            $clients[] = new Subscriber($this->project->port(), 'test-key', $channel);
        }
        $clients[] = $this->member('presence-room', 'u1');
        $clients[] = $this->member('presence-room', 'u1');
        $expected = [
            ['name' => '42', 'type' => 'public', 'subscribers' => 1, 'users' => null],
            ['name' => 'cache-prices', 'type' => 'cache', 'subscribers' => 1, 'users' => null],
            ['name' => 'orders', 'type' => 'public', 'subscribers' => 2, 'users' => null],
            ['name' => 'presence-room', 'type' => 'presence', 'subscribers' => 2, 'users' => 1],
            ['name' => 'zoo', 'type' => 'public', 'subscribers' => 2, 'users' => null],
        ];
        $orders = json_encode(array_slice($expected, 2, 1)) . "\n";
        self::assertSame($orders, $this->project->artisan('websocket:channels', 'ord', '--json')->succeeded()->output);
        self::assertSame($expected, $this->project->artisan('websocket:channels', '--json')->json());
        $output = $this->project->artisan('websocket:channels')->succeeded()->output;
        self::assertMatchesRegularExpression('/^ *name +type +subscribers +users *\n *42 .*\n *cache-prices +cache +1 *\n *orders +public +2 *\n *presence-room +presence +2 +1 *\n *zoo .*\n$/', $output);
        $output = $this->project->artisan('websocket:channels', "no\e[31m")->succeeded()->output;
        self::assertSame("No channel whose name begins with \"no\\x1b[31m\" has a subscriber.\n", $output);
        unset($clients);
    }

    public function testNamesFromOutsideCannotSteerTheTerminal(): void
    {
        $name = "evil\e[31m\x7f\u{202e}";
        $fake = self::createStub(Publisher::class);
        $fake->method('getChannels')->willReturn([$name => ['name' => $name, 'type' => "\e]0;x\x07", 'subscribers' => 1, 'metadata' => []]]);
        WebSocket::swap($fake);
        try {
            foreach ([[], ['--json' => true]] as $options) {
                $tester = new CommandTester(new ChannelsCommand());
                self::assertSame(0, $tester->execute($options));
                self::assertDoesNotMatchRegularExpression('/[^\x20-\x7e\n]/', $tester->getDisplay());
                self::assertStringContainsString('evil', $tester->getDisplay());
            }
        } finally {
            WebSocket::swap(null);
        }
    }

    private function member(string $channel, string $user): Subscriber
    {
        $subscriber = new Subscriber($this->project->port(), 'test-key', 'zoo');
        $data = sprintf('{"user_id":"%s"}', $user);
        $signature = hash_hmac('sha256', sprintf('%s:%s:%s', $subscriber->socketId, $channel, $data), 'test-secret');
        $subscriber->send(['event' => 'pusher:subscribe', 'data' => ['channel' => $channel, 'auth' => 'test-key:' . $signature, 'channel_data' => $data]]);
        $subscriber->next('pusher_internal:subscription_succeeded');

        return $subscriber;
    }

    private function publish(string ...$arguments): Result
    {
        return $this->project->artisan('websocket:publish', ...$arguments);
    }
}
