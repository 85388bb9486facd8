<?php

declare(strict_types=1);

use Ody\Websocket\Tests\Support\Project;

/** The measured scenarios. Each starts its own server on a free port and ends it. */
final class Scenarios
{
    private const PAYLOAD = 100;
    private const ROUNDS = 5;
    private const PAGES = 10;

    private string $folder;
    private bool $failed = false;

    public function __construct(private readonly string $root)
    {
        $this->folder = sys_get_temp_dir() . '/ody-bench-' . getmypid();
        mkdir($this->folder, 0700);
    }

    public function summary(): int
    {
        array_map('unlink', glob($this->folder . '/*') ?: []);
        rmdir($this->folder);
        echo $this->failed ? "\nA bound is missed.\n" : "\nAll bounds are kept.\n";
        return $this->failed ? 1 : 0;
    }

    /** One message to every subscriber: server CPU per delivery against the floor's. */
    public function fanout(): void
    {
        echo "\n| subscribers | floor | one in flight | ratio | 16 in flight | ratio |\n|---|---|---|---|---|---|\n";
        foreach ([1000, 10000] as $subscribers) {
            $this->fanoutWith($subscribers);
        }
    }

    private function fanoutWith(int $subscribers): void
    {
        $messages = intdiv(200000, $subscribers);
        [$floor, $floorLoad] = $this->startFloor();
        $server = $this->startServer(1);
        $load = $server->load();
        foreach ([$floorLoad, $load] as $one) {
            $one->ask("connect $subscribers");
            $one->ask('subscribe');
        }
        $costs = ['floor' => [], 'one' => [], 'sixteen' => []];
        for ($round = 0; $round <= self::ROUNDS; $round++) {
            $results = [
                'floor' => $floorLoad->ask("publish $messages 1 " . self::PAYLOAD),
                'one' => $load->ask("publish $messages 1 " . self::PAYLOAD),
                'sixteen' => $load->ask('publish ' . intdiv($messages, 4) . ' 16 ' . self::PAYLOAD),
            ];
            foreach ($results as $name => $result) {
                $this->mustBeComplete($name, $result);
                if ($round > 0) {
                    $costs[$name][] = $result['cpu_ns'] / $result['units'] / 1000;
                }
            }
        }
        $floorLoad->ask('close');
        $load->ask('close');
        $floor->end();
        $server->stop();
        $medians = array_map(self::median(...), $costs);
        $one = $medians['one'] / $medians['floor'];
        $sixteen = $medians['sixteen'] / $medians['floor'];
        printf(
            "| %s | %.2f µs | %.2f µs | %.2f | %.2f µs | %.2f |\n",
            number_format($subscribers),
            $medians['floor'],
            $medians['one'],
            $one,
            $medians['sixteen'],
            $sixteen,
        );
        $this->bound("$subscribers subscribers, one in flight", $one, 1.25);
        $this->bound("$subscribers subscribers, 16 in flight", $sixteen, 0.25);
    }

    /** Accepting must not become dearer with the number of connections. */
    public function accept(): void
    {
        $server = $this->startServer(1);
        $load = $server->load();
        $costs = [];
        for ($thousand = 1; $thousand <= 15; $thousand++) {
            $result = $load->ask('connect 1000');
            $costs[$thousand] = $result['cpu_ns'] / $result['units'] / 1000;
        }
        $load->ask('close');
        $server->stop();
        $few = self::median(array_slice($costs, 1, 3));
        $many = self::median(array_slice($costs, -3));
        printf(
            "\n| CPU per accept at 1,000–4,000 | at 12,000–15,000 | ratio |\n|---|---|---|\n| %.1f µs | %.1f µs | %.2f |\n",
            $few,
            $many,
            $many / $few,
        );
        $this->bound('CPU per accept', $many / $few, 1.10);
    }

    /** What an idle subscribed connection holds. */
    public function memory(): void
    {
        $server = $this->startServer(1);
        $load = $server->load();
        $before = $load->ask('memory')['units'];
        $load->ask('connect 10000');
        $load->ask('subscribe');
        $after = $load->ask('memory')['units'];
        $load->ask('close');
        $server->stop();
        $each = ($after - $before) / 10000;
        printf(
            "\n| engine, idle | with 10,000 subscribed connections | each |\n|---|---|---|\n| %d KiB | %d KiB | %.2f KiB |\n",
            $before,
            $after,
            $each,
        );
        $this->bound('KiB per idle subscribed connection', $each, 4.0);
    }

    /**
     * Publishing from one PHP process, waiting for each answer, against bare round trips of the same
     * size between two PHP processes, and against Pusher's library over HTTP.
     */
    public function publish(): void
    {
        $server = $this->startServer(1);
        $load = $server->load();
        $load->ask('connect 1');
        $load->ask('subscribe');
        $times = ['bare' => [], 'publish' => [], 'pusher' => []];
        for ($round = 0; $round <= self::ROUNDS; $round++) {
            /* A head of 12 bytes, and 6 before each field: channel, event and data; the count. */
            $bare = $this->roundTrips('bare', (string) (12 + 3 * 6 + strlen('load') + 1 + self::PAYLOAD), (string) (12 + 6 + 8));
            $publish = $this->roundTrips('publish', $server->socket, (string) self::PAYLOAD);
            $pusher = $this->roundTrips('pusher', (string) $server->port, (string) self::PAYLOAD);
            if ($round > 0) {
                $times['bare'][] = $bare;
                $times['publish'][] = $publish;
                $times['pusher'][] = $pusher;
            }
        }
        $load->ask('close');
        $server->stop();
        $bare = self::median($times['bare']);
        $publish = self::median($times['publish']);
        $pusher = self::median($times['pusher']);
        printf(
            "\n| 10,000 bare round trips | 10,000 publishes | ratio | with pusher-php-server over HTTP | against ours |\n|---|---|---|---|---|\n| %.0f ms | %.0f ms | %.2f | %.0f ms | %.1f |\n",
            $bare / 1e6,
            $publish / 1e6,
            $publish / $bare,
            $pusher / 1e6,
            $pusher / $publish,
        );
        $this->bound('wall time of a publish against a round trip', $publish / $bare, 2.0);
    }

    /** The HTTP API against a bare libmicrohttpd, and against the Unix socket. */
    public function http(): void
    {
        $this->httpRequests();
        $this->httpFanout();
    }

    /** Signed POST /events over 20 connections that are kept: requests a second. */
    private function httpRequests(): void
    {
        $port = Server::freePort();
        $floor = new Process(["{$this->root}/tests/out/bench/http_floor", (string) $port]);
        $floor->line();
        $server = $this->startServer(1);
        $rates = ['floor' => [], 'server' => []];
        for ($round = 0; $round <= self::ROUNDS; $round++) {
            foreach (['floor' => $port, 'server' => $server->port] as $name => $target) {
                $rate = 40_000 / ($this->httpLoad($target, 40_000) / 1e9);
                if ($round > 0) {
                    $rates[$name][] = $rate;
                }
            }
        }
        $floor->end();
        $server->stop();
        $medians = array_map(self::median(...), $rates);
        $ratio = $medians['server'] / $medians['floor'];
        printf(
            "\n| bare libmicrohttpd | signed POST /events | ratio |\n|---|---|---|\n| %s/s | %s/s | %.2f |\n",
            number_format($medians['floor']),
            number_format($medians['server']),
            $ratio,
        );
        $this->least('requests a second against a bare handler', $ratio, 0.35);
    }

    private function httpLoad(int $port, int $requests): float
    {
        $command = ["{$this->root}/tests/out/bench/http_load", (string) $port, '20', (string) $requests, '1', 'bench-key', 'bench-secret'];
        exec(implode(' ', array_map('escapeshellarg', $command)), $output, $status);
        if ($status !== 0 || !ctype_digit($output[0] ?? '')) {
            throw new RuntimeException('http_load failed: ' . implode("\n", $output));
        }
        return (float) $output[0];
    }

    /** One message to 1,000 subscribers: server CPU by HTTP and by the Unix socket. */
    private function httpFanout(): void
    {
        $server = $this->startServer(1);
        $load = $server->load();
        $load->ask('connect 1000');
        $load->ask('subscribe');
        $costs = ['socket' => [], 'http' => []];
        $commands = ['socket' => 'publish 200 1 ' . self::PAYLOAD, 'http' => 'http 200 1 ' . self::PAYLOAD . ' 1 bench-secret'];
        for ($round = 0; $round <= 4 * self::ROUNDS; $round++) {
            /* Each of the two comes first as often: what comes second would have another machine. */
            $commands = array_reverse($commands);
            foreach ($commands as $name => $command) {
                $result = $load->ask($command);
                $this->mustBeComplete($name, $result);
                if ($round > 0) {
                    $costs[$name][] = $result['cpu_ns'] / $result['units'] / 1000;
                }
            }
        }
        $load->ask('close');
        $server->stop();
        $medians = array_map(self::median(...), $costs);
        $ratio = $medians['http'] / $medians['socket'];
        printf(
            "\n| 1,000 subscribers, by the Unix socket | by HTTP | ratio |\n|---|---|---|\n| %.2f µs | %.2f µs | %.3f |\n",
            $medians['socket'],
            $medians['http'],
            $ratio,
        );
        $this->bound('server CPU of a publish by HTTP', $ratio, 1.03);
    }

    /**
     * What the inspector costs while somebody looks: of a busy shard, and of an idle one. The cost of one who looks is less than what
     * measuring is off by, so ten look at the same time.
     */
    public function inspector(): void
    {
        $server = $this->startServer(1, ['WEBSOCKET_INSPECTOR_PASSWORD' => 'bench-password', 'WEBSOCKET_ACTIVITY_TIMEOUT' => '3600']);
        [$load, $others] = [$server->load(), $server->load()];
        $load->ask('connect 1000');
        $load->ask('subscribe');
        $others->ask('connect 9000');
        $command = [PHP_BINARY, "{$this->root}/tests/bench/inspector_look.php", (string) $server->port, 'bench-password', 'load'];
        $pages = array_map(static fn(): Process => new Process($command), range(1, self::PAGES));
        $costs = ['nobody' => [], 'somebody' => []];
        for ($round = 0; $round <= 2 * self::ROUNDS; $round++) {
            /* First the one, then the other, so that whatever else grows or shrinks meanwhile counts for both. */
            foreach ($round % 2 === 0 ? ['nobody', 'somebody'] : ['somebody', 'nobody'] as $who) {
                $cost = $this->costOfPublishing($load, $who === 'somebody' ? $pages : []);
                if ($round > 0) {
                    $costs[$who][] = $cost;
                }
            }
        }
        $idle = array_map(fn(array $some): float => $this->idleShare($server->pid, $some), [[], $pages]);
        array_map(static fn(Process $process): null => $process->end(), $pages);
        $load->ask('close');
        $others->ask('close');
        $server->stop();
        [$nobody, $somebody] = array_map(self::median(...), array_values($costs));
        $busy = ($somebody / $nobody - 1) / self::PAGES;
        $share = ($idle[1] - $idle[0]) / self::PAGES;
        printf(
            "\n| nobody looks | %d look | each of them costs | idle, nobody looks | %d look | each of them costs |\n|---|---|---|---|---|---|\n| %.3f µs | %.3f µs | %.2f %% | %.2f %% | %.2f %% | %.2f %% |\n",
            self::PAGES,
            self::PAGES,
            $nobody,
            $somebody,
            $busy * 100,
            $idle[0] * 100,
            $idle[1] * 100,
            $share * 100,
        );
        $this->bound('part of a busy shard that one who looks costs', $busy, 0.02);
        $this->bound('part of an idle processor that one who looks costs', $share, 0.02);
    }

    /**
     * µs of a delivery, while pages look if there are any. With one message in flight, because how many of several share
     * their sends is decided by moments, and is worth much more than what is measured here.
     *
     * @param list<Process> $pages
     */
    private function costOfPublishing(Process $load, array $pages): float
    {
        $this->look($pages);
        $result = $load->ask('publish 500 1 ' . self::PAYLOAD);
        $this->mustBeComplete('publishing', $result);
        foreach ($this->rest($pages) as $seen) {
            if ($seen['requests'] < 8 || $seen['messages'] < 100) {
                throw new RuntimeException('a page has hardly looked: ' . json_encode($seen));
            }
        }
        return $result['cpu_ns'] / $result['units'] / 1000;
    }

    /** @param list<Process> $pages */
    private function look(array $pages): void
    {
        array_map(static fn(Process $page): array => $page->ask('look'), $pages);
    }

    /**
     * @param list<Process> $pages
     *
     * @return list<array<string, int>>
     */
    private function rest(array $pages): array
    {
        return array_map(static fn(Process $page): array => $page->ask('rest'), $pages);
    }

    /**
     * The share of a processor that the engine takes while nothing is published.
     *
     * @param list<Process> $pages
     */
    private function idleShare(int $pid, array $pages): float
    {
        $this->look($pages);
        [$cpu, $wall] = [self::cpu($pid), hrtime(true)];
        sleep(9);
        $share = (self::cpu($pid) - $cpu) / (hrtime(true) - $wall);
        $this->rest($pages);
        return $share;
    }

    /** Nanoseconds that all threads of a process have run. */
    private static function cpu(int $pid): int
    {
        $sum = 0;
        foreach (glob("/proc/$pid/task/*/schedstat") ?: [] as $file) {
            $sum += (int) file_get_contents($file);
        }
        return $sum;
    }

    private function roundTrips(string $what, string ...$arguments): float
    {
        $command = [PHP_BINARY, '-d', "extension={$this->root}/modules/ody_websocket.so", "{$this->root}/tests/bench/round_trips.php"];
        array_push($command, $what, '10000', ...$arguments);
        exec(implode(' ', array_map('escapeshellarg', $command)), $output, $status);
        if ($status !== 0 || !ctype_digit($output[0] ?? '')) {
            throw new RuntimeException("round_trips.php $what failed: " . implode("\n", $output));
        }
        return (float) $output[0];
    }

    /** Client events that a PHP handler decides about; and memory over a million of them. */
    public function workers(): void
    {
        echo "\n| PHP workers | handled a second |\n|---|---|\n";
        foreach ([1, 2, 4] as $workers) {
            $project = $this->projectWithHandler($workers);
            $rates = [];
            for ($round = 0; $round < 3; $round++) {
                $rates[] = 50_000 / ($this->handle($project, 50_000) / 1e9);
            }
            $project->remove();
            printf("| %d | %s |\n", $workers, number_format(self::median($rates)));
        }
        $project = $this->projectWithHandler(2);
        $this->handle($project, 50_000);
        $before = $this->memoryOf($project);
        $this->handle($project, 1_000_000);
        $after = $this->memoryOf($project);
        $project->remove();
        printf(
            "\n| process | after 50,000 messages | after 1,050,000 | ratio |\n|---|---|---|---|\n| engine | %d KiB | %d KiB | %.2f |\n| workers | %d KiB | %d KiB | %.2f |\n",
            $before[0],
            $after[0],
            $after[0] / $before[0],
            $before[1],
            $after[1],
            $after[1] / $before[1],
        );
        $this->bound('memory of the engine over a million messages', $after[0] / $before[0], 1.10);
        $this->bound('memory of the workers over a million messages', $after[1] / $before[1], 1.10);
    }

    private function projectWithHandler(int $workers): Project
    {
        $project = Project::withServer();
        $project->environment = ['WEBSOCKET_LIMIT_CLIENT_EVENTS_PER_SECOND' => '0', 'WEBSOCKET_PHP_WORKERS_MAX_MESSAGES' => '0', 'WEBSOCKET_PHP_WORKERS' => (string) $workers] + $project->environment;
        $project->write('config/websocket.php', <<<'PHP'
            <?php

            final class BenchHandler extends Ody\Websocket\Channel\PublicChannelHandler
            {
                public function onClientEvent(string $clientId, string $channel, string $event, array $data, Ody\Websocket\Channel\ChannelManager $manager): mixed
                {
                    return null;
                }
            }

            return ['channel_handlers' => ['bench' => BenchHandler::class]];
            PHP);
        $project->artisan('websocket:start', '-d')->succeeded();
        return $project;
    }

    private function handle(Project $project, int $messages): float
    {
        $command = [PHP_BINARY, '-n', '-d', "extension={$this->root}/modules/ody_websocket.so", "{$this->root}/tests/bench/worker_load.php"];
        array_push($command, (string) $project->port(), 'test-key', "{$project->root}/storage/websocket/ody.sock", '50', (string) $messages);
        exec(implode(' ', array_map('escapeshellarg', $command)), $output, $status);
        if ($status !== 0 || !ctype_digit($output[0] ?? '')) {
            throw new RuntimeException('worker_load.php failed: ' . implode("\n", $output));
        }
        return (float) $output[0];
    }

    /**
     * Anonymous memory, as bench_memory_kib() has it.
     *
     * @return array{int, int} KiB of the engine and of all its workers
     */
    private function memoryOf(Project $project): array
    {
        sleep(7);
        $status = $project->artisan('websocket:status', '--json')->json();
        $memory = static function (int $pid): int {
            preg_match_all('/^(?:Anonymous|Swap):\s+(\d+)/m', (string) file_get_contents("/proc/$pid/smaps_rollup"), $match);
            return array_sum(array_map('intval', $match[1]));
        };
        $children = explode(' ', trim((string) file_get_contents("/proc/{$status['pid']}/task/{$status['pid']}/children")));
        $workers = array_filter(array_map('intval', $children), static fn(int $pid): bool => $pid !== $status['engine_pid']);
        return [$memory($status['engine_pid']), array_sum(array_map($memory, $workers))];
    }

    /** Every subscriber checks every number of four publishers; then memory comes back. */
    public function soak(): void
    {
        echo "\n| workers | connections | deliveries | missing | wrong | memory fresh | after a first wave | after the second |\n|---|---|---|---|---|---|---|---|\n";
        foreach ([1, 4] as $workers) {
            $this->soakWith($workers);
        }
    }

    private function soakWith(int $workers): void
    {
        $server = $this->startServer($workers);
        /* Tables that are indexed by descriptor number grow with the first wave of clients and stay. */
        $warm = $server->load();
        $fresh = $warm->ask('memory')['units'];
        $warm->ask('connect 5000');
        $warm->ask('subscribe');
        $warm->ask('flood 10 4 ' . self::PAYLOAD);
        $warm->ask('close');
        $idle = $this->memoryWhenQuiet($server, $fresh);
        $load = $server->load();
        $load->ask('connect 5000');
        $load->ask('subscribe');
        $result = $load->ask('flood 100 4 ' . self::PAYLOAD);
        $load->ask('close');
        $after = $this->memoryWhenQuiet($server, $idle);
        $server->stop();
        printf(
            "| %d | 5,000 | %s | %d | %d | %d KiB | %d KiB | %d KiB |\n",
            $workers,
            number_format($result['units']),
            $result['missing'],
            $result['wrong'],
            $fresh,
            $idle,
            $after,
        );
        $this->mustBeComplete("soak with $workers workers", $result);
        $this->bound("memory after the soak with $workers workers", $after / $idle, 1.10);
    }

    private function memoryWhenQuiet(Server $server, int $idle): int
    {
        $load = $server->load();
        $deadline = microtime(true) + 10;
        do {
            $after = $load->ask('memory')['units'];
            time_nanosleep(0, 200_000_000);
        } while ($after > $idle * 1.10 && microtime(true) < $deadline);
        $load->ask('close');
        return $after;
    }

    /** @return array{0: Process, 1: Process} */
    private function startFloor(): array
    {
        $port = Server::freePort();
        $fifo = "{$this->folder}/floor-$port";
        posix_mkfifo($fifo, 0600);
        $floor = new Process(["{$this->root}/tests/out/bench/floor", (string) $port, (string) self::PAYLOAD], $fifo);
        $floor->line();
        return [$floor, new Process(["{$this->root}/tests/out/bench/load", (string) $floor->pid(), (string) $port, '-', $fifo])];
    }

    /** @param array<string, string> $more */
    private function startServer(int $workers, array $more = []): Server
    {
        return Server::start($this->root, $this->folder, $workers, $more);
    }

    /** @param array{missing: int, wrong: int} $result */
    private function mustBeComplete(string $what, array $result): void
    {
        if ($result['missing'] !== 0 || $result['wrong'] !== 0) {
            $this->failed = true;
            echo "MISSED: $what: {$result['missing']} missing, {$result['wrong']} wrong\n";
        }
    }

    private function bound(string $what, float $value, float $most): void
    {
        if ($value > $most) {
            $this->failed = true;
            printf("MISSED: %s: %.2f is more than %.2f\n", $what, $value, $most);
        }
    }

    private function least(string $what, float $value, float $least): void
    {
        if ($value < $least) {
            $this->failed = true;
            printf("MISSED: %s: %.2f is less than %.2f\n", $what, $value, $least);
        }
    }

    /** @param list<float> $values */
    public static function median(array $values): float
    {
        sort($values);
        return $values[intdiv(count($values), 2)];
    }
}
