--TEST--
The engine of a killed supervisor drains and ends
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';

$server = new TestServer();
$subscriber = $server->subscriber('room');
[$engine] = children_of($server->pid);
kill_process($server->pid, 9);
var_dump($subscriber->receive(), $subscriber->closeCode);
var_dump(wait_until(fn () => !process_runs($engine)));
var_dump($server->server->pid());
$server->start();
$server->subscriber('room');
var_dump($server->stop());
?>
===DONE===
--EXPECT--
NULL
int(4200)
bool(true)
NULL
bool(true)
===DONE===
