<?php

/*
 * Compares docs/metrics.md with the lists in the code: every metric with its type and label, every
 * reason of losses, of messages from Redis and of webhooks; in both directions, and in the same order.
 * Also what the example of a dashboard asks for.
 *
 *   php tests/tools/check-metrics.php               exit status 1 and one line for each difference
 *   php tests/tools/check-metrics.php --self-test   checks the check
 */

declare(strict_types=1);

/** Returns the rows of an X-macro, each as the list of its arguments. */
function rows_of_macro(string $source, string $macro): array
{
    if (preg_match('/^#define ' . $macro . '\(X\)((?:.*\\\\\n)+.*)$/m', $source, $body) !== 1) {
        return [];
    }
    $text = preg_replace('~/\*.*?\*/|\\\\\n~s', ' ', $body[1]);
    preg_match_all('/\bX\(((?:"(?:[^"\\\\]|\\\\.)*"|[^()"])*)\)/', $text, $matches);

    return array_map(static function (string $arguments): array {
        preg_match_all('/"((?:[^"\\\\]|\\\\.)*)"|(\w+)/', $arguments, $words, PREG_SET_ORDER);

        return array_map(static fn(array $word): string => $word[2] ?? $word[1], $words);
    }, $matches[1]);
}

/** Returns the rows of the table under a heading, each as the list of its cells. */
function rows_of_table(string $page, string $heading): array
{
    $found = preg_match('/^#+ ' . preg_quote($heading, '/') . '\n+((?:\|.*\n)+)/m', $page, $table);
    if ($found !== 1) {
        return [];
    }
    $rows = array_slice(explode("\n", trim($table[1])), 2);

    return array_map(static fn(string $row): array => array_map(
        static fn(string $cell): string => trim($cell, " `"),
        explode('|', trim($row, '|')),
    ), $rows);
}

/** Returns what differs between two lists of names. */
function differences(string $what, array $code, array $docs): array
{
    $complaints = [];
    foreach (array_diff($code, $docs) as $name) {
        $complaints[] = "$what: $name is not in docs/metrics.md";
    }
    foreach (array_diff($docs, $code) as $name) {
        $complaints[] = "$what: docs/metrics.md has $name, which is not in the code";
    }
    if ($complaints === [] && array_values($code) !== array_values($docs)) {
        $complaints[] = "$what: docs/metrics.md has another order, or a name twice";
    }
    if ($code === []) {
        $complaints[] = "$what: the list in the code was not found";
    }

    return $complaints;
}

/** Returns the metrics that a dashboard asks for and that do not exist. */
function unknown_in(string $dashboard, array $names): array
{
    preg_match_all('/\body_[a-z_]+/', $dashboard, $used);
    $known = array_merge(...array_map(static fn(string $name): array => [$name, "{$name}_bucket", "{$name}_sum", "{$name}_count"], $names));
    $complaints = array_map(
        static fn(string $name): string => "the dashboard asks for $name, which does not exist",
        array_values(array_unique(array_diff($used[0], $known))),
    );
    if ($used[0] === [] || json_decode($dashboard) === null) {
        $complaints[] = 'the dashboard is empty or no JSON';
    }

    return $complaints;
}

/** Returns all complaints about a tree. */
function check(string $root): array
{
    $page = (string) file_get_contents("$root/docs/metrics.md");
    $metrics = rows_of_macro((string) file_get_contents("$root/engine/metrics_list.h"), 'ODY_METRICS');
    $losses = rows_of_macro((string) file_get_contents("$root/engine/hub/counters.h"), 'ODY_LOSSES');
    $redis = rows_of_macro((string) file_get_contents("$root/engine/cluster/redis_feed.h"), 'ODY_REDIS_REJECTIONS');
    $drops = rows_of_macro((string) file_get_contents("$root/engine/webhook/numbers.h"), 'ODY_WEBHOOK_DROPS');
    $column = static fn(array $rows, int $index): array => array_map(static fn(array $row): string => $row[$index] ?? '', $rows);
    $described = static fn(array $rows): array => array_map(
        static fn(array $row): string => implode(' ', [$row[2] ?? '', strtolower($row[1] ?? ''), ($row[3] ?? '') === '' ? '–' : $row[3]]),
        $rows,
    );

    return [
        ...differences('metrics', $described($metrics), array_map(
            static fn(array $row): string => implode(' ', array_slice($row, 0, 3)),
            rows_of_table($page, 'All metrics'),
        )),
        ...unknown_in((string) file_get_contents("$root/examples/grafana/dashboard.json"), $column($metrics, 2)),
        ...differences('losses', $column($losses, 0), $column(rows_of_table($page, 'Reasons of `ody_losses_total`'), 0)),
        ...differences('webhooks', ['mailbox', ...$column($drops, 0)], $column(rows_of_table($page, 'Reasons of `ody_webhook_events_dropped_total`'), 0)),
        ...differences('Redis', $column($redis, 1), $column(rows_of_table($page, 'Reasons of `ody_redis_messages_rejected_total`'), 0)),
    ];
}

/** Returns what the self-test found wrong with the check itself. */
function self_test(): array
{
    $page = "## All metrics\n\n| n | t | l | m |\n|---|---|---|---|\n| `ody_a` | gauge | – | x |\n| `ody_b_total` | counter | `app` | y |\n\n"
        . "### Reasons of `ody_losses_total`\n\n| r | w |\n|---|---|\n| `lost` | x |\n\n"
        . "### Reasons of `ody_webhook_events_dropped_total`\n\n| r | w |\n|---|---|\n| `mailbox` | x |\n| `full` | x |\n\n"
        . "### Reasons of `ody_redis_messages_rejected_total`\n\n| r | w |\n|---|---|\n| `json` | x |\n";
    $good = [
        'docs/metrics.md' => $page,
        'engine/metrics_list.h' => "#define ODY_METRICS(X) \\\n    X(A, GAUGE, \"ody_a\", \"\", \"Help (a).\") \\\n    X(B, COUNTER, \"ody_b_total\", \"app\", \"B.\")\n",
        'engine/hub/counters.h' => "#define ODY_LOSSES(X) \\\n    X(lost) /* (why) */\n\n#define OTHER(X) \\\n    X(other)\n",
        'engine/webhook/numbers.h' => "#define ODY_WEBHOOK_DROPS(X) \\\n    X(full, \"full\")\n",
        'engine/cluster/redis_feed.h' => "#define ODY_REDIS_REJECTIONS(X) \\\n    X(JSON, \"json\") /* no */\n",
    ];
    $good['examples/grafana/dashboard.json'] = '{"expr":"rate(ody_b_total[1m])"}';
    $planted = [
        'nothing' => [0, []],
        'a metric that a dashboard invents' => [1, ['examples/grafana/dashboard.json' => '{"expr":"ody_c"}']],
        'a metric that is not described' => [1, ['docs/metrics.md' => str_replace("| `ody_a` | gauge | – | x |\n", '', $page)]],
        'a metric that is gone' => [1, ['engine/metrics_list.h' => str_replace('X(A, GAUGE, "ody_a", "", "Help (a).")', '', $good['engine/metrics_list.h'])]],
        'another type' => [2, ['docs/metrics.md' => str_replace('| gauge |', '| counter |', $page)]],
        'another label' => [2, ['docs/metrics.md' => str_replace('`app`', '`shard`', $page)]],
        'a reason that is not described' => [1, ['engine/hub/counters.h' => str_replace('X(lost)', "X(lost) \\\n    X(more)", $good['engine/hub/counters.h'])]],
        'a list that is not found' => [2, ['engine/cluster/redis_feed.h' => '']],
    ];
    $complaints = [];
    foreach ($planted as $name => [$expected, $files]) {
        $root = sys_get_temp_dir() . '/check-metrics-' . bin2hex(random_bytes(6));
        foreach ($files + $good as $path => $content) {
            @mkdir(dirname("$root/$path"), 0777, true);
            file_put_contents("$root/$path", $content);
        }
        $found = count(check($root));
        array_map(static fn(string $path) => unlink("$root/$path"), array_keys($good));
        foreach (['docs', 'examples/grafana', 'examples', 'engine/hub', 'engine/cluster', 'engine/webhook', 'engine', ''] as $folder) {
            rmdir("$root/$folder");
        }
        if ($found !== $expected) {
            $complaints[] = "self-test: planted $name, found $found differences instead of $expected";
        }
    }

    return $complaints;
}

$complaints = ($argv[1] ?? null) === '--self-test' ? self_test() : check($argv[1] ?? dirname(__DIR__, 2));
foreach ($complaints as $complaint) {
    fwrite(STDERR, "$complaint\n");
}
exit($complaints === [] ? 0 : 1);
