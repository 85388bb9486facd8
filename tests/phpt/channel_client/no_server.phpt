--TEST--
Without a server every method throws a ConnectionException that names the socket
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';
use Ody\Websocket\Channel\ChannelClient;
use Ody\Websocket\Exceptions\ConnectionException;

$socket = test_directory() . '/none.sock';
$client = new ChannelClient($socket);
foreach ([
    'publish' => ['a', 'b', []], 'publishToChannels' => [['a'], 'b', []], 'whisper' => ['1.2', 'b', []], 'getSubscribers' => ['a'],
    'isSubscribed' => ['1.2', 'a'], 'channelExists' => ['a'], 'getChannels' => [], 'status' => [],
] as $method => $arguments) {
    try {
        $client->$method(...$arguments);
        echo "$method: not thrown\n";
    } catch (ConnectionException $error) {
        echo $method, ': ', str_contains($error->getMessage(), $socket) ? 'names the socket' : $error->getMessage(), ', code ', $error->getCode(), "\n";
    }
}

echo "-- a file that is no socket, a socket that nobody serves, one that never answers\n";
touch("$socket.file");
try {
    (new ChannelClient("$socket.file"))->status();
} catch (ConnectionException $error) {
    echo get_class($error), "\n";
}
$deaf = stream_socket_server("unix://$socket.deaf");
$start = microtime(true);
try {
    (new ChannelClient("$socket.deaf", 0.2, 0.2))->status();
} catch (ConnectionException $error) {
    echo get_class($error), microtime(true) - $start < 10 ? " in time\n" : " too late\n";
}
fclose($deaf);
try {
    (new ChannelClient("$socket.deaf"))->status();
} catch (ConnectionException $error) {
    echo get_class($error), "\n";
}
?>
===DONE===
--EXPECT--
publish: names the socket, code 7
publishToChannels: names the socket, code 7
whisper: names the socket, code 7
getSubscribers: names the socket, code 7
isSubscribed: names the socket, code 7
channelExists: names the socket, code 7
getChannels: names the socket, code 7
status: names the socket, code 7
-- a file that is no socket, a socket that nobody serves, one that never answers
Ody\Websocket\Exceptions\ConnectionException
Ody\Websocket\Exceptions\ConnectionException in time
Ody\Websocket\Exceptions\ConnectionException
===DONE===
