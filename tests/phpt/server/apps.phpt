--TEST--
Several apps: each has its own channels, keys and limits; keys and apps change by a reload, connections stay
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../processes.inc';
use Ody\Websocket\Channel\ChannelAuthGenerator;

$server = new ProcessServer(['apps' => [
    ['id' => 'shop', 'key' => 'shop-key', 'secret' => 'shop-secret', 'limits' => ['app_connections' => 1]],
    ['id' => 'off', 'key' => 'off-key', 'secret' => 'off-secret', 'enabled' => false],
]]);
$client = $server->server->client();
$connect = fn (string $key) => new WebSocketClient($server->server->port, $key);
$refused = function (string $key) use ($connect): void {
    try {
        $connect($key);
        echo "$key is let in\n";
    } catch (RuntimeException $error) {
        preg_match('/"code":(\d+)/', $error->getMessage(), $code);
        echo "$key: ", $code[1] ?? $error->getMessage(), "\n";
    }
};
$join = function (WebSocketClient $client, string $key, string $secret, string $channel): void {
    $client->subscribe($channel, ['auth' => (new ChannelAuthGenerator($secret, $key))->generatePrivateAuth($client->socketId, $channel)]);
};
$apps = function (array $apps) use ($server): void {
    $server->config['apps'] = $apps;
    $server->write();
};

echo "-- each has its own channels and limits\n";
$first = $connect('test-key');
$first->subscribe('room');
$shop = $connect('shop-key');
$shop->subscribe('room');
$join($shop, 'shop-key', 'shop-secret', 'private-room');
var_dump($client->publish('room', 'event', []), $first->expect('event')['channel'], array_keys($client->getChannels()));
$refused('shop-key');
$refused('off-key');
$refused('other-key');

echo "-- new keys\n";
$server->write(['api_key' => 'new-key', 'secret_key' => 'new-secret', 'previous_api_key' => 'test-key', 'previous_secret_key' => 'test-secret']);
$apps([['key' => 'new-shop-key', 'secret' => 'new-shop-secret', 'previous_key' => 'shop-key', 'previous_secret' => 'shop-secret', 'limits' => ['app_connections' => 2]] + $server->config['apps'][0]]);
echo $server->change(10), "\n";
$join($first, 'test-key', 'test-secret', 'private-old');
$join($first, 'new-key', 'new-secret', 'private-new');
$second = $connect('new-key');
$second->subscribe('room');
$other = $connect('new-shop-key');
$join($other, 'shop-key', 'shop-secret', 'private-room');
$refused('shop-key');
var_dump($client->publish('room', 'event', []), $first->expect('event')['channel'], $second->expect('event')['channel']);

echo "-- without the old ones\n";
unset($server->config['previous_api_key'], $server->config['previous_secret_key']);
$apps([array_diff_key($server->config['apps'][0], ['previous_key' => 1, 'previous_secret' => 1])]);
echo $server->change(10), "\n";
$refused('test-key');
$refused('shop-key');
$join($first, 'new-key', 'new-secret', 'private-newer');
var_dump($client->publish('room', 'event', []), $first->expect('event')['channel']);

echo "-- what cannot be\n";
$good = $server->config['apps'];
$apps([['id' => 'shop', 'key' => 'new-key', 'secret' => 'new-shop-secret']]);
echo $server->change(10), "\n";

echo "-- apps come and go\n";
$apps([['id' => 'blog', 'key' => 'blog-key', 'secret' => 'blog-secret']]);
echo $server->change(10), "\n";
var_dump($shop->receive(), $shop->closeCode);
$blog = $connect('blog-key');
$blog->subscribe('room');
$refused('new-shop-key');
var_dump($client->publish('room', 'event', []));
var_dump($server->server->stop());
?>
===DONE===
--EXPECT--
-- each has its own channels and limits
int(1)
string(4) "room"
array(1) {
  [0]=>
  string(4) "room"
}
shop-key: 4004
off-key: 4003
other-key: 4001
-- new keys
done
shop-key: 4004
int(2)
string(4) "room"
string(4) "room"
-- without the old ones
done
test-key: 4001
shop-key: 4001
int(2)
string(4) "room"
-- what cannot be
"apps.0.key" must not be the same as "api_key"
-- apps come and go
done
NULL
int(4001)
new-shop-key: 4001
int(2)
bool(true)
===DONE===
