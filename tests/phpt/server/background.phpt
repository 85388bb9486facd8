--TEST--
start(true) returns when the server serves; stop() when it is gone
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';

$server = new TestServer();
var_dump($server->pid !== getmypid(), process_runs($server->pid), $server->server->pid() === $server->pid);
$pidFile = substr($server->socket, 0, -5) . '.pid';
var_dump((int) file_get_contents($pidFile) === $server->pid);
printf("%o %o\n", fileperms($server->socket) & 0777, fileperms(dirname($server->socket)) & 0777);
$subscriber = $server->subscriber('room');
var_dump($server->client()->publish('room', 'event', []));
$subscriber->expect('event');
foreach ([0, 1, 2] as $descriptor) {
    echo str_replace($server->log, 'log', readlink("/proc/$server->pid/fd/$descriptor")), "\n";
}
var_dump($server->stop());
var_dump($subscriber->receive(), $subscriber->closeCode);
var_dump(process_runs($server->pid), $server->server->pid(), file_exists($server->socket), file_exists($pidFile));
var_dump(@stream_socket_client("tcp://127.0.0.1:$server->port"));
var_dump($server->stop());
var_dump(str_contains(file_get_contents($server->log), 'test-secret'));
?>
===DONE===
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
660 755
int(1)
/dev/null
/dev/null
log
bool(true)
NULL
int(4200)
bool(false)
NULL
bool(false)
bool(false)
bool(false)
bool(false)
bool(false)
===DONE===
