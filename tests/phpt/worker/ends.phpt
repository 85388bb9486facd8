--TEST--
A worker that ends in the middle of a call: the client learns it before shutdown functions run
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';

$server = new TestServer(['php_workers' => ['num' => 1, 'timeout' => 30]]);
$script = <<<'PHP'
$connection = new Ody\Websocket\Worker\Connection($argv[1], 30.0);
$connection->register(['messages' => true]);
register_shutdown_function(function () {
    ini_set('memory_limit', '-1');
    echo 'shutdown', PHP_EOL;
    fgets(STDIN);
});
echo 'ready', PHP_EOL;
$connection->run(function (array $call) {
    switch (json_decode($call['data'], true)['data']['how']) {
        case 'exit': exit(3);
        case 'fatal': eval('class Twice {} class Twice {}');
        case 'memory': ini_set('memory_limit', '16M'); $all = []; while (true) { $all[] = str_repeat('x', 100_000); }
    }
});
PHP;
$command = [PHP_BINARY, '-n', '-d', 'extension_dir=' . ini_get('extension_dir'), '-d', 'extension=ody_websocket', '-d', 'display_errors=0', '-d', 'log_errors=0', '-r', $script, $server->socket];
$client = null;
foreach (['exit', 'fatal', 'memory'] as $how) {
    $process = proc_open($command, [['pipe', 'r'], ['pipe', 'w'], ['file', '/dev/null', 'w']], $pipes, null, ['USE_ZEND_ALLOC' => '1'] + getenv());
    echo fgets($pipes[1]);
    $client ??= $server->connect();
    $client->send(['event' => 'client-a', 'channel' => 'room', 'data' => ['how' => $how]]);
    // Its shutdown function waits for us.
    echo $client->expect('pusher:error')['data']['message'], "\n";
    echo fgets($pipes[1]);
    fwrite($pipes[0], "\n");
    echo proc_close($process), "\n";
}
?>
===DONE===
--EXPECT--
ready
The application could not handle this
shutdown
3
ready
The application could not handle this
shutdown
255
ready
The application could not handle this
shutdown
255
===DONE===
