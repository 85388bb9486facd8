--TEST--
SIGTERM ends the loop after the call; SIGINT and SIGHUP do not
--EXTENSIONS--
ody_websocket
pcntl
--FILE--
<?php
require __DIR__ . '/../server.inc';
use Ody\Websocket\Worker\Connection;

$server = new TestServer(['php_workers' => ['num' => 1, 'timeout' => 30]]);
$connection = new Connection($server->socket, 30.0);
$connection->register(['messages' => true]);
pcntl_signal(SIGTERM, SIG_IGN);
$client = $server->connect();
foreach ([1, 2, 3] as $number) {
    $client->send(['event' => 'client-a', 'channel' => 'room', 'data' => ['n' => $number]]);
}
$handler = function (array $call): array {
    $number = json_decode($call['data'], true)['data']['n'];
    foreach ([1 => [SIGINT, SIGHUP], 2 => [SIGTERM], 3 => []][$number] as $signal) {
        kill_process(getmypid(), $signal);
    }
    return ['verdict' => 'refused', 'message' => "answered $number"];
};
// The third had perhaps been sent already when the worker said that it leaves.
$count = $connection->run($handler);
var_dump($count === 2 || $count === 3, pcntl_signal_get_handler(SIGTERM) === SIG_IGN);
echo $client->expect('pusher:error')['data']['message'], "\n";
echo $client->expect('pusher:error')['data']['message'], "\n";

$connection->register(['messages' => true]);
echo $connection->run($handler) + $count, "\n";
if ($count === 2) {
    $connection->register(['messages' => true]);
}
?>
===DONE===
--EXPECTF--
bool(true)
bool(true)
answered 1
answered 2
%d
===DONE===
