--TEST--
Before configure() nothing else works
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';
use Ody\Websocket\Server;

$server = new Server();
caught(fn () => $server->start());
caught(fn () => $server->start(true));
caught(fn () => $server->stop());
caught(fn () => $server->pid());
caught(fn () => clone $server);
caught(fn () => serialize($server));
caught(function () use ($server) { $server->other = 1; });
$server->configure(test_config());
foreach ([-0.1, 86401.0, NAN, INF] as $timeout) {
    caught(fn () => $server->stop($timeout));
}
var_dump($server->stop(), $server->pid());
var_dump($server);
?>
===DONE===
--EXPECT--
Ody\Websocket\Exceptions\ServerException: The server has no configuration: call configure() first
Ody\Websocket\Exceptions\ServerException: The server has no configuration: call configure() first
Ody\Websocket\Exceptions\ServerException: The server has no configuration: call configure() first
Ody\Websocket\Exceptions\ServerException: The server has no configuration: call configure() first
Error: Trying to clone an uncloneable object of class Ody\Websocket\Server
Exception: Serialization of 'Ody\Websocket\Server' is not allowed
Error: Cannot create dynamic property Ody\Websocket\Server::$other
ValueError: Ody\Websocket\Server::stop(): Argument #1 ($timeout) must be between 0 and 86400 seconds
ValueError: Ody\Websocket\Server::stop(): Argument #1 ($timeout) must be between 0 and 86400 seconds
ValueError: Ody\Websocket\Server::stop(): Argument #1 ($timeout) must be between 0 and 86400 seconds
ValueError: Ody\Websocket\Server::stop(): Argument #1 ($timeout) must be between 0 and 86400 seconds
bool(false)
NULL
object(Ody\Websocket\Server)#2 (0) {
}
===DONE===
