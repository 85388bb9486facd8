--TEST--
The constructor runs once, and before everything else
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';
use Ody\Websocket\Channel\ChannelClient;

$client = new ChannelClient('/tmp/none.sock');
caught(fn () => $client->__construct('/tmp/other.sock'));
$bare = (new ReflectionClass(ChannelClient::class))->newInstanceWithoutConstructor();
caught(fn () => $bare->publish('a', 'b', []));
caught(fn () => $bare->publishToChannels(['a'], 'b', []));
caught(fn () => $bare->whisper('1.2', 'b', []));
caught(fn () => $bare->getSubscribers('a'));
caught(fn () => $bare->isSubscribed('1.2', 'a'));
caught(fn () => $bare->channelExists('a'));
caught(fn () => $bare->getChannels());
caught(fn () => $bare->status());
?>
===DONE===
--EXPECT--
Error: Ody\Websocket\Channel\ChannelClient::__construct() may only be called once
Error: Ody\Websocket\Channel\ChannelClient::__construct() has not been called
Error: Ody\Websocket\Channel\ChannelClient::__construct() has not been called
Error: Ody\Websocket\Channel\ChannelClient::__construct() has not been called
Error: Ody\Websocket\Channel\ChannelClient::__construct() has not been called
Error: Ody\Websocket\Channel\ChannelClient::__construct() has not been called
Error: Ody\Websocket\Channel\ChannelClient::__construct() has not been called
Error: Ody\Websocket\Channel\ChannelClient::__construct() has not been called
Error: Ody\Websocket\Channel\ChannelClient::__construct() has not been called
===DONE===
