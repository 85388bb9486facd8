--TEST--
Signals and deaths in the middle of a restart
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../processes.inc';

// The command that reads the configuration waits for as long as the file is there.
$slow = 'for (touch(__DIR__ . "/reading"); file_exists(__DIR__ . "/slow");) { usleep(2000); } @unlink(__DIR__ . "/reading");';
$begin = function (ProcessServer $server, int $signal) {
    @unlink("$server->directory/reading"); // of one that was killed
    touch("$server->directory/slow");
    $server->signal($signal);
    return wait_until(fn () => file_exists("$server->directory/reading"));
};

echo "-- the engine dies while the configuration is read\n";
$server = new ProcessServer(before: $slow);
[$engine] = $server->engines();
var_dump($begin($server, 12));
kill_process($engine, 9);
var_dump(wait_until(fn () => $server->engines() !== [] && $server->engines() !== [$engine]));
unlink("$server->directory/slow");
var_dump($server->line('server restarted') !== null, $server->server->subscriber('room')->socketId !== '');
wait_until(fn () => count($server->engines()) === 1);

echo "-- a second and a third wish are one\n";
var_dump($begin($server, 12));
$server->signal(12);
$server->signal(10);
usleep(100_000);
$server->signal(12);
usleep(100_000);
unlink("$server->directory/slow");
var_dump($server->line('server restarted', 2) !== null);
wait_until(fn () => count($server->engines()) === 1);
sleep(1);
var_dump(count($server->lines('server restarted')), count($server->lines('server reloaded')));

echo "-- the command dies\n";
var_dump($begin($server, 12));
[$reader] = array_values(array_filter(children_of($server->server->pid),
    fn ($pid) => str_contains((string) @file_get_contents("/proc/$pid/cmdline"), 'configuration.php')));
kill_process($reader, 15);
echo $server->line('nothing was changed')['reason'], "\n";

echo "-- the server stops\n";
var_dump($begin($server, 12));
$children = children_of($server->server->pid);
$started = microtime(true);
var_dump($server->server->stop(), microtime(true) - $started < 20 /* the command gets 30 */, array_filter($children, process_runs(...)));

echo "-- while the replaced engine still waits for its clients\n";
$stubborn = function (int $port) {
    $stream = stream_socket_client("tcp://127.0.0.1:$port");
    fwrite($stream, "GET /app/test-key?protocol=7 HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        . "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " . base64_encode(random_bytes(16)) . "\r\n\r\n");
    fgets($stream);
    return $stream;
};
$server = new ProcessServer(['drain_time' => 2]);
$client = $stubborn($server->server->port);
var_dump($server->change(12), $server->change(12));
$engines = $server->engines();
var_dump($server->server->stop(), array_filter($engines, process_runs(...)));

echo "-- many of them\n";
$server = new ProcessServer(['drain_time' => 600]);
$engine = $server->lines('server ready')[0]['engine'];
for ($time = 0; $time < 6; $time++) {
    kill_process($engine, 19); // it stays for as long as it is let
    var_dump($server->change(12));
    $engine = $server->lines('server restarted')[$time]['engine'];
}
var_dump(count($server->engines()) <= 5, count($server->lines('too many engines wait for their clients to leave: the oldest ends')));
$server->signal(15);
$server->line('stopping'); // two signals that wait together are one
$server->signal(15);
$engines = $server->engines();
var_dump(wait_until(fn () => array_filter($engines, process_runs(...)) === []));

echo "-- the supervisor is killed with two engines\n";
$server = new ProcessServer(['drain_time' => 2]);
$client = $stubborn($server->server->port);
$server->change(12);
$engines = $server->engines();
kill_process($server->server->pid, 9);
var_dump(wait_until(fn () => array_filter($engines, process_runs(...)) === []));

echo "-- a replaced engine that does not end is killed\n";
$server = new ProcessServer(['drain_time' => 0]);
[$engine] = $server->engines();
kill_process($engine, 19);
var_dump($server->change(12), $server->server->subscriber('room')->socketId !== '');
var_dump($server->line('the engine does not end: killing it')['engine'] === $engine);
var_dump(wait_until(fn () => !in_array($engine, $server->engines(), true)), count($server->engines()), $server->server->stop());

echo "-- a server without the command\n";
$server = new TestServer();
kill_process($server->pid, 12);
var_dump($server->logs('was not started by a command'), $server->stop());
?>
===DONE===
--EXPECTF--
-- the engine dies while the configuration is read
bool(true)
bool(true)
bool(true)
bool(true)
-- a second and a third wish are one
bool(true)
bool(true)
int(3)
int(0)
-- the command dies
bool(true)
The command that reads the configuration was killed by signal 15
-- the server stops
bool(true)
bool(true)
bool(true)
array(0) {
}
-- while the replaced engine still waits for its clients
string(4) "done"
string(4) "done"
bool(true)
array(0) {
}
-- many of them
string(4) "done"
string(4) "done"
string(4) "done"
string(4) "done"
string(4) "done"
string(4) "done"
bool(true)
int(2)
bool(true)
-- the supervisor is killed with two engines
bool(true)
-- a replaced engine that does not end is killed
string(4) "done"
bool(true)
bool(true)
bool(true)
int(1)
bool(true)
-- a server without the command
bool(true)
bool(true)
===DONE===
