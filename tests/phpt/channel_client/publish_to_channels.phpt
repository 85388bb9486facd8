--TEST--
publishToChannels() skips what is missing and counts over all channels
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';

$server = new TestServer(['additional' => ['worker_num' => 4]]);
$client = $server->client();
$a = $server->subscriber('a');
$b = $server->subscriber('b');
$both = $server->connect();
$both->subscribe('a');
$both->subscribe('b');
var_dump($client->publishToChannels(['a', 'missing', 'b'], 'event', ['x' => 1]));
echo $a->expect('event')['channel'], $b->expect('event')['channel'], "\n";
$channels = [$both->expect('event')['channel'], $both->expect('event')['channel']];
sort($channels);
echo implode(',', $channels), "\n";
var_dump($client->publishToChannels(['missing'], 'event', []));
var_dump($client->publishToChannels(['a', 'a', 'a'], 'once', []));
$a->expect('once');
var_dump($client->publishToChannels(['a', 'b'], 'except', [], $both->socketId));
$a->expect('except');
$b->expect('except');
?>
===DONE===
--EXPECT--
int(4)
ab
a,b
int(0)
int(2)
int(2)
===DONE===
