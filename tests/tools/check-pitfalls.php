<?php

/*
 * Checks that every known pitfall of Pusher-compatible servers has a test whose name carries its
 * number: TEST(pitfall_1_…) in C, test('pitfall 1: …') in JavaScript, testPitfall1… in PHP, and the
 * first line of a phpt. Prints the gaps.
 *
 *   php tests/tools/check-pitfalls.php [root]        exit status 1 and one line for each gap
 *   php tests/tools/check-pitfalls.php --list        which tests stand for which pitfall
 *   php tests/tools/check-pitfalls.php --self-test   checks the check
 */

declare(strict_types=1);

/** What goes wrong where servers are only almost compatible. */
const PITFALLS = [
    1 => 'member_added and member_removed once per user, not once per connection',
    2 => 'users are counted as users, not as connections',
    3 => 'subscription_succeeded of every channel carries data',
    4 => 'the ids of a presence channel are a list, also after somebody has left',
    5 => 'member_added carries a string with user_id and user_info; the joiner is in its own list',
    6 => 'a member without user_info may join',
    7 => 'a cache channel sends the cached event or the miss, and not the one as the other',
    8 => 'clients that answer only one of control ping and pusher:ping stay',
    9 => 'every message is a sign of life, and clients with a timeout of their own are not cut first',
    10 => 'silent connections without subscriptions are closed, too',
    11 => 'a request body arrives in any number of segments',
    12 => 'bodies of realistic size are taken, and larger ones are told so',
    13 => 'every response says how long it is',
    14 => 'signed paths with and without a prefix',
    15 => 'no endpoint of the API works without a signature',
    16 => 'client events only from connections in the channel',
    17 => 'client events may carry a string',
    18 => 'malformed messages get an error, and the connection stays',
    19 => 'a publish names its channel or its channels',
    20 => 'batches of events, with a socket_id for each',
    21 => 'info, filter_by_prefix and their refusals',
    22 => 'leaving out the sender, and presence, over several nodes',
    23 => 'all characters of channel names, and #server-to-user-',
    24 => 'signing in, or joining a guarded channel, ends the wait for authorisation',
    25 => 'the ranges of close codes: shutting down does not keep clients away',
    26 => 'terminating a user misses no connection',
    27 => 'webhooks are signed as sent and go where they belong; no member_removed is lost',
    28 => 'watchlist events and subscription_count exist',
    29 => 'more than 1,024 descriptors',
    30 => 'traffic of several deployments stays apart; the Upgrade header has any case',
    31 => 'what the official library publishes reaches the official client',
    32 => 'allowed origins; a failed channel does not close the connection',
];

/** Those that need no test here, and why. */
const EXEMPT = [
    22 => 'concerns several nodes',
];

/** Those whose tests are still to be written. Must be empty in the end. */
const OPEN = [];

/** How a test's name begins, by the ending of its file's name. */
const PATTERNS = [
    '.c' => '/^TEST\(pitfall_(\d+)_\w+\)/m',
    '.mjs' => '/^\s*(?:test|it)\([\'"`]pitfall (\d+): \S/m',
    '.php' => '/^ *(?:public )?function testPitfall(\d+)[A-Z]\w*\(/m',
    '.phpt' => '/\A--TEST--\npitfall (\d+): \S/',
];

/** Returns the numbers of the pitfalls that a file has tests for. */
function numbers_in(string $name, string $content): array
{
    foreach (PATTERNS as $ending => $pattern) {
        if (str_ends_with($name, $ending)) {
            preg_match_all($pattern, $content, $matches);

            return array_map('intval', $matches[1]);
        }
    }

    return [];
}

/** Returns number => files of all tests below a folder that carry a number. */
function tests_below(string $folder): array
{
    $tests = [];
    $entries = new RecursiveIteratorIterator(new RecursiveCallbackFilterIterator(
        new RecursiveDirectoryIterator($folder, FilesystemIterator::SKIP_DOTS),
        static fn(SplFileInfo $entry) => !in_array($entry->getFilename(), ['out', 'node_modules', 'vendor'], true),
    ));
    foreach ($entries as $entry) {
        $name = substr($entry->getPathname(), strlen($folder) + 1);
        foreach (numbers_in($name, (string) file_get_contents($entry->getPathname())) as $number) {
            $tests[$number][$name] = $name;
        }
    }

    return $tests;
}

/** Returns what is missing, or should not be there. */
function gaps(array $tests, array $pitfalls, array $exempt, array $open): array
{
    $gaps = [];
    foreach ($pitfalls as $number => $title) {
        $excused = isset($exempt[$number]) || in_array($number, $open, true);
        if (!isset($tests[$number]) && !$excused) {
            $gaps[] = "pitfall $number has no test: $title";
        }
        if (isset($tests[$number]) && in_array($number, $open, true)) {
            $gaps[] = "pitfall $number has a test and is still listed as open";
        }
    }
    foreach (array_diff(array_merge(array_keys($tests), array_keys($exempt), $open), array_keys($pitfalls)) as $number) {
        $gaps[] = "there is no pitfall $number";
    }

    return $gaps;
}

/** Returns what the self-test found wrong with the check itself. */
function self_test(): array
{
    $complaints = [];
    $names = [
        ['a.c', "TEST(pitfall_7_cached)\n{\n}\nTEST(pitfall_12_large)\n", [7, 12]],
        ['a.c', "/* TEST(pitfall_7_cached) */\n TEST(pitfall_8)\nTEST(other_pitfall_8_x)\n", []],
        ['a.mjs', "  test('pitfall 3: data', () => {});\ntest(\"pitfall 4: ids\", x);\n", [3, 4]],
        ['a.mjs', "// test('pitfall 3: data')\ntest('pitfall 3', x);\n", []],
        ['a.php', "    public function testPitfall5Members(): void\n", [5]],
        ['a.php', "    // public function testPitfall5Members(): void\n", []],
        ['a.phpt', "--TEST--\npitfall 6: no info\n--FILE--\n", [6]],
        ['a.txt', "TEST(pitfall_7_cached)\n", []],
    ];
    foreach ($names as [$name, $content, $expected]) {
        if (numbers_in($name, $content) !== $expected) {
            $complaints[] = "self-test: wrong numbers in $name: $content";
        }
    }
    $cases = [
        [[1 => ['x'], 2 => ['x']], [], [], 0],
        [[1 => ['x']], [], [], 1],
        [[1 => ['x']], [2 => 'why'], [], 0],
        [[1 => ['x']], [], [2], 0],
        [[1 => ['x'], 2 => ['x']], [], [2], 1],
        [[1 => ['x'], 2 => ['x'], 3 => ['x']], [], [], 1],
        [[1 => ['x'], 2 => ['x']], [3 => 'why'], [4], 2],
    ];
    foreach ($cases as $index => [$tests, $exempt, $open, $expected]) {
        if (count(gaps($tests, [1 => 'one', 2 => 'two'], $exempt, $open)) !== $expected) {
            $complaints[] = "self-test: wrong gaps in case $index";
        }
    }

    return $complaints;
}

$argument = $argv[1] ?? '';
$root = $argument === '' || $argument[0] === '-' ? dirname(__DIR__, 2) : $argument;
if ($argument === '--self-test') {
    $complaints = self_test();
} else {
    $tests = tests_below("$root/tests");
    $complaints = $argument === '--list' ? [] : gaps($tests, PITFALLS, EXEMPT, OPEN);
    foreach ($argument === '--list' ? PITFALLS : [] as $number => $title) {
        $why = EXEMPT[$number] ?? (in_array($number, OPEN, true) ? 'open' : '');
        printf("%2d %s\n   %s\n", $number, $title, implode(', ', $tests[$number] ?? []) ?: "($why)");
    }
}
foreach ($complaints as $complaint) {
    fwrite(STDERR, "$complaint\n");
}
exit($complaints === [] ? 0 : 1);
