--TEST--
Every wrong configuration is one sentence that names the key
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';
use Ody\Websocket\Server;

$base = ['api_key' => 'key', 'secret_key' => 'the-secret', 'socket' => ['path' => '/tmp/ody-test.sock']];
$server = new Server();
foreach ([
    // numbers
    ['port' => 0], ['port' => 70000], ['port' => '70000'], ['port' => -1], ['port' => 'http'], ['port' => '80x'], ['port' => ' '], ['port' => 80.5], ['port' => []], ['port' => true],
    ['additional' => ['worker_num' => 0]], ['timeout' => 0], ['timeout' => 601], ['timeout' => NAN], ['drain_time' => -1], ['activity_timeout' => 0.5],
    ['limits' => ['message_size' => 1]], ['limits' => ['json_depth' => 513]], ['limits' => ['outbound_shard' => '1e30']],
    // texts
    ['host' => []], ['host' => str_repeat('h', 256)], ['host' => "a\nb"], ['app_id' => 'a b'], ['api_key' => 'a:b'], ['api_key' => 'a/b'], ['secret_key' => "the-secret\0"],
    ['secret_key' => ['the-secret']], ['path' => '/a?b'], ['socket' => ['path' => 'relative.sock']], ['socket' => ['path' => '/' . str_repeat('a', 107)]],
    ['log' => ['file' => 'relative.log']], ['pid_file' => 'relative.pid'],
    // choices
    ['client_events' => 'all'], ['missing_channel' => 1], ['log' => ['level' => 'loud']], ['log' => ['format' => 'xml']], ['debug' => 'perhaps'],
    // networks
    ['trusted_proxies' => 'proxy'], ['trusted_proxies' => ['10.0.0.0/8', '10.0.0.0/33']], ['trusted_proxies' => '10.0.0.1, ,bad'], ['trusted_proxies' => 7], ['trusted_proxies' => [7]],
    // lists of texts
    ['php_workers' => ['command' => 'php']], ['php_workers' => ['command' => []]], ['php_workers' => ['command' => ['php', '']]],
    ['php_workers' => ['command' => ['php', 7]]], ['php_workers' => ['command' => ["php\0"]]], ['configuration_command' => ['a' => 'php']],
    // keys
    ['prot' => 1], ['limits' => ['conections' => 1]], ['worker_num' => 1], ['ssl' => ['cert_file' => '/a']], ['additional' => ['ssl_cert_file' => '/a']], ['limits' => ['zzz' => 1]],
    ['zzz' => 1], ['limits.connections' => 1], ['limits' => 5], ['ssl' => 'yes'], [0 => 'x'], ['HOST' => 'x'],
    // together
    ['socket' => ['path' => '/tmp/ody-test.sock', 'group' => 'no-such-group']],
    ['ssl' => ['ssl_cert_file' => '/nowhere/cert.pem']], ['ssl' => ['ssl_key_file' => '/nowhere/key.pem']],
    ['limits' => ['event_data_size' => 4 << 20]], ['limits' => ['client_event_data_size' => 4 << 20, 'message_size' => 4 << 20]], ['limits' => ['outbound_soft' => 2 << 20]],
    ['limits' => ['outbound_shard' => 65536]], ['limits' => ['mailbox_size' => 65536]],
    ['socket' => ['path' => null]], ['api_key' => null], ['secret_key' => ''],
] as $changes) {
    try {
        $server->configure(array_replace_recursive($base, $changes));
        echo 'accepted: ', json_encode($changes), "\n";
    } catch (Ody\Websocket\Exceptions\ConfigurationException $error) {
        echo $error->getMessage(), "\n";
        if (str_contains($error, 'the-secret')) {
            echo "the secret is in it\n";
        }
    }
}
?>
===DONE===
--EXPECT--
"port" must be between 1 and 65535, 0 given
"port" must be between 1 and 65535, 70000 given
"port" must be between 1 and 65535, 70000 given
"port" must be between 1 and 65535, -1 given
"port" must be a number, "http" given
"port" must be a number, "80x" given
"port" must be a number, " " given
"port" must be a whole number, 80.5 given
"port" must be a number, array given
"port" must be a number, bool given
"additional.worker_num" must be between 1 and 1024 shards, 0 given
"timeout" must be between 0.001 and 600 seconds, 0 given
"timeout" must be between 0.001 and 600 seconds, 601 given
"timeout" must be between 0.001 and 600 seconds, NAN given
"drain_time" must be between 0 and 3600 seconds, -1 given
"activity_timeout" must be between 1 and 86400 seconds, 0.5 given
"limits.message_size" must be between 256 and 67108864 bytes, 1 given
"limits.json_depth" must be between 1 and 512 levels, 513 given
"limits.outbound_shard" must be between 65536 and 1099511627776 bytes, 1.0e+30 given
"host" must be a text, array given
"host" must have between 1 and 255 bytes, 256 given
"host" must not contain control characters
"app_id" must hold only letters, digits and -._~
"api_key" must hold only letters, digits and -._~
"api_key" must hold only letters, digits and -._~
"secret_key" must not contain control characters
"secret_key" must be a text, array given
"path" must hold only letters, digits and -._~/
"socket.path" must be an absolute path, "relative.sock" given
"socket.path" must have between 1 and 107 bytes, 108 given
"log.file" must be an absolute path, "relative.log" given
"pid_file" must be an absolute path, "relative.pid" given
"client_events" must be one of "members", "private", "none", "all" given
"missing_channel" must be one of "throw", "ignore", int given
"log.level" must be one of "debug", "info", "warning", "error", "loud" given
"log.format" must be one of "auto", "readable", "colour", "json", "xml" given
"debug" must be true or false
"trusted_proxies" must hold addresses or networks such as 10.0.0.0/8, "proxy" given
"trusted_proxies" must hold addresses or networks such as 10.0.0.0/8, "10.0.0.0/33" given
"trusted_proxies" must hold addresses or networks such as 10.0.0.0/8, "bad" given
"trusted_proxies" must be a list of networks or a text with commas between them, int given
"trusted_proxies" must be a list of texts, int given in it
"php_workers.command" must be a list of 1 to 256 texts
"php_workers.command" must be a list of 1 to 256 texts
"php_workers.command" must hold only texts that are not empty and have no NUL
"php_workers.command" must hold only texts that are not empty and have no NUL
"php_workers.command" must hold only texts that are not empty and have no NUL
"configuration_command" must be a list of 1 to 256 texts
"prot" is not a configuration key; the nearest one is "port"
"limits.conections" is not a configuration key; the nearest one is "limits.connections"
"worker_num" is not a configuration key; the nearest one is "additional.worker_num"
"ssl.cert_file" is not a configuration key; the nearest one is "ssl.ssl_cert_file"
"additional.ssl_cert_file" is not a configuration key; the nearest one is "ssl.ssl_cert_file"
"limits.zzz" is not a configuration key
"zzz" is not a configuration key
"limits.connections" must be nested: the part before the dot is an array
"limits" must be an array, int given
"ssl" must be an array, string given
"0" is not a configuration key
"HOST" is not a configuration key
"socket.group": this machine has no group "no-such-group"
"ssl.ssl_key_file" is not set, but "ssl.ssl_cert_file" is: TLS needs both
"ssl.ssl_cert_file" is not set, but "ssl.ssl_key_file" is: TLS needs both
"limits.outbound_hard" (1048576 bytes) must be at least 8389008 bytes, so that one message of "limits.event_data_size" (4194304 bytes, doubled by escaping) fits
"limits.outbound_hard" (1048576 bytes) must be at least 8389008 bytes, so that one message of "limits.client_event_data_size" (4194304 bytes, doubled by escaping) fits
"limits.outbound_soft" (2097152 bytes) must not be above "limits.outbound_hard" (1048576 bytes)
"limits.outbound_shard" must be at least 1048576 bytes, as the other limits are
"limits.mailbox_size" must be at least 205200 bytes, as the other limits are
"socket.path" is not set
"api_key" is not set; `php artisan websocket:keys` makes new keys
"secret_key" is not set; `php artisan websocket:keys` makes new keys
===DONE===
