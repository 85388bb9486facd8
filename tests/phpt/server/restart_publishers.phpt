--TEST--
Processes that publish without a pause do not notice restarts
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../processes.inc';

$server = new ProcessServer();
$publish = <<<'PHP'
    $client = new Ody\Websocket\Channel\ChannelClient($argv[1], 5.0, 30.0);
    for ($count = 0; !file_exists($argv[2]); $count++) {
        try {
            $client->publish('cache-room', 'event', ['number' => $count]);
        } catch (Throwable $error) {
            echo get_class($error), ': ', $error->getMessage(), "\n";
        }
    }
    echo $count > 1000 ? 'many' : $count, "\n";
    PHP;
$php = [PHP_BINARY, '-n', '-d', 'extension_dir=' . ini_get('extension_dir'), '-d', 'extension=ody_websocket'];
for ($number = 0; $number < 3; $number++) {
    $publishers[] = popen(implode(' ', array_map('escapeshellarg', [...$php, '-r', $publish, $server->server->socket, "$server->directory/end"])) . ' 2>&1', 'r');
}
for ($time = 0; $time < 20; $time++) {
    if (($outcome = $server->change(12)) !== 'done') {
        echo $outcome, "\n";
    }
}
touch("$server->directory/end");
foreach ($publishers as $publisher) {
    echo stream_get_contents($publisher);
    pclose($publisher);
}
var_dump($server->server->stop());
?>
===DONE===
--EXPECT--
many
many
many
bool(true)
===DONE===
