--TEST--
A restart: another engine takes over, on the same sockets and with the new configuration
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../processes.inc';

$server = new ProcessServer();
$old = $server->server->subscriber('room');
[$engine] = $server->engines();
$server->write(['limits' => ['event_data_size' => 1000], 'log' => ['level' => 'info']]);
echo $server->change(12), "\n";
var_dump($old->receive(), $old->closeCode);
wait_until(fn () => !process_runs($engine)); // its other shard may accept a moment longer
$new = $server->server->subscriber('room');
$client = $server->server->client();
var_dump($client->status()['engine_pid'] !== $engine, $client->publish('room', 'event', []));
caught(fn () => $client->publish('room', 'event', ['text' => str_repeat('x', 1000)]));
var_dump(process_runs($engine), count($server->engines()));

echo "-- the new configuration is the one that a killed engine's successor gets\n";
[$engine] = $server->engines();
kill_process($engine, 9);
$again = $server->server->subscriber('room');
caught(fn () => $server->server->client()->publish('room', 'event', ['text' => str_repeat('x', 1000)]));

echo "-- twenty restarts\n";
$server->change(12);
wait_until(fn () => count(children_of($server->server->pid)) === 1);
$server->line('the replaced engine is gone', 1); // its ends are closed before that is said
$before = $server->descriptors();
for ($time = 0; $time < 20; $time++) {
    if (($outcome = $server->change(12)) !== 'done') {
        echo $outcome, "\n";
    }
}
wait_until(fn () => count(children_of($server->server->pid)) === 1);
var_dump(count(children_of($server->server->pid)), wait_until(fn () => $server->descriptors() === $before));
var_dump($server->server->subscriber('room')->socketId !== '');
var_dump($server->server->stop());
?>
===DONE===
--EXPECTF--
done
NULL
int(4200)
bool(true)
int(1)
Ody\Websocket\Channel\Exceptions\MessageException: %s
bool(false)
int(1)
-- the new configuration is the one that a killed engine's successor gets
Ody\Websocket\Channel\Exceptions\MessageException: %s
-- twenty restarts
int(1)
bool(true)
bool(true)
bool(true)
===DONE===
