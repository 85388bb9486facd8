--TEST--
Keys that cannot work are refused
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';
use Ody\Websocket\Channel\ChannelAuthGenerator;

caught(fn () => new ChannelAuthGenerator(''));
caught(fn () => new ChannelAuthGenerator('secret', ''));
caught(fn () => new ChannelAuthGenerator('secret', 'a:b'));
caught(fn () => new ChannelAuthGenerator([]));
caught(fn () => new ChannelAuthGenerator());
?>
===DONE===
--EXPECT--
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::__construct(): Argument #1 ($secretKey) must not be empty
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::__construct(): Argument #2 ($apiKey) must not be empty or contain a colon
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::__construct(): Argument #2 ($apiKey) must not be empty or contain a colon
TypeError: Ody\Websocket\Channel\ChannelAuthGenerator::__construct(): Argument #1 ($secretKey) must be of type string, array given
ArgumentCountError: Ody\Websocket\Channel\ChannelAuthGenerator::__construct() expects at least 1 argument, 0 given
===DONE===
