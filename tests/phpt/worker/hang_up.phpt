--TEST--
A server that goes away ends the loop, and the worker may register anew
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';
use Ody\Websocket\Worker\Connection;

$server = new TestServer(['php_workers' => ['num' => 1, 'timeout' => 30], 'drain_time' => 0]);
$connection = new Connection($server->socket, 30.0);
$connection->register(['messages' => true]);
$stopper = proc_open(['sh', '-c', "sleep 0.5; kill $server->pid"], [], $pipes);
var_dump($connection->run(fn () => null));
proc_close($stopper);
caught(fn () => $connection->run(fn () => null));
wait_until(fn () => !process_runs($server->pid));
$server->start();
$connection->register(['messages' => true]);
$client = $server->connect();
$client->send(['event' => 'client-a', 'channel' => 'room', 'data' => []]);
var_dump($connection->run(fn () => ['verdict' => 'refused', 'message' => 'anew'], 1));
echo $client->expect('pusher:error')['data']['message'], "\n";
?>
===DONE===
--EXPECT--
int(0)
Ody\Websocket\Exceptions\ServerException: The worker has not registered
int(1)
anew
===DONE===
