--TEST--
A refused configuration leaves the one before in force
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';
use Ody\Websocket\Server;

$running = new TestServer();
$server = (new Server())->configure(test_config(['socket' => ['path' => $running->socket]]));
var_dump($server->pid() === $running->pid);
caught(fn () => $server->configure(['port' => 70000]));
var_dump($server->pid() === $running->pid);
$server->configure(test_config());
var_dump($server->pid());
?>
===DONE===
--EXPECT--
bool(true)
Ody\Websocket\Exceptions\ConfigurationException: "port" must be between 1 and 65535, 70000 given
bool(true)
NULL
===DONE===
