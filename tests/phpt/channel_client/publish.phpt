--TEST--
publish() reaches every subscriber and returns how many
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';

$server = new TestServer();
$client = $server->client();
$one = $server->subscriber('my-channel');
$two = $server->subscriber('my-channel');
var_dump($client->publish('my-channel', 'new-message', ['text' => 'Grüße / "hello"', 'number' => 1.0, 'list' => []]));
foreach ([$one, $two] as $subscriber) {
    $event = $subscriber->expect('new-message');
    echo $event['channel'], ' ', json_encode($event['data'], JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_PRESERVE_ZERO_FRACTION), "\n";
}
echo "-- all but one\n";
var_dump($client->publish('my-channel', 'except', [], $one->socketId));
var_dump($client->publish('my-channel', 'after', []));
$one->expect('after');
$two->expect('except');
$two->expect('after');
echo "-- private and presence\n";
$private = $server->subscriber('private-room');
$presence = $server->subscriber('presence-room', ['user_id' => 7]);
var_dump($client->publish('private-room', 'a', [1]), $client->publish('presence-room', 'b', [2]));
echo json_encode([$private->expect('a')['data'], $presence->expect('b')['data']]), "\n";
echo "-- order\n";
for ($number = 0; $number < 200; $number++) {
    $client->publish('my-channel', 'ordered', ['number' => $number]);
}
for ($number = 0; $number < 200; $number++) {
    if ($one->expect('ordered')['data']['number'] !== $number) {
        echo "out of order\n";
    }
}
?>
===DONE===
--EXPECT--
int(2)
my-channel {"text":"Grüße / \"hello\"","number":1.0,"list":[]}
my-channel {"text":"Grüße / \"hello\"","number":1.0,"list":[]}
-- all but one
int(1)
int(2)
-- private and presence
int(1)
int(1)
[[1],[2]]
-- order
===DONE===
