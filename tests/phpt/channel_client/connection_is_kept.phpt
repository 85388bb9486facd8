--TEST--
Objects of one process share a connection, also one after the other
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';

$server = new TestServer();
function sockets(): int
{
    $sockets = array_filter(glob('/proc/self/fd/*'), fn ($link) => str_starts_with((string) @readlink($link), 'socket:'));
    return count($sockets);
}
$before = sockets();
$server->client()->status();
$server->client()->status();
$other = $server->client('ignore');
$other->status();
var_dump(sockets() - $before);
for ($number = 1; $number <= 40; $number++) {
    $client = new Ody\Websocket\Channel\ChannelClient($server->socket, 5.0, 10.0 + $number);
    $client->status();
}
var_dump(sockets() - $before <= 16);
$other->status();
?>
===DONE===
--EXPECT--
int(1)
bool(true)
===DONE===
