--TEST--
Socket ids, channels and users that cannot be signed
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';
use Ody\Websocket\Channel\ChannelAuthGenerator;

$generator = new ChannelAuthGenerator('secret', 'key');
foreach (['', '1', '1.', '.1', '1.2.3', 'a.b', '1.2:private-a', "1.2\n", ' 1.2', str_repeat('1', 40) . '.1'] as $socketId) {
    caught(fn () => $generator->generatePrivateAuth($socketId, 'private-a'));
}
foreach (['', 'public', 'presence-a', 'private', 'private-a b', 'private-a:b', "private-\0", 'private-ä', '#server-to-user-1', 'private-' . str_repeat('a', 2000)] as $channel) {
    caught(fn () => $generator->generatePrivateAuth('1.2', $channel));
}
caught(fn () => $generator->generatePresenceAuth('1.2', 'private-a', ['user_id' => 1]));
caught(fn () => $generator->generatePresenceAuth('x', 'presence-a', ['user_id' => 1]));
foreach ([[], ['user_id' => ''], ['user_id' => null], ['user_id' => 1.5], ['user_id' => true], ['user_id' => []]] as $user) {
    caught(fn () => $generator->generatePresenceAuth('1.2', 'presence-a', $user));
}
caught(fn () => $generator->channelData([]));
caught(fn () => $generator->channelData(['user_id' => 1, 'user_info' => "\xff"]));
caught(fn () => $generator->channelData(['user_id' => 1, 'user_info' => NAN]));
$self = ['user_id' => 1];
$self['user_info'] = &$self;
caught(fn () => $generator->channelData($self));
unset($self['user_info']);
$deep = [];
for ($level = 0; $level < 600; $level++) {
    $deep = [$deep];
}
caught(fn () => $generator->channelData(['user_id' => 1, 'user_info' => $deep]));
caught(fn () => $generator->channelData(['user_id' => 1, 'user_info' => STDIN]));
caught(fn () => $generator->channelData(['user_id' => 1, 'user_info' => new class implements JsonSerializable {
    public function jsonSerialize(): mixed { throw new DomainException('not me'); }
}]));
json_decode('{');
caught(fn () => $generator->channelData(['user_id' => 1, 'user_info' => "\xff"]));
$generator->channelData(['user_id' => 1]);
echo json_last_error_msg(), "\n";
?>
===DONE===
--EXPECT--
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::generatePrivateAuth(): Argument #1 ($socketId) must be a socket id: digits, a dot and digits
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::generatePrivateAuth(): Argument #1 ($socketId) must be a socket id: digits, a dot and digits
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::generatePrivateAuth(): Argument #1 ($socketId) must be a socket id: digits, a dot and digits
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::generatePrivateAuth(): Argument #1 ($socketId) must be a socket id: digits, a dot and digits
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::generatePrivateAuth(): Argument #1 ($socketId) must be a socket id: digits, a dot and digits
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::generatePrivateAuth(): Argument #1 ($socketId) must be a socket id: digits, a dot and digits
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::generatePrivateAuth(): Argument #1 ($socketId) must be a socket id: digits, a dot and digits
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::generatePrivateAuth(): Argument #1 ($socketId) must be a socket id: digits, a dot and digits
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::generatePrivateAuth(): Argument #1 ($socketId) must be a socket id: digits, a dot and digits
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::generatePrivateAuth(): Argument #1 ($socketId) must be a socket id: digits, a dot and digits
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::generatePrivateAuth(): Argument #2 ($channel) must be a channel name that begins with "private-" and holds only letters, digits and _-=@,.;
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::generatePrivateAuth(): Argument #2 ($channel) must be a channel name that begins with "private-" and holds only letters, digits and _-=@,.;
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::generatePrivateAuth(): Argument #2 ($channel) must be a channel name that begins with "private-" and holds only letters, digits and _-=@,.;
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::generatePrivateAuth(): Argument #2 ($channel) must be a channel name that begins with "private-" and holds only letters, digits and _-=@,.;
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::generatePrivateAuth(): Argument #2 ($channel) must be a channel name that begins with "private-" and holds only letters, digits and _-=@,.;
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::generatePrivateAuth(): Argument #2 ($channel) must be a channel name that begins with "private-" and holds only letters, digits and _-=@,.;
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::generatePrivateAuth(): Argument #2 ($channel) must be a channel name that begins with "private-" and holds only letters, digits and _-=@,.;
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::generatePrivateAuth(): Argument #2 ($channel) must be a channel name that begins with "private-" and holds only letters, digits and _-=@,.;
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::generatePrivateAuth(): Argument #2 ($channel) must be a channel name that begins with "private-" and holds only letters, digits and _-=@,.;
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::generatePrivateAuth(): Argument #2 ($channel) must be a channel name that begins with "private-" and holds only letters, digits and _-=@,.;
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::generatePresenceAuth(): Argument #2 ($channel) must be a channel name that begins with "presence-" and holds only letters, digits and _-=@,.;
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::generatePresenceAuth(): Argument #1 ($socketId) must be a socket id: digits, a dot and digits
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::generatePresenceAuth(): Argument #3 ($userData) must have a "user_id" that is an integer or a non-empty string
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::generatePresenceAuth(): Argument #3 ($userData) must have a "user_id" that is an integer or a non-empty string
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::generatePresenceAuth(): Argument #3 ($userData) must have a "user_id" that is an integer or a non-empty string
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::generatePresenceAuth(): Argument #3 ($userData) must have a "user_id" that is an integer or a non-empty string
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::generatePresenceAuth(): Argument #3 ($userData) must have a "user_id" that is an integer or a non-empty string
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::generatePresenceAuth(): Argument #3 ($userData) must have a "user_id" that is an integer or a non-empty string
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::channelData(): Argument #1 ($userData) must have a "user_id" that is an integer or a non-empty string
Ody\Websocket\Channel\Exceptions\MessageException: The user's data cannot be JSON: a text in it is not valid UTF-8
Ody\Websocket\Channel\Exceptions\MessageException: The user's data cannot be JSON: it contains INF or NAN
Ody\Websocket\Channel\Exceptions\MessageException: The user's data cannot be JSON: it contains itself
Ody\Websocket\Channel\Exceptions\MessageException: The user's data cannot be JSON: it is nested too deeply
Ody\Websocket\Channel\Exceptions\MessageException: The user's data cannot be JSON: it contains a value of a type that JSON does not have
DomainException: not me
Ody\Websocket\Channel\Exceptions\MessageException: The user's data cannot be JSON: a text in it is not valid UTF-8
Syntax error
===DONE===
