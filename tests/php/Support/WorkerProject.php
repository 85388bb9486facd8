<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Support;

use PHPUnit\Framework\Assert;

/**
 * A project with code that PHP workers run, and its server.
 */
final class WorkerProject
{
    private const PATIENCE = 30;

    /**
     * Starts the server of a project whose files say what its workers run.
     */
    public function __construct(public readonly Project $project, int $workers = 1)
    {
        $project->environment += [
            'WEBSOCKET_PHP_WORKERS' => (string) $workers,
            'WEBSOCKET_PHP_WORKERS_TIMEOUT' => '20',
            'WEBSOCKET_LIMIT_CLIENT_EVENTS_PER_SECOND' => '0',
        ];
        $project->artisan('websocket:start', '-d')->succeeded();
        $this->awaitLog('php worker ready', $workers);
    }

    /**
     * Connects a client.
     */
    public function client(string $query = '', string $headers = ''): Client
    {
        return new Client($this->project->port(), 'test-key', $query, $headers);
    }

    /**
     * Waits until the log holds a text so many times, and returns the log.
     */
    public function awaitLog(string $text, int $times = 1): string
    {
        $deadline = microtime(true) + self::PATIENCE;
        do {
            $log = $this->log();
            if (substr_count($log, $text) >= $times) {
                return $log;
            }
            usleep(10_000);
        } while (microtime(true) < $deadline);
        Assert::fail("\"{$text}\" is not in the log {$times} times:\n" . $log);
    }

    /**
     * Returns the log of the server, and behind it what the workers have printed as they did.
     */
    public function log(): string
    {
        return $this->project->read('storage/logs/websocket.log') . $this->printed();
    }

    /**
     * Returns what the workers have printed.
     */
    public function printed(): string
    {
        $printed = [];
        foreach (explode("\n", $this->project->read('storage/logs/websocket.log')) as $line) {
            $line = json_decode($line, true);
            if (!is_array($line) || ($line['message'] ?? '') !== 'php worker' || !is_string($line['line'] ?? null)) {
                continue;
            }
            // A long line of theirs is more than one of the log.
            if (($line['part'] ?? 1) === 1) {
                $printed[] = $line['line'];
            } else {
                $printed[] = array_pop($printed) . $line['line'];
            }
        }

        return implode("\n", $printed) . "\n";
    }

    /**
     * Returns the process ids of the workers, the last one last.
     *
     * @return list<int>
     */
    public function workers(): array
    {
        preg_match_all('/"worker":(\d+)|worker=(\d+)/', $this->log(), $found);
        $all = array_map(intval(...), array_map(static fn(string $a, string $b): string => $a . $b, $found[1], $found[2]));

        return array_values(array_filter(array_unique($all), static fn(int $pid): bool => posix_kill($pid, 0)));
    }
}
