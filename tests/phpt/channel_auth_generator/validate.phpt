--TEST--
Tokens are valid for exactly their socket, channel, key and data
--EXTENSIONS--
ody_websocket
--FILE--
<?php
use Ody\Websocket\Channel\ChannelAuthGenerator;

$generator = new ChannelAuthGenerator('secret', 'key');
$token = $generator->generatePrivateAuth('1.2', 'private-a');
var_dump($generator->validatePrivateAuth('1.2', 'private-a', $token));
foreach ([
    ['1.3', 'private-a', $token], ['1.2', 'private-b', $token], ['1.2', 'private-a', substr($token, 0, -1)], ['1.2', 'private-a', "$token "],
    ['1.2', 'private-a', 'other' . strstr($token, ':')], ['1.2', 'private-a', substr(strstr($token, ':'), 1)], ['1.2', 'private-a', strtoupper($token)],
    ['1.2', 'private-a', ''], ['1.2', 'private-a', ':'], ['x', 'private-a', $token], ['1.2', '', $token], ['1.2', 'presence-a', $token],
] as [$socketId, $channel, $given]) {
    if ($generator->validatePrivateAuth($socketId, $channel, $given) !== false) {
        echo "valid: $socketId $channel $given\n";
    }
}
var_dump((new ChannelAuthGenerator('other', 'key'))->validatePrivateAuth('1.2', 'private-a', $token));

$user = ['user_id' => 'ü/7', 'user_info' => ['n' => 1.0, 'list' => []]];
$token = $generator->generatePresenceAuth('1.2', 'presence-a', $user);
$json = $generator->channelData($user);
echo $json, "\n";
var_dump($generator->validatePresenceAuth('1.2', 'presence-a', $token, $json) === $user);
var_dump($generator->validatePresenceAuth('1.2', 'presence-a', "$token:$json") === $user);
foreach ([[$token, "$json "], [$token, null], ["$token:$json", $json], [$token, '{}'], [$token, ''], ['', $json], ["$token:", null], [':{', null]] as [$given, $data]) {
    if ($generator->validatePresenceAuth('1.2', 'presence-a', $given, $data) !== false) {
        echo "valid: $given $data\n";
    }
}
var_dump($generator->validatePresenceAuth('1.3', 'presence-a', $token, $json), $generator->validatePresenceAuth('1.2', 'presence-b', $token, $json));
// A right signature over something that is no JSON object.
foreach (['5', '"text"', '{', 'null', ''] as $text) {
    $signed = 'key:' . hash_hmac('sha256', "1.2:presence-a:$text", 'secret');
    if ($generator->validatePresenceAuth('1.2', 'presence-a', $signed, $text) !== false) {
        echo "valid: $text\n";
    }
}
?>
===DONE===
--EXPECT--
bool(true)
bool(false)
{"user_id":"ü/7","user_info":{"n":1.0,"list":[]}}
bool(true)
bool(true)
bool(false)
bool(false)
===DONE===
