--TEST--
Other SAPIs are clients: they cannot start a server, and keep their connection from request to request
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';

$server = new TestServer();
$subscriber = $server->subscriber('room');
$directory = dirname($server->socket);
$config = var_export(test_config(), true);
file_put_contents("$directory/router.php", "<?php
try {
    (new Ody\\Websocket\\Server())->configure($config)->start();
} catch (Ody\\Websocket\\Exceptions\\ServerException \$error) {
    echo \$error->getMessage(), ' | ';
}
function sockets() { return count(array_filter(array_map(fn (\$link) => (string) @readlink(\$link), glob('/proc/self/fd/*')), fn (\$link) => str_starts_with(\$link, 'socket:'))); }
\$before = sockets();
echo (new Ody\\Websocket\\Channel\\ChannelClient('$server->socket', 5.0, 30.0))->publish('room', 'event', []), ' | ', sockets() - \$before;
");
$port = free_port();
$web = proc_open([PHP_BINARY, '-n', '-d', 'extension_dir=' . ini_get('extension_dir'), '-d', 'extension=ody_websocket', '-S', "127.0.0.1:$port", "$directory/router.php"],
    [['file', '/dev/null', 'r'], ['file', '/dev/null', 'w'], ['file', '/dev/null', 'w']], $pipes);
$answers = [];
var_dump(wait_until(function () use ($port, &$answers) {
    $answer = @file_get_contents("http://127.0.0.1:$port/");
    return is_string($answer) && ($answers[] = explode(' | ', $answer));
}));
$answers[] = explode(' | ', file_get_contents("http://127.0.0.1:$port/"));
$answers[] = explode(' | ', file_get_contents("http://127.0.0.1:$port/"));
proc_terminate($web);
proc_close($web);
echo $answers[0][0], "\n", implode(' ', array_column($answers, 1)), "\n";
echo implode(' ', array_column($answers, 2)), "\n";
?>
===DONE===
--EXPECT--
bool(true)
The server starts from PHP's command line only, not from "cli-server"
1 1 1
1 0 0
===DONE===
