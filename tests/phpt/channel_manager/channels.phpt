--TEST--
ChannelManager puts clients into channels, takes them out and sends
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';
use Ody\Websocket\Channel\ChannelManager;

$server = new TestServer(['limits' => ['channels_per_connection' => 4]]);
$manager = new ChannelManager($server->client());
$client = $server->connect();
$id = $client->socketId;

var_dump($manager->subscribe($id, 'private-room'));
$client->expect('pusher_internal:subscription_succeeded');
var_dump($manager->isSubscribed($id, 'private-room'), $manager->getChannelSubscribers('private-room') === [$id]);
var_dump($manager->subscribe($id, 'presence-a', ['user_id' => 7, 'user_info' => ['name' => 'Ada']]));
echo json_encode($client->expect('pusher_internal:subscription_succeeded')['data']), "\n";
echo json_encode($manager->getChannelMembers('presence-a')), json_encode($manager->getChannelMembers('private-room')), json_encode($manager->getChannelMembers('presence-empty')), "\n";
caught(fn () => $manager->getChannelMembers('no spaces'));
var_dump($manager->subscribe($id, 'presence-b', ['channel_data' => '{"user_id":"8"}']));
$client->expect('pusher_internal:subscription_succeeded');
var_dump($manager->subscribe($id, 'presence-c', ['channel_data' => ['user_id' => '9']]));
$client->expect('pusher_internal:subscription_succeeded');
caught(fn () => $manager->subscribe($id, 'one-more'));
var_dump($manager->unsubscribe($id, 'presence-b'), $manager->unsubscribe($id, 'presence-b'));
var_dump(wait_until(fn () => !$manager->isSubscribed($id, 'presence-b')));
caught(fn () => $manager->subscribe($id, 'presence-d'));
caught(fn () => $manager->subscribe($id, 'presence-d', ['channel_data' => '{']));
caught(fn () => $manager->subscribe($id, 'no spaces'));
caught(fn () => $manager->subscribe($id, 'presence-d', ['user_id' => "\xff"]));
var_dump($manager->subscribe('1.2', 'room'), $manager->subscribe('nobody', 'room'), $manager->unsubscribe('nobody', 'room'));

var_dump($manager->broadcast('private-room', 'client-news', ['n' => 1]), $manager->broadcast('private-room', 'news', [], $id));
echo json_encode($client->expect('client-news')), "\n";
var_dump($manager->broadcastToChannels(['private-room', 'empty'], 'more', ['n' => 2]));
$client->expect('more');
var_dump($manager->whisper($id, 'psst', ['n' => 3]), $manager->whisper($id, 'psst', [], 'empty'));
$client->expect('psst');
caught(fn () => $manager->broadcast('empty', 'news', []));
caught(fn () => $manager->broadcast('room', 'news', payload: []));
$names = array_keys($manager->getChannels());
sort($names);
echo implode(' ', $names), "\n";
?>
===DONE===
--EXPECTF--
bool(true)
bool(true)
bool(true)
bool(true)
{"presence":{"count":1,"ids":["7"],"hash":{"7":{"name":"Ada"}}}}
[{"user_id":"7","user_info":{"name":"Ada"}}][][]
Ody\Websocket\Channel\Exceptions\ChannelException: %s
bool(true)
bool(true)
Ody\Websocket\Channel\Exceptions\SubscriptionException: %s
bool(true)
bool(true)
bool(true)
Ody\Websocket\Channel\Exceptions\SubscriptionException: %s
Ody\Websocket\Channel\Exceptions\SubscriptionException: %s
Ody\Websocket\Channel\Exceptions\SubscriptionException: %s
Ody\Websocket\Channel\Exceptions\MessageException: The member's data cannot be JSON: a text in it is not valid UTF-8
bool(false)
bool(false)
bool(true)
int(1)
int(0)
{"event":"client-news","data":{"n":1},"channel":"private-room"}
int(1)
bool(true)
bool(false)
Ody\Websocket\Channel\Exceptions\ChannelNotFoundException: %s
Ody\Websocket\Channel\Exceptions\ChannelNotFoundException: %s
presence-a presence-c private-room
===DONE===
