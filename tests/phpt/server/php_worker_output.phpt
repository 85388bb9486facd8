--TEST--
What a PHP worker prints becomes lines of the log, and not too many
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../processes.inc';

$server = new ProcessServer(['php_workers' => ['num' => 1]], <<<'PHP'
    echo "one\n\ntwo\r\n";
    fwrite(STDERR, "an error\n");
    echo "a\x00b\x1b[31m\xff\n", str_repeat('x', 8192), str_repeat('y', 5000), "\nafter\nthe end";
    flush();
    PHP);
$server->line('a php worker failed', -1);
$server->line('php worker recycled');
foreach ($server->lines('php worker') as $line) {
    if ($line['pid'] === $server->lines('php worker')[0]['pid']) {
        echo json_encode(substr($line['line'], 0, 20)), isset($line['part']) ? " part $line[part], " . strlen($line['line']) : '', "\n";
    }
}
var_dump($server->lines("the end of a php worker's long line is left out")[0]['bytes']);
$server->server->stop();

echo "-- endless output\n";
$began = microtime(true);
$server = new ProcessServer(['php_workers' => ['num' => 1], 'drain_time' => 0], 'while (true) { echo str_repeat("z", 79), "\n"; }');
// 200 in each second, also in the next ones. The last second has begun, and perhaps the first had before.
var_dump($server->line('php worker', 450) !== null);
$count = count($server->lines('php worker'));
var_dump($count <= 200 * (2 + ceil(microtime(true) - $began)));
$started = microtime(true);
var_dump($server->server->client()->channelExists('room'), microtime(true) - $started < 20);
[$worker] = $server->workers();
kill_process($worker, 9);
var_dump($server->line('the last output of a php worker is left out: it printed too much')['bytes'] > 1000);
var_dump($server->server->stop());

echo "-- a line without an end\n";
$server = new ProcessServer(['php_workers' => ['num' => 1], 'drain_time' => 0], 'while (true) { echo str_repeat("z", 1000); }');
$server->line('php worker', 2);
sleep(2);
var_dump(count($server->lines('php worker')), $server->lines('php worker')[2]['part'], filesize($server->server->log) < 100000);
var_dump($server->server->stop());
?>
===DONE===
--EXPECT--
"one"
""
"two"
"an error"
"a\u0000b\u001b[31m\ufffd"
"xxxxxxxxxxxxxxxxxxxx" part 1, 3000
"xxxxxxxxxxxxxxxxxxxx" part 2, 3000
"xxxxxxxxxxxxxxxxxxxx" part 3, 2192
"after"
"the end"
int(5000)
-- endless output
bool(true)
bool(true)
bool(false)
bool(true)
bool(true)
bool(true)
-- a line without an end
int(3)
int(3)
bool(true)
bool(true)
===DONE===
