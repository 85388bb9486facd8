--TEST--
A PHP worker that fails again and again is started less and less often
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../processes.inc';

$server = new ProcessServer(['php_workers' => ['num' => 1]], 'exit(3);');
$line = $server->line('a php worker failed');
var_dump($line['status'], $line['level']);
$times = fn () => array_map(fn ($line) => (new DateTime($line['time']))->format('U.v'), $server->lines('a php worker failed'));
wait_until(fn () => count($times()) >= 6);
$times = $times();
// The second start comes at once, then it takes 0.1, 0.2, 0.4 and 0.8 seconds.
var_dump($times[5] - $times[4] > 0.7, $times[5] - $times[4] < 20, $times[4] - $times[3] > 0.3);
echo "-- a command that is none\n";
var_dump($server->server->stop());
$server = new ProcessServer(['php_workers' => ['num' => 1, 'command' => ['/nowhere/php']]]);
echo $server->line('php worker')['line'], "\n";
var_dump($server->line('a php worker failed')['status']);
echo "-- one that recycles itself at once\n";
$server = new ProcessServer(['php_workers' => ['num' => 1]], 'exit(0);');
$server->line('php worker recycled', 2);
sleep(2);
var_dump(count($server->lines('php worker recycled')) < 10, $server->lines('a php worker failed'));
?>
===DONE===
--EXPECT--
int(3)
string(5) "error"
bool(true)
bool(true)
bool(true)
-- a command that is none
bool(true)
cannot run /nowhere/php: No such file or directory
int(127)
-- one that recycles itself at once
bool(true)
array(0) {
}
===DONE===
