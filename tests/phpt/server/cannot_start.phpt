--TEST--
What keeps a server from starting is said, and nothing is left behind
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';
use Ody\Websocket\Server;

function reason(array $changes, string $names): void
{
    $config = test_config($changes);
    foreach ([true, false] as $background) {
        try {
            (new Server())->configure($config)->start($background);
            echo "not thrown\n";
            (new Server())->configure($config)->stop();
        } catch (Ody\Websocket\Exceptions\WebsocketThrowable $error) {
            echo get_class($error), str_contains($error->getMessage(), $names) ? " names it\n" : ': ' . $error->getMessage() . "\n";
        }
    }
    $left = glob(dirname($config['socket']['path']) . '/*');
    echo implode(', ', array_map('basename', $left)), "\n";
}
reason(['pid_file' => '/proc/nowhere/ody.pid'], 'pid_file');
reason(['log' => ['file' => '/proc/nowhere/ody.log']], 'log.file');
reason(['socket' => ['group' => 'no-such-group']], 'socket.group');
reason(['host' => '192.0.2.1'], '192.0.2.1');
$taken = stream_socket_server('tcp://127.0.0.1:0');
$port = (int) substr(strrchr(stream_socket_get_name($taken, false), ':'), 1);
reason(['port' => $port], (string) $port);
reason(['http_api' => ['port' => $port]], "http_api.port: $port on host 127.0.0.1 is already in use");
reason(['http_api' => ['listen' => '192.0.2.1:9503']], 'http_api.listen: cannot listen on 192.0.2.1, port 9503');
?>
===DONE===
--EXPECT--
Ody\Websocket\Exceptions\ServerException names it
Ody\Websocket\Exceptions\ServerException names it
ody.log
Ody\Websocket\Exceptions\ConfigurationException names it
Ody\Websocket\Exceptions\ConfigurationException names it

Ody\Websocket\Exceptions\ConfigurationException names it
Ody\Websocket\Exceptions\ConfigurationException names it

Ody\Websocket\Exceptions\ServerException names it
Ody\Websocket\Exceptions\ServerException names it
ody.log
Ody\Websocket\Exceptions\ServerException names it
Ody\Websocket\Exceptions\ServerException names it
ody.log
Ody\Websocket\Exceptions\ServerException names it
Ody\Websocket\Exceptions\ServerException names it
ody.log
Ody\Websocket\Exceptions\ServerException names it
Ody\Websocket\Exceptions\ServerException names it
ody.log
===DONE===
