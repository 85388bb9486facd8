--TEST--
A client finds a server that was restarted
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';
use Ody\Websocket\Exceptions\ConnectionException;

$server = new TestServer();
$client = $server->client();
$subscriber = $server->subscriber('room');
var_dump($client->publish('room', 'event', []));
var_dump($server->stop());
try {
    $client->publish('room', 'event', []);
    echo "not thrown\n";
} catch (ConnectionException $error) {
    echo get_class($error), "\n";
}
$server->start();
$subscriber = $server->subscriber('room');
var_dump($client->publish('room', 'event', []));
$server->stop();
$server->start();
$subscriber = $server->subscriber('room');
var_dump($client->publish('room', 'event', []));
?>
===DONE===
--EXPECT--
int(1)
bool(true)
Ody\Websocket\Exceptions\ConnectionException
int(1)
int(1)
===DONE===
