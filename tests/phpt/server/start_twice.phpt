--TEST--
A second server is told who serves
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';
use Ody\Websocket\Exceptions\ServerException;
use Ody\Websocket\Server;

$running = new TestServer();
foreach ([true, false] as $background) {
    try {
        $running->server->start($background);
        echo "not thrown\n";
    } catch (ServerException $error) {
        echo str_replace([(string) $running->pid, dirname($running->socket)], ['PID', '…'], $error->getMessage()), "\n";
    }
}
echo "-- another directory, the same port\n";
$other = test_config(['port' => $running->port]);
foreach ([true, false] as $background) {
    try {
        (new Server())->configure($other)->start($background);
        echo "not thrown\n";
    } catch (ServerException $error) {
        var_dump(str_contains($error->getMessage(), (string) $running->port) || $error->getMessage());
    }
}
var_dump((new Server())->configure($other)->stop());
var_dump(file_exists($other['socket']['path']), glob(dirname($other['socket']['path']) . '/*.pid'));
var_dump($running->client()->status()['port'] === $running->port);
?>
===DONE===
--EXPECT--
The server is already running: process PID holds "…/ody.pid"
The server is already running: process PID holds "…/ody.pid"
-- another directory, the same port
bool(true)
bool(true)
bool(false)
bool(false)
array(0) {
}
bool(true)
===DONE===
