--TEST--
The constructor runs once, and before everything else
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';
use Ody\Websocket\Channel\ChannelAuthGenerator;

$generator = new ChannelAuthGenerator('secret', 'key');
$token = $generator->generatePrivateAuth('1.2', 'private-a');
caught(fn () => $generator->__construct('other', 'other'));
var_dump($generator->generatePrivateAuth('1.2', 'private-a') === $token);

$bare = (new ReflectionClass(ChannelAuthGenerator::class))->newInstanceWithoutConstructor();
caught(fn () => $bare->generatePrivateAuth('1.2', 'private-a'));
caught(fn () => $bare->generatePresenceAuth('1.2', 'presence-a', ['user_id' => 1]));
caught(fn () => $bare->validatePrivateAuth('1.2', 'private-a', 'key:00'));
caught(fn () => $bare->validatePresenceAuth('1.2', 'presence-a', 'key:00'));
?>
===DONE===
--EXPECT--
Error: Ody\Websocket\Channel\ChannelAuthGenerator::__construct() may only be called once
bool(true)
Error: Ody\Websocket\Channel\ChannelAuthGenerator::__construct() has not been called
Error: Ody\Websocket\Channel\ChannelAuthGenerator::__construct() has not been called
Error: Ody\Websocket\Channel\ChannelAuthGenerator::__construct() has not been called
Error: Ody\Websocket\Channel\ChannelAuthGenerator::__construct() has not been called
===DONE===
