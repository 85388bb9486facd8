--TEST--
SIGTERM to a process that a handler has forked is none to the worker
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
$talks = pcntl_fork();
if ($talks === 0) {
    $client = $server->connect();
    foreach ([1, 2] as $number) {
        $client->send(['event' => 'client-a', 'channel' => 'room', 'data' => ['n' => $number]]);
        sleep(3);
    }
    sleep(30);
    exit;
}
$cpu = function (): int {
    $usage = getrusage();
    return ($usage['ru_utime.tv_sec'] + $usage['ru_stime.tv_sec']) * 1000
        + intdiv($usage['ru_utime.tv_usec'] + $usage['ru_stime.tv_usec'], 1000);
};
$before = 0;
$count = $connection->run(function () use (&$before, $cpu): array {
    if ($before > 0) {
        echo $cpu() - $before < 1000 ? "it slept\n" : "it was busy\n";
    } else {
        $child = pcntl_fork();
        if ($child === 0) {
            kill_process(getmypid(), SIGTERM);
            kill_process(getmypid(), SIGKILL);
        }
        pcntl_waitpid($child, $status);
        $before = $cpu();
    }
    return ['verdict' => 'handled'];
}, 2);
var_dump($count);
kill_process($talks, SIGKILL);
?>
===DONE===
--EXPECT--
it slept
int(2)
===DONE===
