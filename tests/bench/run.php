<?php

declare(strict_types=1);

/*
 * Measures the server against the floor, interleaved in one run, and prints the tables of
 * docs/performance.md. Exit status 1 when a bound is missed.
 *
 *   make -C tests/bench && php tests/bench/run.php [fanout] [accept] [memory] [publish] [http] [workers] [inspector] [soak]
 *
 *   php tests/bench/run.php peers NAME=PID,PORT,ID,KEY,SECRET …
 *
 * The second compares with servers that run already, and has no bound. It needs the packages of the tests, which
 * bin/test installs.
 */

require dirname(__DIR__, 2) . '/vendor/autoload.php';
require __DIR__ . '/Process.php';
require __DIR__ . '/Server.php';
require __DIR__ . '/Scenarios.php';
require __DIR__ . '/Peers.php';

if (!class_exists(PHPUnit\Framework\Assert::class)) {
    fwrite(STDERR, "run.php: the packages of the tests are missing: run bin/test checks once\n");
    exit(2);
}

if (($argv[1] ?? '') === 'peers') {
    (new Peers(dirname(__DIR__, 2)))->compare(array_slice($argv, 2));
    exit;
}

const SCENARIOS = ['fanout', 'accept', 'memory', 'publish', 'http', 'workers', 'inspector', 'soak'];

$wanted = array_slice($argv, 1) ?: SCENARIOS;
$scenarios = new Scenarios(dirname(__DIR__, 2));
foreach ($wanted as $name) {
    if (!in_array($name, SCENARIOS, true)) {
        fwrite(STDERR, "run.php: there is no scenario \"$name\"\n");
        exit(2);
    }
    $scenarios->$name();
}
exit($scenarios->summary());
