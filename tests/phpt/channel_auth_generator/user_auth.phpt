--TEST--
Tokens for signing in: the published vector, and users that cannot be signed
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';
use Ody\Websocket\Channel\ChannelAuthGenerator;

$generator = new ChannelAuthGenerator('7ad3773142a6692b25b8', '278d425bdf160c739803');
echo $generator->generateUserAuth('1234.1234', ['id' => '12345']), "\n";
$user = ['id' => '7', 'user_info' => ['name' => 'Zoë/1', 'score' => 1.0], 'watchlist' => ['8', '9']];
echo $generator->userData($user), "\n";
$token = $generator->generateUserAuth('1.2', $user);
var_dump($token === '278d425bdf160c739803:' . hash_hmac('sha256', '1.2::user::' . $generator->userData($user), '7ad3773142a6692b25b8'));
$id = '7';
$user['id'] = &$id;
var_dump($generator->generateUserAuth('1.2', $user) === $token);

caught(fn () => $generator->generateUserAuth('1.2:private-a', ['id' => '7']));
foreach ([[], ['id' => ''], ['id' => 7], ['id' => null], ['id' => 1.5], ['id' => true], ['id' => []], ['user_id' => '7']] as $user) {
    caught(fn () => $generator->generateUserAuth('1.2', $user));
}
caught(fn () => $generator->userData(['id' => 7]));
caught(fn () => $generator->userData(['id' => '7', 'user_info' => "\xff"]));
caught(fn () => $generator->generateUserAuth('1.2', ['id' => "\xff"]));
caught(fn () => (new ChannelAuthGenerator('secret'))->generateUserAuth('1.2', ['id' => '7']));
$bare = (new ReflectionClass(ChannelAuthGenerator::class))->newInstanceWithoutConstructor();
caught(fn () => $bare->generateUserAuth('1.2', ['id' => '7']));
?>
===DONE===
--EXPECT--
278d425bdf160c739803:4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba
{"id":"7","user_info":{"name":"Zoë/1","score":1.0},"watchlist":["8","9"]}
bool(true)
bool(true)
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::generateUserAuth(): Argument #1 ($socketId) must be a socket id: digits, a dot and digits
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::generateUserAuth(): Argument #2 ($userData) must have an "id" that is a non-empty string
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::generateUserAuth(): Argument #2 ($userData) must have an "id" that is a non-empty string
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::generateUserAuth(): Argument #2 ($userData) must have an "id" that is a non-empty string
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::generateUserAuth(): Argument #2 ($userData) must have an "id" that is a non-empty string
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::generateUserAuth(): Argument #2 ($userData) must have an "id" that is a non-empty string
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::generateUserAuth(): Argument #2 ($userData) must have an "id" that is a non-empty string
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::generateUserAuth(): Argument #2 ($userData) must have an "id" that is a non-empty string
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::generateUserAuth(): Argument #2 ($userData) must have an "id" that is a non-empty string
ValueError: Ody\Websocket\Channel\ChannelAuthGenerator::userData(): Argument #1 ($userData) must have an "id" that is a non-empty string
Ody\Websocket\Channel\Exceptions\MessageException: The user's data cannot be JSON: a text in it is not valid UTF-8
Ody\Websocket\Channel\Exceptions\MessageException: The user's data cannot be JSON: a text in it is not valid UTF-8
LogicException: A token begins with the API key: give it to the constructor
Error: Ody\Websocket\Channel\ChannelAuthGenerator::__construct() has not been called
===DONE===
