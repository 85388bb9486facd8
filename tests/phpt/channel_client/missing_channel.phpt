--TEST--
A channel without subscribers: thrown, ignored, and those that always exist
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';
use Ody\Websocket\Channel\Exceptions\ChannelNotFoundException;

$server = new TestServer();
try {
    $server->client()->publish('nobody-here', 'event', []);
    echo "not thrown\n";
} catch (ChannelNotFoundException $error) {
    echo get_class($error), ' ', $error->getCode(), str_contains($error->getMessage(), 'nobody-here') ? ' names it' : $error->getMessage(), "\n";
}
var_dump($server->client('ignore')->publish('nobody-here', 'event', []));
var_dump($server->client()->publish('cache-news', 'event', []));
var_dump($server->client()->publish('#server-to-user-7', 'event', []));

$subscriber = $server->subscriber('short');
var_dump($server->client()->publish('short', 'event', []));
$subscriber->close();
var_dump(wait_until(fn () => !$server->client()->channelExists('short')));
caught(fn () => $server->client('ignore')->publish('not a name', 'event', []));
?>
===DONE===
--EXPECT--
Ody\Websocket\Channel\Exceptions\ChannelNotFoundException 13 names it
int(0)
int(0)
int(0)
int(1)
bool(true)
Ody\Websocket\Channel\Exceptions\ChannelException: invalid channel name: 1 to 200 of the characters A-Z a-z 0-9 _ - = @ , . ; are allowed
===DONE===
