--TEST--
A killed engine is replaced at once; the log says why
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';

$server = new TestServer();
$subscriber = $server->subscriber('room');
[$engine] = children_of($server->pid);
kill_process($engine, 9);
$killed = microtime(true);
var_dump($subscriber->receive());
$again = $server->subscriber('room');
$seconds = microtime(true) - $killed;
// The delay after several deaths grows up to five seconds; after the first there is none.
echo $seconds < (getenv('USE_ZEND_ALLOC') === '0' ? 30 : 5) ? "serves again in time\n" : "served again after $seconds s\n";
var_dump($server->client()->publish('room', 'event', []));
$again->expect('event');
var_dump(children_of($server->pid) !== [$engine], $server->server->pid() === $server->pid);
var_dump($server->logs('the engine was killed'), $server->logs('"signal":9'));
echo "-- a second and a third time\n";
for ($time = 0; $time < 2; $time++) {
    [$engine] = children_of($server->pid);
    kill_process($engine, 9);
    var_dump(wait_until(fn () => ($children = children_of($server->pid)) && $children !== [$engine]));
}
$server->subscriber('room');
var_dump($server->stop());
?>
===DONE===
--EXPECT--
NULL
serves again in time
int(1)
bool(true)
bool(true)
bool(true)
bool(true)
-- a second and a third time
bool(true)
bool(true)
bool(true)
===DONE===
