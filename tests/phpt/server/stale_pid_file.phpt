--TEST--
A pid file without a living owner is nobody's
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';
use Ody\Websocket\Server;

$config = test_config();
$config['pid_file'] = dirname($config['socket']['path']) . '/mine.pid';
file_put_contents($config['pid_file'], getmypid() . "\n");
$server = (new Server())->configure($config);
var_dump($server->pid(), $server->stop());
$started = new TestServer(['socket' => $config['socket'], 'pid_file' => $config['pid_file']]);
var_dump((int) file_get_contents($config['pid_file']) === $started->pid, $server->pid() === $started->pid);
var_dump($server->stop(), file_exists($config['pid_file']));
?>
===DONE===
--EXPECT--
NULL
bool(false)
bool(true)
bool(true)
bool(true)
bool(false)
===DONE===
