--TEST--
A second signal cuts the drain short
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';
require __DIR__ . '/../foreground.inc';

// A client that does not answer the close would be waited for.
$server = new ForegroundServer(['drain_time' => 60]);
$client = new WebSocketClient($server->config['port'], 'test-key');
$client->subscribe('room');
$start = microtime(true);
$server->signal(2);
$server->await('stopping');
$server->signal(2);
echo $server->wait(), "\n";
var_dump(microtime(true) - $start < 40);
?>
===DONE===
--EXPECT--
0
bool(true)
===DONE===
