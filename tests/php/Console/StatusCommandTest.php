<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Console;

use Ody\Websocket\Channel\ChannelClient;
use Ody\Websocket\Console\StatusRates;
use Ody\Websocket\Console\StatusView;
use Ody\Websocket\Tests\Support\Project;
use Ody\Websocket\Tests\Support\ProjectTestCase;
use Ody\Websocket\Tests\Support\Result;
use Ody\Websocket\Tests\Support\Subscriber;
use Ody\Websocket\Tests\Support\Terminal;
use PHPUnit\Framework\Attributes\DataProvider;

/**
 * The rates of websocket:status, and --watch, against the real server.
 */
final class StatusCommandTest extends ProjectTestCase
{
    public function testOneLookShowsWhatHappensMeanwhile(): void
    {
        $project = $this->startedProject();
        $process = proc_open($project->command('websocket:status'), [1 => ['pipe', 'w']], $pipes, '/', $project->environment);
        self::assertIsResource($process);
        stream_set_blocking($pipes[1], false);
        $client = new ChannelClient($project->root . '/storage/websocket/ody.sock', 10.0, 30.0);
        $output = '';
        for ($deadline = microtime(true) + 20; !feof($pipes[1]) && microtime(true) < $deadline; usleep(10_000)) {
            $client->publish('cache-orders', 'shipped', []);
            $output .= fread($pipes[1], 8192);
        }
        self::assertSame(0, proc_close($process));
        self::assertMatchesRegularExpression('~^messages/s +[1-9]~m', $output);
        self::assertMatchesRegularExpression('~^deliveries/s +0\.0$~m', $output);
    }

    public function testWatchesOnAPipeAndEndsWithASignal(): void
    {
        $project = $this->startedProject();
        foreach ([SIGTERM, SIGINT] as $signal) {
            [$process, $stream] = self::watch($project, '--watch=0.2');
            for ($line = 0; $line < 3; $line++) {
                $pattern = '~^\d\d:\d\d:\d\d connections 0, channels 0, subscriptions 0, memory [\d.]+ MiB, messages 0\.0/s, deliveries 0\.0/s, connects 0\.0/s\n$~';
                self::assertMatchesRegularExpression($pattern, (string) fgets($stream));
            }
            proc_terminate($process, $signal);
            self::assertSame(0, proc_close($process));
        }
    }

    public function testRatesAreThoseOfTheInterval(): void
    {
        $project = $this->startedProject();
        [$process, $stream] = self::watch($project, '--watch=0.5', '--json');
        $first = self::object($stream);
        self::assertSame([true, false, null], [$first['running'], $first['restarted'], $first['rates']]);
        $client = new Subscriber($project->port(), 'test-key', 'orders');
        $project->artisan('websocket:publish', 'orders', 'shipped')->succeeded();
        $client->next('shipped');
        $sums = ['messages' => 0.0, 'deliveries' => 0.0, 'connects' => 0.0];
        for ($deadline = microtime(true) + 30; min($sums) === 0.0 && microtime(true) < $deadline;) {
            $rates = self::object($stream)['rates'];
            self::assertIsArray($rates);
            foreach ($sums as $name => $sum) {
                self::assertIsNumeric($rates[$name]);
                $sums[$name] = $sum + $rates[$name];
            }
        }
        // One in half a second, or in longer on a busy machine.
        foreach (['messages', 'connects'] as $name) {
            self::assertGreaterThan(0.0, $sums[$name]);
            self::assertLessThanOrEqual(2.0, $sums[$name]);
        }
        self::assertGreaterThan(0.0, $sums['deliveries']);
        proc_terminate($process);
        self::assertSame(0, proc_close($process));
    }

    public function testGoesOnWhenTheServerRestarts(): void
    {
        $project = $this->startedProject();
        [$json, $objects] = self::watch($project, '--watch=0.1', '--json');
        [$text, $lines] = self::watch($project, '--watch=0.1');
        self::assertTrue(self::object($objects)['running']);
        self::assertStringContainsString('connections', (string) fgets($lines));
        $project->artisan('websocket:stop')->succeeded();
        do {
            $object = self::object($objects);
        } while ($object['running'] === true);
        self::assertIsString($object['error']);
        self::assertStringContainsString('does not answer; waiting', self::lineWith($lines, 'server'));
        $project->artisan('websocket:start', '-d')->succeeded();
        do {
            $object = self::object($objects);
        } while ($object['running'] === false);
        self::assertTrue($object['restarted']);
        self::assertNull($object['rates']);
        self::assertFalse(self::object($objects)['restarted']);
        self::assertStringContainsString('was restarted', self::lineWith($lines, 'server'));
        self::assertStringContainsString('connections', (string) fgets($lines));
        foreach ([$json, $text] as $process) {
            proc_terminate($process);
            self::assertSame(0, proc_close($process));
        }
    }

    public function testEndsWhenNobodyReads(): void
    {
        $project = $this->startedProject();
        $line = implode(' ', array_map(escapeshellarg(...), $project->command('websocket:status', '--watch=0.1')));
        $result = Result::of(['bash', '-o', 'pipefail', '-c', $line . ' | head -n 2'], $project->environment, '/')->succeeded();
        self::assertSame(2, substr_count($result->output, "\n"));
    }

    public function testRedrawsInPlaceOnATerminal(): void
    {
        $project = $this->startedProject();
        $terminal = new Terminal($project->command('websocket:status', '--watch=0.2'), $project->environment);
        $end = "ends this view\e[39m\r\n";
        $first = explode($end, $terminal->sees($end))[0] . $end;
        self::assertStringContainsString('messages/s', $first);
        $terminal->sees(sprintf("\e[%dA\e[J", substr_count($first, "\n")));
        $terminal->press("\x03");
        self::assertSame(0, $terminal->status());
    }

    public function testNoEscapeSequenceWithoutColour(): void
    {
        $project = $this->startedProject();
        $project->environment['NO_COLOR'] = '1';
        $terminal = new Terminal($project->command('websocket:status', '--watch=0.1'), $project->environment);
        $terminal->sees('connections 0');
        $terminal->press("\x03");
        self::assertSame(0, $terminal->status());
        self::assertStringNotContainsString("\e", $terminal->sees(''));
    }

    #[DataProvider('intervals')]
    public function testAnIntervalHasBounds(string $seconds): void
    {
        $this->project()->artisan('websocket:status', '--watch=' . $seconds)->refused('--watch', 'between 0.1 and 86400');
    }

    /**
     * @return iterable<array{string}>
     */
    public static function intervals(): iterable
    {
        yield ['0'];
        yield ['-1'];
        yield ['x'];
        yield ['90000'];
        yield ['NAN'];
    }

    public function testWatchingNothingFails(): void
    {
        $this->projectWithServer()->artisan('websocket:status', '--watch')->refused('not running');
    }

    public function testPhpWorkersAreAGroup(): void
    {
        $workers = ['num' => 4, 'busy' => 1, 'idle' => 3, 'connected' => 4, 'queue' => 7, 'queue_limit' => 10_000, 'handled' => 1234, 'failed' => 2, 'timed_out' => 3];
        foreach (['workers', 'php_workers'] as $key) {
            $lines = strip_tags(implode("\n", StatusView::lines(['pid' => 1, $key => $workers])));
            $expected = "process             1\n\nPHP workers         4\n  connected         4\n  busy              1\n  idle              3\n  calls waiting     7 of 10,000\n"
                . "  calls handled     1,234\n  calls failed      2\n  calls timed out   3";
            self::assertSame($expected, $lines);
            self::assertSame('PHP workers 1 busy', StatusView::oneLine([$key => $workers], null));
        }
        self::assertSame(['workers             <info>2</info>'], StatusView::lines(['workers' => 2]));
    }

    public function testSeveralAppsAreAGroup(): void
    {
        $apps = [['id' => '1', 'connections' => 1200, 'channels' => 3, 'subscriptions' => 4, 'messages_published' => 5000], ['id' => 'shop', 'connections' => 0, 'channels' => 0]];
        $lines = strip_tags(implode("\n", StatusView::lines(['pid' => 1, 'apps' => $apps])));
        $expected = "process             1\n\napps                2\n  1                 1,200 connections, 3 channels, 4 subscriptions, 5,000 messages published\n"
            . '  shop              0 connections, 0 channels';
        self::assertSame($expected, $lines);
        self::assertSame(['process             <info>1</info>'], StatusView::lines(['pid' => 1, 'apps' => [$apps[0]]]));
        $long = StatusView::lines(['apps' => [$apps[0], ['id' => "\e[31m" . str_repeat('i', 60), 'connections' => 5]]]);
        self::assertSame('  \x1b[31m' . str_repeat('i', 60) . ' <info>5 connections</info>', $long[3]);
    }

    public function testRedisIsShownWhereItIsConfigured(): void
    {
        $redis = ['connected' => true, 'connected_at' => 1, 'connects' => 2, 'failures' => 1, 'messages' => 1200, 'rejected' => 3];
        self::assertSame([
            '',
            'Redis               connected',
            '  messages          1,200',
            '  not published     3',
            '  failures          1',
        ], array_map(strip_tags(...), StatusView::lines(['redis' => $redis])));
        self::assertSame('Redis               not connected', strip_tags(StatusView::lines(['redis' => ['connected' => false]])[1]));
    }

    public function testWebhooksAreShownAndThoseThatFailByName(): void
    {
        $webhooks = [
            'num' => 2, 'failing' => 1, 'queue' => 1200, 'held' => 3, 'sent' => 10, 'failed' => 4, 'dropped' => 0,
            'hooks' => [
                ['app' => '1', 'receiver' => 'https://a.test', 'failing' => false, 'queue' => 0],
                ['app' => '1', 'receiver' => 'https://b.test', 'failing' => true, 'queue' => 1200],
                'nonsense',
            ],
        ];
        $lines = StatusView::lines(['webhooks' => $webhooks]);
        self::assertSame([
            '',
            'webhooks            2',
            '  failing           1',
            '  events waiting    1,200',
            '  events held back  3',
            '  events delivered  10',
            '  requests failed   4',
            '  events dropped    0',
            '  fails             https://b.test, 1,200 events waiting',
        ], array_map(strip_tags(...), $lines));
        self::assertSame([], StatusView::lines(['webhooks' => null]));
    }

    public function testATextOfTheServerCannotSteerTheTerminal(): void
    {
        self::assertSame(['host                <info>\x1b[31m\<b\></info>'], StatusView::lines(['host' => "\e[31m<b>"]));
    }

    public function testRatesStartAnewWithAnotherEngine(): void
    {
        $rates = new StatusRates();
        $status = ['pid' => 1, 'engine_pid' => 2, 'messages_published' => 100, 'deliveries' => 5, 'accepted' => 1];
        self::assertFalse($rates->restarted($status));
        self::assertNull($rates->add($status, 1.0));
        self::assertSame(['messages' => 50.0, 'deliveries' => 0.0, 'connects' => 0.5], $rates->add(['messages_published' => 200, 'accepted' => 2] + $status, 3.0));
        $other = ['engine_pid' => 3, 'messages_published' => 1] + $status;
        self::assertTrue($rates->restarted($other));
        self::assertNull($rates->add($other, 4.0));
        self::assertFalse($rates->restarted($other));
    }

    private function startedProject(): Project
    {
        $project = $this->projectWithServer();
        $project->artisan('websocket:start', '-d')->succeeded();

        return $project;
    }

    /**
     * @return array{resource, resource}
     */
    private static function watch(Project $project, string ...$options): array
    {
        $process = proc_open($project->command('websocket:status', ...$options), [1 => ['pipe', 'w']], $pipes, '/', $project->environment);
        self::assertIsResource($process);
        stream_set_timeout($pipes[1], 30);

        return [$process, $pipes[1]];
    }

    /**
     * @param resource $stream
     *
     * @return array<array-key, mixed>
     */
    private static function object($stream): array
    {
        $object = json_decode((string) fgets($stream), true);
        self::assertIsArray($object);

        return $object;
    }

    /**
     * @param resource $stream
     */
    private static function lineWith($stream, string $word): string
    {
        do {
            $line = fgets($stream);
            self::assertIsString($line);
        } while (!str_contains($line, $word));

        return $line;
    }
}
