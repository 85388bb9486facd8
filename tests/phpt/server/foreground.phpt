--TEST--
In the foreground start() returns 0 after SIGTERM, SIGINT and SIGHUP
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';
require __DIR__ . '/../foreground.inc';

foreach (['SIGTERM' => 15, 'SIGINT' => 2, 'SIGHUP' => 1] as $name => $number) {
    $server = new ForegroundServer();
    $client = new WebSocketClient($server->config['port'], 'test-key');
    $client->subscribe('room');
    $server->signal($number);
    $last = $client->receive();
    echo $name, ': ', $client->closeCode, ', status ', $server->wait(), ', ';
    echo str_contains($server->output, 'returned 0') ? 'PHP went on' : $server->output, ', ';
    echo implode(',', glob(dirname($server->config['socket']['path']) . '/*')), "\n";
}
?>
===DONE===
--EXPECT--
SIGTERM: 4200, status 0, PHP went on, 
SIGINT: 4200, status 0, PHP went on, 
SIGHUP: 4200, status 0, PHP went on, 
===DONE===
