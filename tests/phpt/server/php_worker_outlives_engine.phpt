--TEST--
A PHP worker that hangs in a call when its engine dies does not keep its place for ever
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../processes.inc';

$server = new ProcessServer(['php_workers' => ['num' => 1, 'timeout' => 1]], <<<'PHP'
    touch("$directory/runs." . getmypid());
    while (true) { sleep(1000); }
    PHP);
$started = fn (int $number) => wait_until(fn () => count(glob("$server->directory/runs.*")) === $number);
var_dump($started(1));
[$hangs] = $server->workers();
kill_process($server->engines()[0], 9);
var_dump($started(2), process_runs($hangs), $server->lines('a php worker failed'));
var_dump($server->server->stop());
?>
===DONE===
--EXPECT--
bool(true)
bool(true)
bool(false)
array(0) {
}
bool(true)
===DONE===
