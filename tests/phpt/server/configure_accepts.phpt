--TEST--
The example's configuration, numbers as texts, and everything left out
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';
use Ody\Websocket\Server;

$server = new Server();
$keys = ['api_key' => 'key', 'secret_key' => 'secret', 'socket' => ['path' => '/tmp/ody-test.sock']];
var_dump($server->configure($keys) === $server);
$server->configure([
    'host' => '127.0.0.1', 'port' => '9502', 'sock_type' => 1, 'additional' => ['worker_num' => '4', 'daemonize' => 1, 'log_level' => 2, 'dispatch_mode' => 2],
    'secret_key' => 'your-secret-key', 'api_key' => 'your-api-key', 'ssl' => ['ssl_cert_file' => null, 'ssl_key_file' => null],
    'socket' => ['path' => '/tmp/ody-test.sock', 'group' => null],
]);
$server->configure($keys + [
    'mode' => 2, 'callbacks' => ['open' => ['A', 'b']], 'runtime' => ['enable_coroutine' => true], 'enable_api' => true,
    'middleware' => ['global' => []], 'middleware_params' => [], 'rate_limits' => ['messages_per_minute' => 60],
    'host' => 'localhost', 'port' => '', 'app_id' => 7, 'path' => 'ws/', 'debug' => 'false', 'timeout' => '2.5', 'drain_time' => 0,
    'trusted_proxies' => '10.0.0.0/8, ::1 ,192.168.1.1,', 'limits' => null, 'log' => ['level' => 'debug', 'format' => 'json', 'file' => ''],
    'additional' => ['worker_num' => 1024, 'ssl_cert_file' => null],
]);
$server->configure($keys + ['trusted_proxies' => ['10.0.0.0/8', 'fe80::/10'], 'limits' => ['event_data_size' => 4 << 20, 'outbound_hard' => 9 << 20]]);
foreach (['::1', '127.1.2.3'] as $host) {
    $server->configure(['host' => $host, 'api_key' => 'your-api-key'] + $keys);
}
$reference = 9000;
$config = $keys + ['port' => &$reference];
$server->configure($config);
var_dump($reference, $config['api_key']);
?>
===DONE===
--EXPECT--
bool(true)
int(9000)
string(3) "key"
===DONE===
