<?php

declare(strict_types=1);

namespace Ody\Websocket\Console;

use Symfony\Component\Console\Helper\Helper;

/**
 * The state of the server as text: many lines, or one.
 *
 * @internal
 */
final class StatusView
{
    /** What the lines show, in this order, where the server tells it. */
    private const ROWS = [
        'pid' => 'process',
        'version' => 'version',
        'host' => 'host',
        'port' => 'port',
        'socket' => 'socket',
        'uptime' => 'up for',
        'workers' => 'workers',
        'memory' => 'memory',
        'connections' => 'connections',
        'channels' => 'channels',
        'subscriptions' => 'subscriptions',
        'messages_published' => 'messages published',
        'deliveries' => 'deliveries',
    ];

    /** The same for the processes that run the application's code. */
    private const PHP_WORKERS = [
        'connected' => 'connected',
        'busy' => 'busy',
        'idle' => 'idle',
        'restarts' => 'restarts',
        'queue' => 'calls waiting',
        'handled' => 'calls handled',
        'failed' => 'calls failed',
        'timed_out' => 'calls timed out',
        'refused' => 'calls refused',
        'dropped_notices' => 'notices dropped',
    ];

    /** The same for webhooks. */
    private const WEBHOOKS = [
        'failing' => 'failing',
        'queue' => 'events waiting',
        'held' => 'events held back',
        'sent' => 'events delivered',
        'failed' => 'requests failed',
        'dropped' => 'events dropped',
    ];

    /** What is shown of each app, in one line. */
    private const OF_APPS = [
        'connections' => 'connections',
        'channels' => 'channels',
        'subscriptions' => 'subscriptions',
        'messages_published' => 'messages published',
    ];

    /** The same for the way in through Redis. */
    private const REDIS = [
        'messages' => 'messages',
        'rejected' => 'not published',
        'failures' => 'failures',
    ];

    /**
     * Returns one line for each number, with tags for an output that reads them.
     *
     * @param array<array-key, mixed>   $status of the server
     * @param array<string, float>|null $rates  per second
     *
     * @return list<string>
     */
    public static function lines(array $status, ?array $rates = null): array
    {
        $lines = [];
        foreach (self::ROWS as $key => $label) {
            if (is_scalar($status[$key] ?? null)) {
                $lines[] = self::line($label, self::readable($key, $status[$key]));
            }
        }
        foreach ($rates ?? [] as $name => $rate) {
            $lines[] = self::line($name . '/s', number_format($rate, 1));
        }

        return [...$lines, ...self::apps($status), ...self::phpWorkers($status), ...self::webhooks($status), ...self::redis($status)];
    }

    /**
     * Returns the most important numbers in one line.
     *
     * @param array<array-key, mixed>   $status of the server
     * @param array<string, float>|null $rates  per second
     */
    public static function oneLine(array $status, ?array $rates): string
    {
        $parts = [];
        foreach (['connections', 'channels', 'subscriptions', 'memory'] as $key) {
            if (is_scalar($status[$key] ?? null)) {
                $parts[] = $key . ' ' . self::readable($key, $status[$key]);
            }
        }
        foreach ($rates ?? [] as $name => $rate) {
            $parts[] = sprintf('%s %s/s', $name, number_format($rate, 1));
        }
        $workers = self::phpWorkersOf($status);
        if ($workers !== null) {
            $parts[] = sprintf('PHP workers %s busy', self::count($workers, 'busy'));
        }

        return implode(', ', $parts);
    }

    /**
     * The numbers of one app alone are those of the server.
     *
     * @param array<array-key, mixed> $status
     *
     * @return list<string>
     */
    private static function apps(array $status): array
    {
        $apps = is_array($status['apps'] ?? null) ? array_filter($status['apps'], is_array(...)) : [];
        if (count($apps) < 2) {
            return [];
        }
        $lines = ['', self::line('apps', number_format(count($apps)))];
        foreach ($apps as $app) {
            $numbers = [];
            foreach (self::OF_APPS as $key => $label) {
                if (is_int($app[$key] ?? null)) {
                    $numbers[] = sprintf('%s %s', self::count($app, $key), $label);
                }
            }
            $id = is_scalar($app['id'] ?? null) ? (string) $app['id'] : '?';
            // An id may be longer than the column is wide.
            $lines[] = self::line('  ' . PlainText::escaped($id) . (strlen($id) > 17 ? ' ' : ''), implode(', ', $numbers));
        }

        return $lines;
    }

    /**
     * @param array<array-key, mixed> $status
     *
     * @return list<string>
     */
    private static function phpWorkers(array $status): array
    {
        $workers = self::phpWorkersOf($status);
        if ($workers === null) {
            return [];
        }
        $lines = ['', self::line('PHP workers', self::count($workers, 'num'))];
        foreach (self::PHP_WORKERS as $key => $label) {
            if (is_int($workers[$key] ?? null)) {
                $limit = $key === 'queue' && is_int($workers['queue_limit'] ?? null) ? ' of ' . self::count($workers, 'queue_limit') : '';
                $lines[] = self::line('  ' . $label, self::count($workers, $key) . $limit);
            }
        }

        return $lines;
    }

    /**
     * @param array<array-key, mixed> $status
     *
     * @return list<string>
     */
    private static function webhooks(array $status): array
    {
        $webhooks = $status['webhooks'] ?? null;
        if (!is_array($webhooks)) {
            return [];
        }
        $lines = ['', self::line('webhooks', self::count($webhooks, 'num'))];
        foreach (self::WEBHOOKS as $key => $label) {
            if (is_int($webhooks[$key] ?? null)) {
                $lines[] = self::line('  ' . $label, self::count($webhooks, $key));
            }
        }
        foreach (is_array($webhooks['hooks'] ?? null) ? $webhooks['hooks'] : [] as $hook) {
            if (is_array($hook) && ($hook['failing'] ?? false) === true && is_string($hook['receiver'] ?? null)) {
                $lines[] = self::line('  fails', sprintf('%s, %s events waiting', $hook['receiver'], self::count($hook, 'queue')));
            }
        }

        return $lines;
    }

    /**
     * @param array<array-key, mixed> $status
     *
     * @return list<string>
     */
    private static function redis(array $status): array
    {
        $redis = $status['redis'] ?? null;
        if (!is_array($redis)) {
            return [];
        }
        $lines = ['', self::line('Redis', ($redis['connected'] ?? null) === true ? 'connected' : 'not connected')];
        foreach (self::REDIS as $key => $label) {
            if (is_int($redis[$key] ?? null)) {
                $lines[] = self::line('  ' . $label, self::count($redis, $key));
            }
        }

        return $lines;
    }

    /**
     * @param array<array-key, mixed> $status
     *
     * @return array<array-key, mixed>|null
     */
    private static function phpWorkersOf(array $status): ?array
    {
        foreach (['php_workers', 'workers'] as $key) {
            if (is_array($status[$key] ?? null)) {
                return $status[$key];
            }
        }

        return null;
    }

    /**
     * @param array<array-key, mixed> $numbers
     */
    private static function count(array $numbers, string $key): string
    {
        return is_int($numbers[$key] ?? null) ? number_format($numbers[$key]) : '?';
    }

    private static function line(string $label, string $value): string
    {
        return sprintf('%-20s<info>%s</info>', $label, PlainText::escaped($value));
    }

    private static function readable(string $key, string|int|float|bool $value): string
    {
        return match (true) {
            $key === 'memory' && is_int($value) => Helper::formatMemory($value),
            $key === 'uptime' && is_int($value) => self::duration($value),
            in_array($key, ['pid', 'port'], true) => (string) $value,
            is_int($value) => number_format($value),
            default => (string) $value,
        };
    }

    private static function duration(int $seconds): string
    {
        $time = sprintf('%02d:%02d:%02d', intdiv($seconds, 3600) % 24, intdiv($seconds, 60) % 60, $seconds % 60);

        return $seconds < 86400 ? $time : sprintf('%d d %s', intdiv($seconds, 86400), $time);
    }
}
