--TEST--
Sockets that a service manager hands over are served, and it is told how the server is
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../processes.inc';

/** Runs a server as systemd does: the sockets are descriptors 3, 4 and so on. */
function activate(array $config, array $sockets, array $environment = []): array
{
    $script = '$server = (new Ody\Websocket\Server())->configure(' . var_export($config, true) . ');'
        . 'try { exit($server->start()); } catch (Throwable $error) { echo $error->getMessage(), "\n"; }';
    $php = [PHP_BINARY, '-n', '-d', 'extension_dir=' . ini_get('extension_dir'), '-d', 'extension=ody_websocket', '-r', $script];
    $pipes = [];
    $descriptors = [['file', '/dev/null', 'r'], ['pipe', 'w'], ['pipe', 'w'], ...$sockets];
    $process = proc_open(['/bin/sh', '-c', 'LISTEN_PID=$$ exec "$@"', 'sh', ...$php], $descriptors, $pipes, null,
        ['LISTEN_FDS' => (string) count($sockets), 'PATH' => getenv('PATH')] + $environment + getenv());
    return [$process, $pipes];
}
$tcp = stream_socket_server('tcp://127.0.0.1:0');
$port = (int) substr(strrchr(stream_socket_get_name($tcp, false), ':'), 1);
$directory = test_directory();
$unix = stream_socket_server("unix://$directory/ody.sock");
$notified = stream_socket_server("udg://$directory/notify", $errno, $message, STREAM_SERVER_BIND);
$word = function () use ($notified) {
    $read = [$notified];
    $none = [];
    stream_select($read, $none, $none, 30);
    return stream_socket_recvfrom($notified, 4096);
};
$facts = '$facts = [getenv("LISTEN_FDS"), getenv("NOTIFY_SOCKET")];';
file_put_contents("$directory/configuration.php", "<?php $facts; if (\$facts !== [false, false]) { exit(9); } readfile('$directory/configuration.json');");
$config = test_config([
    'port' => $port, 'socket' => ['path' => "$directory/ody.sock"], 'additional' => ['worker_num' => 2],
    'limits' => ['handshake_time' => 600_000], // for the client that comes early
    'configuration_command' => [PHP_BINARY, '-n', "$directory/configuration.php"],
]);
file_put_contents("$directory/configuration.json", json_encode($config));

echo "-- a client that comes before the server\n";
$early = stream_socket_client("tcp://127.0.0.1:$port");
[$process, $pipes] = activate($config, [$tcp, $unix], ['LISTEN_FDNAMES' => 'web:processes', 'NOTIFY_SOCKET' => "$directory/notify"]);
$pid = proc_get_status($process)['pid'];
$ready = $word();
var_dump(str_starts_with($ready, "READY=1\n"), str_contains($ready, "\nMAINPID=$pid\n"));
for ($number = 0; $number < 20; $number++) {
    $clients[] = $client = new WebSocketClient($port, 'test-key');
    $client->subscribe('room');
}
$php = new Ody\Websocket\Channel\ChannelClient("$directory/ody.sock", 5.0, 30.0);
var_dump($php->publish('room', 'event', []));
fwrite($early, "GET / HTTP/1.0\r\n\r\n");
var_dump(str_starts_with(fgets($early), 'HTTP/1.1 '));

echo "-- a restart\n";
kill_process($pid, 12);
$reloading = $word();
var_dump(str_starts_with($reloading, "RELOADING=1\n"), preg_match('/^MONOTONIC_USEC=\d+$/m', $reloading));
var_dump(str_starts_with($word(), "READY=1\n"));
var_dump($clients[0]->receive()['event'] ?? null, $clients[0]->receive(), $clients[0]->closeCode);
/* Who comes in the very moment may still meet the engine that leaves, and comes again as clients do. */
wait_until(function () use ($port, &$client) {
    try {
        return $client = new WebSocketClient($port, 'test-key');
    } catch (RuntimeException) {
        return false;
    }
});

echo "-- the end\n";
proc_terminate($process);
var_dump(str_starts_with($word(), "STOPPING=1\n"));
stream_get_contents($pipes[2]);
var_dump(proc_close($process), file_exists("$directory/ody.sock"));

echo "-- one server after the other\n";
[$process, $pipes] = activate($config, [$tcp, $unix], ['NOTIFY_SOCKET' => "$directory/notify"]);
$word();
$client = new WebSocketClient($port, 'test-key');
proc_terminate($process);
stream_get_contents($pipes[2]);
var_dump(proc_close($process));

echo "-- the Unix socket alone, and TCP alone\n";
foreach ([[['port' => free_port()], [$unix]], [['port' => $port, 'socket' => ['path' => test_directory() . '/ody.sock']], [$tcp]]] as [$changes, $sockets]) {
    $changed = array_replace_recursive($config, $changes);
    [$process, $pipes] = activate($changed, $sockets, ['NOTIFY_SOCKET' => "$directory/notify"]);
    while (!str_starts_with($word(), 'READY=1'));
    (new WebSocketClient($changed['port'], 'test-key'))->subscribe('room');
    $php = new Ody\Websocket\Channel\ChannelClient($changed['socket']['path'], 5.0, 30.0);
    var_dump($php->status()['port'] === $changed['port']);
    proc_terminate($process);
    stream_get_contents($pipes[2]);
    var_dump(proc_close($process), file_exists($changed['socket']['path']));
}

echo "-- one for the HTTP API\n";
$http = stream_socket_server('tcp://127.0.0.1:0');
$changed = ['http_api' => ['listen' => stream_socket_get_name($http, false)]] + $config;
[$process, $pipes] = activate($changed, [$tcp, $http, $unix], ['LISTEN_FDNAMES' => 'web:http:processes', 'NOTIFY_SOCKET' => "$directory/notify"]);
while (!str_starts_with($word(), 'READY=1'));
(new WebSocketClient($port, 'test-key'))->subscribe('room');
proc_terminate($process);
var_dump(str_contains(stream_get_contents($pipes[2]), '"tcp":1,"unix":1,"http":1'), proc_close($process));
foreach ([[$config, [$http]], [$changed, [$http, $http]]] as [$wrong, $sockets]) {
    [$process, $pipes] = activate($wrong, $sockets, ['LISTEN_FDNAMES' => 'http:http']);
    echo stream_get_contents($pipes[1]);
    proc_close($process);
}

echo "-- what is no such socket\n";
$file = fopen(__FILE__, 'r');
$other = stream_socket_server("unix://$directory/other.sock");
$more = [$tcp, stream_socket_server('tcp://127.0.0.1:0'), stream_socket_server('tcp://127.0.0.1:0')];
foreach ([[$file], [$notified], [$other], [$unix, $unix], $more] as $sockets) {
    [$process, $pipes] = activate($config, $sockets, ['LISTEN_FDNAMES' => 'a:b']);
    echo str_replace($directory, '', stream_get_contents($pipes[1]));
    proc_close($process);
}
?>
===DONE===
--EXPECT--
-- a client that comes before the server
bool(true)
bool(true)
int(20)
bool(true)
-- a restart
bool(true)
int(1)
bool(true)
string(5) "event"
NULL
int(4200)
-- the end
bool(true)
int(0)
bool(true)
-- one server after the other
int(0)
-- the Unix socket alone, and TCP alone
bool(true)
int(0)
bool(true)
bool(true)
int(0)
bool(false)
-- one for the HTTP API
bool(true)
int(0)
The service manager handed over a socket called "http", but neither "http_api.listen" nor "http_api.port" is set
The service manager handed over two sockets called "http"; one is enough
-- what is no such socket
The service manager handed over "a" (descriptor 3), which is no listening TCP or Unix stream socket
The service manager handed over "a" (descriptor 3), which is no listening TCP or Unix stream socket
"socket.path" is /ody.sock, but the Unix socket "a" that the service manager handed over is another one
The service manager handed over two Unix sockets; one is enough
The service manager handed over more TCP sockets than there are threads: "additional.worker_num" is 2
===DONE===
