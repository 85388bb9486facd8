--TEST--
The example's keys serve loopback only
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';
use Ody\Websocket\Server;

$socket = ['socket' => ['path' => '/tmp/ody-test.sock']];
foreach (['0.0.0.0', '::', '192.0.2.1', 'example.test'] as $host) {
    caught(fn () => (new Server())->configure(['host' => $host, 'api_key' => 'your-api-key', 'secret_key' => 'good'] + $socket));
}
caught(fn () => (new Server())->configure(['host' => '0.0.0.0', 'api_key' => 'good', 'secret_key' => 'your-secret-key'] + $socket));
$open = ['host' => '0.0.0.0', 'api_key' => 'good', 'secret_key' => 'good'] + $socket;
caught(fn () => (new Server())->configure(['secret_key' => 'app-secret'] + $open));
caught(fn () => (new Server())->configure(['previous_api_key' => 'old', 'previous_secret_key' => 'your-secret-key'] + $open));
$app = ['id' => '2', 'key' => 'app-key', 'secret' => 'better'];
caught(fn () => (new Server())->configure(['apps' => [$app, ['id' => '3', 'secret' => 'app-secret', 'key' => 'other']]] + $open));
caught(fn () => (new Server())->configure(['apps' => [['key' => 'your-api-key'] + $app]] + $open));
(new Server())->configure(['apps' => [$app]] + $open);
(new Server())->configure(['host' => '::1', 'apps' => [['secret' => 'app-secret'] + $app]] + $open);
(new Server())->configure(['host' => '0.0.0.0', 'api_key' => 'good', 'secret_key' => 'good'] + $socket);
(new Server())->configure(['host' => 'localhost', 'api_key' => 'your-api-key', 'secret_key' => 'your-secret-key'] + $socket);
?>
===DONE===
--EXPECT--
Ody\Websocket\Exceptions\ConfigurationException: "api_key" is still the placeholder of the example, so the server listens on loopback only and not on "host" 0.0.0.0; `php artisan websocket:keys` makes new keys
Ody\Websocket\Exceptions\ConfigurationException: "api_key" is still the placeholder of the example, so the server listens on loopback only and not on "host" ::; `php artisan websocket:keys` makes new keys
Ody\Websocket\Exceptions\ConfigurationException: "api_key" is still the placeholder of the example, so the server listens on loopback only and not on "host" 192.0.2.1; `php artisan websocket:keys` makes new keys
Ody\Websocket\Exceptions\ConfigurationException: "api_key" is still the placeholder of the example, so the server listens on loopback only and not on "host" example.test; `php artisan websocket:keys` makes new keys
Ody\Websocket\Exceptions\ConfigurationException: "secret_key" is still the placeholder of the example, so the server listens on loopback only and not on "host" 0.0.0.0; `php artisan websocket:keys` makes new keys
Ody\Websocket\Exceptions\ConfigurationException: "secret_key" is still the placeholder of the example, so the server listens on loopback only and not on "host" 0.0.0.0; `php artisan websocket:keys` makes new keys
Ody\Websocket\Exceptions\ConfigurationException: "previous_secret_key" is still the placeholder of the example, so the server listens on loopback only and not on "host" 0.0.0.0; `php artisan websocket:keys` makes new keys
Ody\Websocket\Exceptions\ConfigurationException: "apps.1.secret" is still the placeholder of the example, so the server listens on loopback only and not on "host" 0.0.0.0; `php artisan websocket:keys` makes new keys
Ody\Websocket\Exceptions\ConfigurationException: "apps.0.key" is still the placeholder of the example, so the server listens on loopback only and not on "host" 0.0.0.0; `php artisan websocket:keys` makes new keys
===DONE===
