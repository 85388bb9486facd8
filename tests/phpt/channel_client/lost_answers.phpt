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
$hasty = new ChannelClient($server->socket, 5.0, 5.0);
$patient = $server->client();
var_dump($hasty->publish('room', 'event', []), $patient->publish('room', 'event', []));

kill_process($engine, 19);
try {
    $hasty->publish('room', 'event', []);
    echo "not thrown\n";
} catch (OutcomeUnknownException $error) {
    echo get_class($error), str_contains($error->getMessage(), $server->socket) ? " names the socket\n" : "\n";
}
// The request lies in the socket of the stopped engine when that is killed: then this process sleeps for long.
$whenWeSleep = <<<'SH'
    for asleep in $(seq 20); do
        while [ "$(cut -d ' ' -f 3 /proc/$1/stat)" != S ]; do sleep 0.1; done
        sleep 0.05
    done
    kill -9 $2
    SH;
$killer = proc_open(['sh', '-c', $whenWeSleep, 'sh', (string) getmypid(), (string) $engine], [], $pipes);
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
