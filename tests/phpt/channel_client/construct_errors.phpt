--TEST--
Arguments that cannot work are refused
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';
use Ody\Websocket\Channel\ChannelClient;

caught(fn () => new ChannelClient(''));
caught(fn () => new ChannelClient('/' . str_repeat('a', 107)));
caught(fn () => new ChannelClient("/a\0b"));
foreach ([0.0, -1.0, 600.1, INF, NAN, 0.0004] as $seconds) {
    caught(fn () => new ChannelClient('/a', $seconds));
    caught(fn () => new ChannelClient('/a', 1.0, $seconds));
}
caught(fn () => new ChannelClient('/a', 1.0, 5.0, 'maybe'));
caught(fn () => new ChannelClient('/a', 1.0, 5.0, ''));
caught(fn () => new ChannelClient());
new ChannelClient('/' . str_repeat('a', 106), 600, 0.001, 'ignore');
?>
===DONE===
--EXPECT--
ValueError: Ody\Websocket\Channel\ChannelClient::__construct(): Argument #1 ($socketPath) must have between 1 and 107 bytes
ValueError: Ody\Websocket\Channel\ChannelClient::__construct(): Argument #1 ($socketPath) must have between 1 and 107 bytes
ValueError: Ody\Websocket\Channel\ChannelClient::__construct(): Argument #1 ($socketPath) must not contain any null bytes
ValueError: Ody\Websocket\Channel\ChannelClient::__construct(): Argument #2 ($connectTimeout) must be between 0.001 and 600 seconds
ValueError: Ody\Websocket\Channel\ChannelClient::__construct(): Argument #3 ($timeout) must be between 0.001 and 600 seconds
ValueError: Ody\Websocket\Channel\ChannelClient::__construct(): Argument #2 ($connectTimeout) must be between 0.001 and 600 seconds
ValueError: Ody\Websocket\Channel\ChannelClient::__construct(): Argument #3 ($timeout) must be between 0.001 and 600 seconds
ValueError: Ody\Websocket\Channel\ChannelClient::__construct(): Argument #2 ($connectTimeout) must be between 0.001 and 600 seconds
ValueError: Ody\Websocket\Channel\ChannelClient::__construct(): Argument #3 ($timeout) must be between 0.001 and 600 seconds
ValueError: Ody\Websocket\Channel\ChannelClient::__construct(): Argument #2 ($connectTimeout) must be between 0.001 and 600 seconds
ValueError: Ody\Websocket\Channel\ChannelClient::__construct(): Argument #3 ($timeout) must be between 0.001 and 600 seconds
ValueError: Ody\Websocket\Channel\ChannelClient::__construct(): Argument #2 ($connectTimeout) must be between 0.001 and 600 seconds
ValueError: Ody\Websocket\Channel\ChannelClient::__construct(): Argument #3 ($timeout) must be between 0.001 and 600 seconds
ValueError: Ody\Websocket\Channel\ChannelClient::__construct(): Argument #2 ($connectTimeout) must be between 0.001 and 600 seconds
ValueError: Ody\Websocket\Channel\ChannelClient::__construct(): Argument #3 ($timeout) must be between 0.001 and 600 seconds
ValueError: Ody\Websocket\Channel\ChannelClient::__construct(): Argument #4 ($missingChannel) must be "throw" or "ignore"
ValueError: Ody\Websocket\Channel\ChannelClient::__construct(): Argument #4 ($missingChannel) must be "throw" or "ignore"
ArgumentCountError: Ody\Websocket\Channel\ChannelClient::__construct() expects at least 1 argument, 0 given
===DONE===
