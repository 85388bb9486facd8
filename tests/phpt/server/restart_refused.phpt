--TEST--
A restart that cannot be changes nothing and says why
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../processes.inc';

$server = new ProcessServer(before: <<<'PHP'
    $how = @file_get_contents(__DIR__ . '/how');
    eval($how ?: '');
    PHP);
$client = $server->server->subscriber('room');
$before = $server->engines();
$how = function (string $php) use ($server) {
    file_put_contents("$server->directory/how", $php);
    echo $server->change(12), "\n";
};
$good = $server->config;

echo "-- the configuration\n";
foreach ([['port' => 70000], ['limits' => ['message_size' => 1]], ['prot' => 1], ['secret_key' => null]] as $changes) {
    $server->print(json_encode(array_replace_recursive($good, $changes)));
    echo $server->change(12), "\n";
}
foreach (['{"a":', '', '7', "[1]\n\n", str_repeat('[', 1000)] as $text) {
    $server->print($text);
    echo $server->change(12), "\n";
}

echo "-- what needs stop and start\n";
$server->print(json_encode(array_replace_recursive($good, ['host' => 'localhost', 'additional' => ['worker_num' => 1]])));
echo $server->change(12), "\n";
$server->print(json_encode(array_replace_recursive($good, ['log' => ['file' => '/nowhere/log']])));
echo $server->change(12), "\n";

echo "-- the command\n";
$server->print(json_encode($good));
$how('exit(7);');
$how('fwrite(STDERR, "The file is broken.\n"); exit(1);');
$how('kill: posix_kill_is_missing();');
$how('while (true) { echo str_repeat("x", 65536); }');

echo "-- still the same\n";
var_dump($server->engines() === $before);
var_dump($server->server->client()->publish('room', 'event', []));
$client->expect('event');
unlink("$server->directory/how");
echo $server->change(12), "\n";
var_dump($server->server->stop());
?>
===DONE===
--EXPECTF--
-- the configuration
"port" must be between 1 and 65535, 70000 given
"limits.message_size" must be between 256 and 67108864 bytes, 1 given
"prot" is not a configuration key; the nearest one is "port"
"secret_key" is not set; `php artisan websocket:keys` makes new keys
The command that reads the configuration printed no JSON object
The command that reads the configuration printed no JSON object
The command that reads the configuration printed no JSON object
"0" is not a configuration key
The command that reads the configuration printed no JSON object
-- what needs stop and start
A restart cannot change this: host, additional.worker_num. Stop the server and start it
A restart cannot change this: log.file. Stop the server and start it
-- the command
The command that reads the configuration ended with status 7 and said nothing
The file is broken.
%Aposix_kill_is_missing%A
The configuration has more than 1048576 bytes
-- still the same
bool(true)
int(1)
done
bool(true)
===DONE===
