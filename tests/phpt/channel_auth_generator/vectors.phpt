--TEST--
Tokens equal the published test vectors of the Pusher protocol
--EXTENSIONS--
ody_websocket
--FILE--
<?php
use Ody\Websocket\Channel\ChannelAuthGenerator;

$generator = new ChannelAuthGenerator('7ad3773142a6692b25b8', '278d425bdf160c739803');
echo $generator->generatePrivateAuth('1234.1234', 'private-foobar'), "\n";
$user = ['user_id' => 10, 'user_info' => ['name' => 'Mr. Channels']];
echo $generator->generatePresenceAuth('1234.1234', 'presence-foobar', $user), "\n";
echo $generator->channelData($user), "\n";
foreach (['private-encrypted-a', 'private-cache-a', 'private-encrypted-cache-a', 'private-A.b_c=d@e,f;g-1'] as $channel) {
    $token = $generator->generatePrivateAuth('1.2', $channel);
    var_dump($token === '278d425bdf160c739803:' . hash_hmac('sha256', "1.2:$channel", '7ad3773142a6692b25b8'));
}
$token = $generator->generatePresenceAuth('1.2', 'presence-cache-a', ['user_id' => '7']);
var_dump($token === '278d425bdf160c739803:' . hash_hmac('sha256', '1.2:presence-cache-a:{"user_id":"7"}', '7ad3773142a6692b25b8'));
?>
===DONE===
--EXPECT--
278d425bdf160c739803:58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4
278d425bdf160c739803:31935e7d86dba64c2a90aed31fdc61869f9b22ba9d8863bba239c03ca481bc80
{"user_id":10,"user_info":{"name":"Mr. Channels"}}
bool(true)
bool(true)
bool(true)
bool(true)
bool(true)
===DONE===
