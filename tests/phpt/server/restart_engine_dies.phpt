--TEST--
A new engine that dies as soon as it is ready takes nothing over
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../processes.inc';

$server = new ProcessServer();
$supervisor = $server->server->pid;

// The supervisor sleeps while the new engine becomes ready and dies, so that it learns of both at once.
$client = $server->server->subscriber('room');
$before = $server->engines();
$server->signal(12);
do {
    $new = array_values(array_diff($server->engines(), $before));
} while ($new === []);
kill_process($supervisor, 19);
usleep(500000);
kill_process($new[0], 9);
usleep(100000);
kill_process($supervisor, 18);
echo $server->line('nothing was changed')['reason'] ?? 'it took over', "\n";
var_dump($server->engines() === $before);
var_dump($server->server->client()->publish('room', 'event', []));
$client->expect('event');
echo $server->change(12), "\n";
var_dump($server->server->stop());
?>
===DONE===
--EXPECT--
The new engine ended while it was starting
bool(true)
int(1)
done
bool(true)
===DONE===
