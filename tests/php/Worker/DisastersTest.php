<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Worker;

use Ody\Websocket\Tests\Support\Json;
use Ody\Websocket\Tests\Support\WorkerProject;
use Ody\Websocket\Tests\Support\WorkerTestCase;
use PHPUnit\Framework\Attributes\DataProvider;

/**
 * Whatever the application does: the client gets an error, the log says why, the next call is served,
 * and nobody else notices.
 */
final class DisastersTest extends WorkerTestCase
{
    private const CODE = <<<'PHP'
        use Ody\Websocket\Channel\ChannelManager;
        use Ody\Websocket\Channel\PublicChannelHandler;

        class Disaster extends PublicChannelHandler
        {
            private static array $kept = [];

            public function onClientEvent(string $clientId, string $channel, string $event, array $data, ChannelManager $manager): mixed
            {
                switch ($event) {
                    case 'client-throw':
                        throw new \DomainException('It does not work', 5, new \LogicException("The cause\nof it"));
                    case 'client-exit':
                        exit('goodbye');
                    case 'client-fatal':
                        eval('namespace App; class Disaster {}');
                    case 'client-recursion':
                        ini_set('memory_limit', '64M');
                        $again = function () use (&$again): int { return 1 + $again(); };
                        return $again();
                    case 'client-memory':
                        ini_set('memory_limit', '64M');
                        while (true) { self::$kept[] = str_repeat('x', 100_000); }
                    case 'client-loop':
                        while (true);
                    case 'client-output':
                        while (true) { echo str_repeat('spam ', 1000); }
                    case 'client-print':
                        echo 'a debugging line', str_repeat('.', 20_000);
                        ob_start();
                        echo 'left open';
                        break;
                    case 'client-warn':
                        echo $undefined;
                        break;
                    case 'client-suicide':
                        posix_kill(getmypid(), SIGKILL);
                    case 'client-unencodable':
                        return new \Ody\Websocket\Channel\Relay(['text' => "\xff"]);
                    case 'client-fork':
                        if (pcntl_fork() === 0) { return null; }
                        pcntl_wait($status);
                        break;
                }
                return parent::onClientEvent($clientId, $channel, $event, $data, $manager);
            }
        }
        PHP;

    private const CONFIGURATION = "['channel_handlers' => ['custom' => App\\Disaster::class]]";

    /**
     * @param list<string> $logged
     */
    #[DataProvider('disasters')]
    public function testADisasterConcernsOneCallAlone(string $event, bool $ends, array $logged): void
    {
        $timeout = in_array($event, ['client-loop', 'client-output'], true) ? '5' : '20';
        $server = $this->serverWith(self::CODE, self::CONFIGURATION, 1, ['WEBSOCKET_PHP_WORKERS_TIMEOUT' => $timeout]);
        $one = $server->client()->open();
        $two = $server->client()->open();
        $bystander = $server->client()->open();
        $one->subscribe('custom-room');
        $two->subscribe('custom-room');
        $bystander->subscribe('room');

        $one->event('custom-room', $event, []);
        // What comes next waits, and is served: by the same worker or by its successor.
        $one->event('custom-room', 'client-next', ['from' => 'one']);
        $bystander->sync();
        self::assertSame('The application could not handle this', Json::at($one->next('pusher:error'), 'message'));
        self::assertSame(['from' => 'one'], $two->next('client-next'), $server->log());
        $two->event('custom-room', 'client-next', ['from' => 'two']);
        self::assertSame(['from' => 'two'], $one->next('client-next'));
        $bystander->sync();

        foreach ($logged as $text) {
            self::assertStringContainsString($text, $server->awaitLog($text));
        }
        self::assertSame($ends ? 2 : 1, substr_count($server->log(), 'php worker ready'), $server->log());
        self::assertLines($server);
    }

    /**
     * @return array<string, array{string, bool, list<string>}>
     */
    public static function disasters(): array
    {
        return [
            'an exception' => ['client-throw', false, ['the application failed call=client_event channel=custom-room: DomainException: It does not work in ', 'caused by LogicException: The cause | of it', 'app.php:', 'App\Disaster->onClientEvent()']],
            'exit()' => ['client-exit', true, ['the application ended the PHP worker call=client_event', 'the application printed: goodbye']],
            'a fatal error' => ['client-fatal', true, ['a fatal error ended the PHP worker: Cannot declare class']],
            'endless recursion' => ['client-recursion', true, ['a fatal error ended the PHP worker: Allowed memory size']],
            'all memory' => ['client-memory', true, ['a fatal error ended the PHP worker: Allowed memory size']],
            'an endless loop' => ['client-loop', true, ['takes too long: killing it']],
            'endless output' => ['client-output', true, ['takes too long: killing it']],
            'a killed worker' => ['client-suicide', true, []],
            'a relay that is no JSON' => ['client-unencodable', false, ['JsonException: Malformed UTF-8']],
        ];
    }

    public function testWhatIsPrintedIsLoggedInPartAndWarningsAreLines(): void
    {
        $server = $this->serverWith(self::CODE, self::CONFIGURATION);
        $one = $server->client()->open();
        $two = $server->client()->open();
        $one->subscribe('custom-room');
        $two->subscribe('custom-room');
        $one->event('custom-room', 'client-print', ['n' => 1]);
        self::assertSame(['n' => 1], $two->next('client-print'));
        $one->event('custom-room', 'client-warn', ['n' => 2]);
        self::assertSame(['n' => 2], $two->next('client-warn'));
        $log = $server->awaitLog('Undefined variable $undefined in ');
        self::assertMatchesRegularExpression('/the application printed 20025 bytes, which begin: a debugging line\.{3000,}/', $log);
        self::assertLines($server);
    }

    public function testAForkedChildDoesNotAnswer(): void
    {
        $server = $this->serverWith(self::CODE, self::CONFIGURATION);
        $one = $server->client()->open();
        $two = $server->client()->open();
        $one->subscribe('custom-room');
        $two->subscribe('custom-room');
        $one->event('custom-room', 'client-fork', ['n' => 1]);
        self::assertSame(['n' => 1], $two->next('client-fork'));
        $one->event('custom-room', 'client-next', ['n' => 2]);
        self::assertSame(['n' => 2], $two->next('client-next'));
        self::assertSame(1, substr_count($server->log(), 'php worker ready'));
    }

    public function testAWorkerKilledByHandIsReplacedAndNobodyNotices(): void
    {
        $server = $this->serverWith(self::CODE, self::CONFIGURATION, 2);
        $one = $server->client()->open();
        $two = $server->client()->open();
        $one->subscribe('custom-room');
        $two->subscribe('custom-room');
        [$worker] = $server->workers();
        self::assertTrue(posix_kill($worker, SIGKILL));
        $server->awaitLog('php worker ready', 3);
        for ($number = 0; $number < 20; $number++) {
            $one->event('custom-room', 'client-next', ['n' => $number]);
            self::assertSame(['n' => $number], $two->next('client-next'));
        }
    }

    /**
     * A worker that has had its number of calls leaves, and no call is lost.
     */
    public function testRecyclingLosesNoCall(): void
    {
        $server = $this->serverWith(self::CODE, self::CONFIGURATION, 2, ['WEBSOCKET_PHP_WORKERS_MAX_MESSAGES' => '7']);
        $clients = [];
        for ($number = 0; $number < 5; $number++) {
            $clients[] = $client = $server->client()->open();
            $client->subscribe('custom-' . $number);
        }
        $reader = $server->client()->open();
        foreach (array_keys($clients) as $number) {
            $reader->subscribe('custom-' . $number);
        }
        for ($round = 0; $round < 12; $round++) {
            foreach ($clients as $number => $client) {
                $client->event('custom-' . $number, 'client-next', ['round' => $round]);
            }
        }
        $got = [];
        for ($count = 0; $count < 60; $count++) {
            $message = $reader->message();
            self::assertSame('client-next', $message['event'] ?? null, (string) json_encode($message));
            $got[Json::text($message, 'channel')][] = $message['data'];
        }
        foreach ($got as $rounds) {
            self::assertSame(array_map(static fn(int $round): string => sprintf('{"round":%d}', $round), range(0, 11)), $rounds);
        }
        self::assertGreaterThan(8, substr_count($server->log(), 'php worker ready'));
        foreach ($clients as $client) {
            $client->sync();
        }
    }

    public function testAFullQueueIsLoggedAndTheClientTold(): void
    {
        $variables = ['WEBSOCKET_PHP_WORKERS_QUEUE' => '1', 'WEBSOCKET_PHP_WORKERS_TIMEOUT' => '10'];
        $server = $this->serverWith(self::CODE, self::CONFIGURATION, 1, $variables);
        $clients = [];
        for ($number = 0; $number < 3; $number++) {
            $clients[] = $client = $server->client()->open();
            $client->subscribe('custom-' . $number);
        }
        $clients[0]->event('custom-0', 'client-loop', []);
        self::awaitCalls($server, 'busy');
        $clients[1]->event('custom-1', 'client-next', []);
        self::awaitCalls($server, 'queue');
        $clients[2]->event('custom-2', 'client-next', []);
        self::assertSame('The application could not handle this', Json::at($clients[2]->next('pusher:error'), 'message'));
        self::assertStringContainsString('"level":"warning"', $server->awaitLog('the queue of calls to PHP workers is full: refusing'));
    }

    /**
     * SIGTERM in the middle of a call: it is answered first.
     */
    public function testAWorkerThatIsToldToEndAnswersFirst(): void
    {
        $code = <<<'PHP'
            class Slow extends \Ody\Websocket\Channel\PublicChannelHandler
            {
                public function canClientPublish(string $clientId, string $channel, string $event, array $data): bool
                {
                    fwrite(STDERR, "working\n");
                    $end = microtime(true) + 0.5;
                    while (microtime(true) < $end) { usleep(10_000); }
                    return true;
                }
            }
            PHP;
        $server = $this->serverWith($code, "['channel_handlers' => ['custom' => App\\Slow::class]]");
        $one = $server->client()->open();
        $two = $server->client()->open();
        $one->subscribe('custom-room');
        $two->subscribe('custom-room');
        [$worker] = $server->workers();
        $one->event('custom-room', 'client-next', ['n' => 1]);
        $server->awaitLog('working');
        posix_kill($worker, SIGINT);
        posix_kill($worker, SIGHUP);
        posix_kill($worker, SIGTERM);
        self::assertSame(['n' => 1], $two->next('client-next'));
        $server->awaitLog('php worker ready', 2);
        self::assertFalse(posix_kill($worker, 0));
    }

    /**
     * Waits until one call is in that state: "busy" or "queue".
     */
    private static function awaitCalls(WorkerProject $server, string $state): void
    {
        for ($deadline = microtime(true) + 30; microtime(true) < $deadline;) {
            if (Json::at($server->project->artisan('websocket:status', '--json')->json(), 'php_workers.' . $state) === 1) {
                return;
            }
        }
        self::fail("No call is \"{$state}\".");
    }

    private static function assertLines(WorkerProject $server): void
    {
        foreach (explode("\n", $server->printed()) as $line) {
            self::assertLessThan(8192, strlen($line));
            self::assertDoesNotMatchRegularExpression('/[\x00-\x1f]/', $line);
            self::assertStringNotContainsString('Stack trace', $line);
        }
    }
}
