--TEST--
Arguments are checked before the server is asked
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';
use Ody\Websocket\Channel\ChannelClient;

$client = new ChannelClient('/tmp/none.sock');
caught(fn () => $client->publish('a', 'b', [], 'everybody'));
caught(fn () => $client->publishToChannels(['a'], 'b', [], '1'));
caught(fn () => $client->publishToChannels(['a', 7], 'b', []));
caught(fn () => $client->publishToChannels(['a', ['b']], 'b', []));
caught(fn () => $client->publish('a', 'b', ["\xff"]));
caught(fn () => $client->publish('a', 'b', [NAN]));
caught(fn () => $client->whisper('1.2', 'b', ["\xff"]));
caught(fn () => $client->publish('a', 'b', [new class implements JsonSerializable {
    public function jsonSerialize(): mixed { throw new DomainException('not me'); }
}]));
caught(fn () => $client->publish('a', 'b', 'text'));
var_dump($client->publishToChannels([], 'b', []));
?>
===DONE===
--EXPECT--
ValueError: Ody\Websocket\Channel\ChannelClient::publish(): Argument #4 ($except) must be a socket id: digits, a dot and digits
ValueError: Ody\Websocket\Channel\ChannelClient::publishToChannels(): Argument #4 ($except) must be a socket id: digits, a dot and digits
TypeError: Ody\Websocket\Channel\ChannelClient::publishToChannels(): Argument #1 ($channels) must be an array of strings, int given in it
TypeError: Ody\Websocket\Channel\ChannelClient::publishToChannels(): Argument #1 ($channels) must be an array of strings, array given in it
Ody\Websocket\Channel\Exceptions\MessageException: The data of the event cannot be JSON: a text in it is not valid UTF-8
Ody\Websocket\Channel\Exceptions\MessageException: The data of the event cannot be JSON: it contains INF or NAN
Ody\Websocket\Channel\Exceptions\MessageException: The data of the event cannot be JSON: a text in it is not valid UTF-8
DomainException: not me
TypeError: Ody\Websocket\Channel\ChannelClient::publish(): Argument #3 ($data) must be of type array, string given
int(0)
===DONE===
