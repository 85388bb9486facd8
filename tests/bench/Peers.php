<?php

declare(strict_types=1);

/**
 * Ours with one shard against servers that others wrote, which run already and are named on the command line. Round by
 * round in turn, by HTTP only, because that is how all of them are published to.
 */
final class Peers
{
    private const PAYLOAD = 100;
    private const ROUNDS = 5;
    private const CLIENTS = 1000;
    private const MANY = 10000;

    private string $folder;

    public function __construct(private readonly string $root)
    {
        $this->folder = sys_get_temp_dir() . '/ody-bench-' . getmypid();
        mkdir($this->folder, 0700);
    }

    /** @param list<string> $names NAME=PID,PORT,ID,KEY,SECRET, and ,MOST for one that cannot hold 10,000 clients */
    public function compare(array $names): void
    {
        foreach ($names as $name) {
            if (preg_match('~^([^=]+)=(\d+),(\d+),([^,]+),([^,]+),([^,]+?)(?:,(\d+))?$~D', $name, $match, PREG_UNMATCHED_AS_NULL) !== 1) {
                throw new InvalidArgumentException("not NAME=PID,PORT,ID,KEY,SECRET[,MOST]: $name");
            }
            [, $title, $pid, $port, $id, $key, $secret, $most] = $match;
            $this->against($title, new Target((int) $pid, (int) $port, $id, $key, $secret), (int) ($most ?? self::MANY));
        }
        array_map('unlink', glob($this->folder . '/*') ?: []);
        rmdir($this->folder);
    }

    private function against(string $title, Target $peer, int $most): void
    {
        $server = Server::start($this->root, $this->folder, 1);
        $targets = ['ours' => new Target($server->pid, $server->port, '1', 'bench-key', 'bench-secret'), 'peer' => $peer];
        $clients = min($most, self::CLIENTS);
        printf("\n| %s clients | ours | %s | ratio |\n|---|---|---|---|\n", number_format($clients), $title);
        /* First, because what a server has once had it may keep. */
        foreach (array_unique([$clients, $most]) as $count) {
            $this->memory($targets, $count);
        }
        $this->accept($targets, $clients);
        foreach ([[1, 100], [16, 25]] as [$publishers, $messages]) {
            $this->messages($targets, number_format($clients) . " subscribers, $publishers in flight", 'delivery', $clients, $messages, $publishers);
        }
        foreach ([[1, 1000], [16, 500]] as [$publishers, $messages]) {
            $this->messages($targets, "one subscriber, $publishers in flight", 'publish', 1, $messages, $publishers);
        }
        $server->stop();
    }

    /**
     * Of fresh servers, so a greater count comes behind a lesser.
     *
     * @param array{ours: Target, peer: Target} $targets
     */
    private function memory(array $targets, int $clients): void
    {
        $each = [];
        foreach ($targets as $target) {
            $load = $target->load($this->root);
            $target->fresh ??= $load->ask('memory')['units'];
            $load->ask("connect $clients");
            $load->ask('subscribe');
            $each[] = ($load->ask('memory')['units'] - $target->fresh) / $clients;
            $load->ask('close');
        }
        printf("| memory of a connection, of %s | %.2f KiB | %.2f KiB | %.2f |\n", number_format($clients), $each[0], $each[1], $each[1] / $each[0]);
    }

    /** @param array{ours: Target, peer: Target} $targets */
    private function accept(array $targets, int $clients): void
    {
        $costs = ['ours' => [], 'peer' => []];
        for ($round = 0; $round <= self::ROUNDS; $round++) {
            foreach ($targets as $who => $target) {
                $load = $target->load($this->root);
                $costs[$who][] = ($load->ask("connect $clients")['cpu_ns'] + $load->ask('subscribe')['cpu_ns']) / $clients / 1000;
                $load->ask('close');
                /* What closing costs is in no number. */
                usleep(500_000);
            }
        }
        $this->row('CPU to accept and subscribe one', '%s µs', $costs);
    }

    /**
     * @param array{ours: Target, peer: Target} $targets
     * @param string $unit what one unit is called
     * @param int $messages of each publisher
     */
    private function messages(array $targets, string $what, string $unit, int $clients, int $messages, int $publishers): void
    {
        $loads = array_map(fn(Target $target): Process => $target->load($this->root), $targets);
        foreach ($loads as $load) {
            $load->ask("connect $clients");
            $load->ask('subscribe');
        }
        $costs = $rates = ['ours' => [], 'peer' => []];
        $lost = ['ours' => 0, 'peer' => 0];
        for ($round = 0; $round <= self::ROUNDS && array_sum($lost) === 0; $round++) {
            foreach ($loads as $who => $load) {
                $result = $load->ask("http $messages $publishers " . self::PAYLOAD . " {$targets[$who]->id} {$targets[$who]->secret}");
                $costs[$who][] = $result['cpu_ns'] / $result['units'] / 1000;
                $rates[$who][] = $result['units'] / ($result['wall_ns'] / 1e9);
                $lost[$who] = $result['missing'] + $result['wrong'];
            }
        }
        array_map(static fn(Process $load): null => $load->end(), $loads);
        $this->row("$what: CPU of a $unit", '%s µs', $costs);
        $this->row("$what: how many a second", '%s', $rates);
        if (array_sum($lost) > 0) {
            printf("| %s: **missing or wrong** | %d | %d | |\n", $what, $lost['ours'], $lost['peer']);
        }
    }

    /** @param array{ours: list<float>, peer: list<float>} $rounds of which the first only warms */
    private function row(string $what, string $unit, array $rounds): void
    {
        [$ours, $peer] = array_map(static fn(array $some): float => Scenarios::median(array_slice($some, 1) ?: $some), array_values($rounds));
        $numbers = array_map(static fn(float $value): string => sprintf($unit, number_format($value, $value < 1000 ? 2 : 0)), [$ours, $peer]);
        printf("| %s | %s | %s | %.2f |\n", $what, $numbers[0], $numbers[1], $peer / $ours);
    }
}

/** A server that is measured. */
final class Target
{
    /** KiB, before its first client. */
    public ?int $fresh = null;

    public function __construct(
        public readonly int $pid,
        private readonly int $port,
        public readonly string $id,
        private readonly string $key,
        public readonly string $secret,
    ) {}

    public function load(string $root): Process
    {
        return new Process(["$root/tests/out/bench/load", (string) $this->pid, (string) $this->port, $this->key, '-']);
    }
}
