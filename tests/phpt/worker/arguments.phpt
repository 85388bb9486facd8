--TEST--
What the connection of a worker cannot be made of, registered with or told to run
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';
use Ody\Websocket\Worker\Connection;

caught(fn () => new Connection(''));
caught(fn () => new Connection(str_repeat('x', 108)));
caught(fn () => new Connection('/nowhere/ody.sock', 0.0));
caught(fn () => new Connection('/nowhere/ody.sock', NAN));
$connection = new Connection('/nowhere/ody.sock', 0.1);
caught(fn () => $connection->__construct('/nowhere/ody.sock'));
caught(fn () => clone $connection);
caught(fn () => serialize($connection));
foreach ([
    ['notices' => 'opened'],
    ['notices' => ['message']],
    ['notices' => ['unsubscribed']],
    ['notices' => [3]],
    ['handlers' => ['']],
    ['handlers' => [str_repeat('x', 65)]],
    ['handlers' => array_map(strval(...), range(1, 65))],
] as $interest) {
    caught(fn () => $connection->register($interest));
}
caught(fn () => $connection->register(['handlers' => ['custom']]));
caught(fn () => $connection->run(fn () => null));
caught(fn () => $connection->run(fn () => null, -1));
caught(fn () => $connection->run('no_such_function'));
?>
===DONE===
--EXPECTF--
ValueError: Ody\Websocket\Worker\Connection::__construct(): Argument #1 ($socketPath) must have between 1 and 107 bytes
ValueError: Ody\Websocket\Worker\Connection::__construct(): Argument #1 ($socketPath) must have between 1 and 107 bytes
ValueError: Ody\Websocket\Worker\Connection::__construct(): Argument #2 ($connectTimeout) must be between 0.001 and 600 seconds
ValueError: Ody\Websocket\Worker\Connection::__construct(): Argument #2 ($connectTimeout) must be between 0.001 and 600 seconds
Error: Ody\Websocket\Worker\Connection::__construct() may only be called once
Error: Trying to clone an uncloneable object of class Ody\Websocket\Worker\Connection
Exception: Serialization of 'Ody\Websocket\Worker\Connection' is not allowed
ValueError: Ody\Websocket\Worker\Connection::register(): Argument #1 ($interest) must have a list of texts as "notices"
ValueError: Ody\Websocket\Worker\Connection::register(): Argument #1 ($interest) must not have "message" among its notices
ValueError: Ody\Websocket\Worker\Connection::register(): Argument #1 ($interest) must not have "unsubscribed" among its notices
ValueError: Ody\Websocket\Worker\Connection::register(): Argument #1 ($interest) must have a list of texts as "notices"
ValueError: Ody\Websocket\Worker\Connection::register(): Argument #1 ($interest) must have channel types of 1 to 64 bytes
ValueError: Ody\Websocket\Worker\Connection::register(): Argument #1 ($interest) must have channel types of 1 to 64 bytes
ValueError: Ody\Websocket\Worker\Connection::register(): Argument #1 ($interest) must not have more than 64 handlers
Ody\Websocket\Exceptions\ConnectionException: %s/nowhere/ody.sock%s
Ody\Websocket\Exceptions\ServerException: The worker has not registered
ValueError: Ody\Websocket\Worker\Connection::run(): Argument #2 ($maxMessages) must be greater than or equal to 0
TypeError: Ody\Websocket\Worker\Connection::run(): Argument #1 ($handler) must be a valid callback, function "no_such_function" not found or invalid function name
===DONE===
