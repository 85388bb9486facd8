--TEST--
No answer in time, and a connection lost after the request was written
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';
use Ody\Websocket\Channel\ChannelClient;
use Ody\Websocket\Exceptions\OutcomeUnknownException;

$server = new TestServer();
$subscriber = $server->subscriber('room');
[$engine] = children_of($server->pid);
$hasty = new ChannelClient($server->socket, 1.0, 0.2);
$patient = $server->client();
var_dump($hasty->publish('room', 'event', []), $patient->publish('room', 'event', []));

kill_process($engine, 19);
try {
    $hasty->publish('room', 'event', []);
    echo "not thrown\n";
} catch (OutcomeUnknownException $error) {
    echo get_class($error), str_contains($error->getMessage(), $server->socket) ? " names the socket\n" : "\n";
}
// The request lies in the socket of the stopped engine when that is killed.
$killer = proc_open(['sh', '-c', "sleep 2; kill -9 $engine"], [], $pipes);
try {
    $patient->publish('room', 'event', []);
    echo "not thrown\n";
} catch (OutcomeUnknownException $error) {
    echo get_class($error), str_contains($error->getMessage(), $server->socket) ? " names the socket\n" : "\n";
}
proc_close($killer);
$subscriber = $server->subscriber('room');
var_dump($hasty->publish('room', 'event', []), $patient->publish('room', 'event', []));
?>
===DONE===
--EXPECT--
int(1)
int(1)
Ody\Websocket\Exceptions\OutcomeUnknownException names the socket
Ody\Websocket\Exceptions\OutcomeUnknownException names the socket
int(1)
int(1)
===DONE===
