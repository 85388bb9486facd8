--TEST--
A list that does not fit into the memory limit ends the script, and the connection is made anew
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';

$server = new TestServer(['limits' => ['channels_per_connection' => 2000]]);
$one = $server->connect();
for ($number = 0; $number < 2000; $number++) {
    $one->send(['event' => 'pusher:subscribe', 'data' => ['channel' => "channel-$number"]]);
}
for ($number = 0; $number < 2000; $number++) {
    $one->expect('pusher_internal:subscription_succeeded');
}
var_dump(count($server->client()->getChannels()));
$script = <<<'PHP'
$client = new Ody\Websocket\Channel\ChannelClient($argv[1], 5.0, 30.0);
$client->status();
register_shutdown_function(function () use ($client) {
    $GLOBALS['fill'] = [];
    ini_set('memory_limit', '-1');
    echo 'after: ', count($client->getChannels()), PHP_EOL;
});
ini_set('memory_limit', (string) memory_get_usage(true));
$fill = [];
while (memory_get_usage(true) - memory_get_usage() > 150000) {
    $fill[] = str_repeat('x', 10000);
}
$client->getChannels();
echo 'it fitted', PHP_EOL;
PHP;
$command = [PHP_BINARY, '-n', '-d', 'extension_dir=' . ini_get('extension_dir'), '-d', 'extension=ody_websocket', '-d', 'display_errors=1', '-r', $script, $server->socket];
$process = proc_open($command, [1 => ['pipe', 'w'], 2 => ['file', '/dev/null', 'w']], $pipes, null, ['USE_ZEND_ALLOC' => '1'] + getenv());
echo preg_replace('/^.*?(Allowed memory size|it fitted).*?\n/s', "$1\n", stream_get_contents($pipes[1]));
echo proc_close($process), "\n";
var_dump(count($server->client()->getChannels()));
?>
===DONE===
--EXPECT--
int(2000)
Allowed memory size
after: 2000
255
int(2000)
===DONE===
