--TEST--
Without an API key tokens are checked but not made
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';
use Ody\Websocket\Channel\ChannelAuthGenerator;

$checker = new ChannelAuthGenerator('secret');
caught(fn () => $checker->generatePrivateAuth('1.2', 'private-a'));
caught(fn () => $checker->generatePresenceAuth('1.2', 'presence-a', ['user_id' => 1]));
$hex = hash_hmac('sha256', '1.2:private-a', 'secret');
var_dump($checker->validatePrivateAuth('1.2', 'private-a', $hex));
var_dump($checker->validatePrivateAuth('1.2', 'private-a', "any-key:$hex"));
var_dump($checker->validatePrivateAuth('1.2', 'private-a', strrev($hex)));
var_dump($checker->validatePrivateAuth('1.2', 'private-a', ''));
$json = '{"user_id":"1"}';
$hex = hash_hmac('sha256', "1.2:presence-a:$json", 'secret');
var_dump($checker->validatePresenceAuth('1.2', 'presence-a', "$hex:$json"));
?>
===DONE===
--EXPECT--
LogicException: A token begins with the API key: give it to the constructor
LogicException: A token begins with the API key: give it to the constructor
bool(true)
bool(true)
bool(false)
bool(false)
array(1) {
  ["user_id"]=>
  string(1) "1"
}
===DONE===
