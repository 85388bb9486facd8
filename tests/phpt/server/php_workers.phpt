--TEST--
PHP workers are fresh processes; one that ends is replaced, and none outlives the server
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../processes.inc';

$server = new ProcessServer(['php_workers' => ['num' => 2]], <<<'PHP'
    $self = getmypid();
    preg_match_all('/^Sig(Blk|Ign|Cgt):\s*(\w+)/m', file_get_contents('/proc/self/status'), $masks);
    file_put_contents("$directory/facts.$self", json_encode([
        'in' => readlink('/proc/self/fd/0'),
        'open' => count(array_filter(scandir('/proc/self/fd'), fn ($fd) => is_numeric($fd) && $fd > 2 && $fd < 1000 /* valgrind's own are beyond, but for its log */
            && @readlink("/proc/self/fd/$fd") !== false && !preg_match('/(worker\.php|\.mem)$/', (string) @readlink("/proc/self/fd/$fd")))),
        'blocked' => hexdec($masks[2][0]), 'ignored' => hexdec($masks[2][1]) & ~0x1000,
        'variables' => [getenv('LISTEN_FDS'), getenv('NOTIFY_SOCKET')],
        'path' => getenv('PATH') !== false,
    ]));
    while (!file_exists("$directory/recycle.$self")) { usleep(5000); }
    exit(0);
    PHP);
var_dump($server->awaitWorkers(2));
[$first, $second] = $server->workers();
wait_until(fn () => @file_get_contents("$server->directory/facts.$first"));
echo file_get_contents("$server->directory/facts.$first"), "\n";

echo "-- one is killed\n";
kill_process($first, 9);
$line = $server->line('a php worker was killed');
var_dump($line['pid'] === $first, $line['signal'], $line['name'], $line['level']);
var_dump(wait_until(fn () => count($server->workers()) === 2 && !in_array($first, $server->workers(), true)));

echo "-- one is recycled\n";
touch("$server->directory/recycle.$second");
var_dump(wait_until(fn () => count($server->workers()) === 2 && !in_array($second, $server->workers(), true)));
var_dump($server->lines('a php worker failed'), count($server->lines('php worker recycled')));

echo "-- the server stops\n";
$workers = $server->workers();
var_dump($server->server->stop(), array_filter($workers, process_runs(...)));

echo "-- the supervisor is killed\n";
$server->server->start();
$server->awaitWorkers(2);
$workers = $server->workers();
kill_process($server->server->pid, 9);
var_dump(wait_until(fn () => array_filter($workers, process_runs(...)) === []));

echo "-- one that does not listen\n";
$server = new ProcessServer(['php_workers' => ['num' => 1, 'timeout' => 600, 'command' => ['/bin/sh', '-c', 'trap "" TERM; echo deaf; while :; do sleep 0.1; done']]]);
$server->line('php worker');
[$worker] = array_values(array_diff(children_of($server->server->pid), $server->engines()));
$started = microtime(true);
var_dump($server->server->stop(), microtime(true) - $started < 20, process_runs($worker), count($server->lines('a php worker does not end: killing it')));
?>
===DONE===
--EXPECT--
bool(true)
{"in":"\/dev\/null","open":0,"blocked":0,"ignored":0,"variables":[false,false],"path":true}
-- one is killed
bool(true)
int(9)
string(6) "Killed"
string(5) "error"
bool(true)
-- one is recycled
bool(true)
array(0) {
}
int(1)
-- the server stops
bool(true)
array(0) {
}
-- the supervisor is killed
bool(true)
-- one that does not listen
bool(true)
bool(true)
bool(false)
int(1)
===DONE===
