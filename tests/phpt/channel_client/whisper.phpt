--TEST--
whisper() sends to one client
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';

$server = new TestServer();
$client = $server->client();
$one = $server->subscriber('room');
$two = $server->subscriber('room');
var_dump($client->whisper($one->socketId, 'secret', ['for' => 'you']));
$event = $one->expect('secret');
echo json_encode($event['data']), ' ', json_encode($event['channel'] ?? null), "\n";
var_dump($client->whisper($one->socketId, 'in-room', [], 'room'));
echo $one->expect('in-room')['channel'], "\n";
var_dump($client->whisper($one->socketId, 'elsewhere', [], 'other-room'));
var_dump($client->whisper('1.2', 'nobody', []));
$client->publish('room', 'last', []);
$two->expect('last');
$one->expect('last');
var_dump($client->whisper('not-an-id', 'event', []));
?>
===DONE===
--EXPECT--
bool(true)
{"for":"you"} null
bool(true)
room
bool(false)
bool(false)
bool(false)
===DONE===
