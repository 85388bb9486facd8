--TEST--
getSubscribers(), isSubscribed(), channelExists(), getChannels()
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';

$server = new TestServer(['additional' => ['worker_num' => 4]]);
$client = $server->client();
var_dump($client->getChannels(), $client->getSubscribers('room'), $client->channelExists('room'), $client->channelExists('cache-news'));

$one = $server->subscriber('room');
$two = $server->subscriber('room');
$member = $server->subscriber('presence-chat', ['user_id' => 'u1', 'user_info' => ['name' => 'Ann']]);
$second = $server->subscriber('presence-chat', ['user_id' => 'u1']);
$private = $server->subscriber('private-12');
$number = $server->subscriber('12');

$subscribers = $client->getSubscribers('room');
sort($subscribers);
$expected = [$one->socketId, $two->socketId];
sort($expected);
var_dump($subscribers === $expected, array_is_list($subscribers));
var_dump($client->isSubscribed($one->socketId, 'room'), $client->isSubscribed($member->socketId, 'room'), $client->isSubscribed('1.2', 'room'), $client->isSubscribed('not-an-id', 'room'));
var_dump($client->channelExists('room'), $client->channelExists('roo'));
$channels = $client->getChannels();
ksort($channels, SORT_STRING);
foreach ($channels as $name => $channel) {
    echo gettype($name), ' ', $name, ' ', json_encode($channel), "\n";
}
$second->close();
var_dump(wait_until(fn () => count($client->getSubscribers('presence-chat')) === 1));
echo json_encode($client->getChannels()['presence-chat']), "\n";
?>
===DONE===
--EXPECT--
array(0) {
}
array(0) {
}
bool(false)
bool(true)
bool(true)
bool(true)
bool(true)
bool(false)
bool(false)
bool(false)
bool(true)
bool(false)
integer 12 {"name":"12","type":"public","subscribers":1,"metadata":[]}
string presence-chat {"name":"presence-chat","type":"presence","subscribers":2,"metadata":{"users":1}}
string private-12 {"name":"private-12","type":"private","subscribers":1,"metadata":[]}
string room {"name":"room","type":"public","subscribers":2,"metadata":[]}
bool(true)
{"name":"presence-chat","type":"presence","subscribers":1,"metadata":{"users":1}}
===DONE===
