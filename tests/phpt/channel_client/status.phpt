--TEST--
status() tells about the server
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';

$server = new TestServer();
$subscriber = $server->subscriber('room');
$status = $server->client()->status();
foreach (['pid', 'port', 'connections', 'channels', 'uptime'] as $key) {
    echo $key, ' ', get_debug_type($status[$key]), "\n";
}
var_dump($status['port'] === $server->port, $status['connections'], $status['channels']);
var_dump($status['pid'] === $server->pid || in_array($status['pid'], children_of($server->pid), true));
?>
===DONE===
--EXPECT--
pid int
port int
connections int
channels int
uptime int
bool(true)
int(1)
int(1)
bool(true)
===DONE===
