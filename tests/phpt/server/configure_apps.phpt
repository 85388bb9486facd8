--TEST--
Apps, webhooks, origins, the HTTP API and Redis: what is accepted, and one sentence for each that is not
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';
use Ody\Websocket\Server;

$base = ['api_key' => 'key', 'secret_key' => 'the-secret', 'socket' => ['path' => '/tmp/ody-test.sock']];
$server = new Server();
$most = Server::options()['apps']['max'];
function app(array $more = [], string $name = '2'): array
{
    return $more + ['id' => $name, 'key' => "key-$name", 'secret' => 'the-secret'];
}
function hook(array $more = []): array
{
    return ['webhooks' => [$more + ['url' => 'https://example.com/hook']]];
}
$configure = function (array $changes) use ($server, $base): void {
    try {
        $server->configure(array_replace_recursive($base, $changes));
        echo "accepted\n";
    } catch (Ody\Websocket\Exceptions\ConfigurationException $error) {
        echo $error->getMessage(), "\n";
        if (str_contains($error, 'the-secret')) {
            echo "the secret is in it\n";
        }
    }
};

echo "-- accepted\n";
foreach ([
    ['previous_api_key' => 'old', 'previous_secret_key' => 'old', 'app_enabled' => 'no', 'user_authentication' => 0, 'watchlist' => false, 'subscription_count' => 'on', 'authorized_time' => '30'],
    ['apps' => [app(), app(['enabled' => false, 'previous_key' => 'old', 'previous_secret' => 'old', 'client_events' => 'none', 'user_authentication' => null, 'limits' => ['app_connections' => '7', 'json_depth' => ''],
        'cache_time' => 60, 'authorized_time' => 0.5, 'allowed_origins' => 'example.com', 'webhooks' => []] + hook(), '3')]],
    ['apps' => null, 'webhooks' => '', 'allowed_origins' => null, 'http_api' => null, 'redis' => ['url' => '']],
    ['apps' => array_map(fn (int $number) => app([], (string) $number), range(2, $most + 1))],
    hook(['events' => ['channel_occupied', 'channel_vacated', 'member_added', 'member_removed', 'client_event', 'cache_miss', 'subscription_count'], 'channels' => ['presence-', 'private-a,b;c=@.1', '#server-to-user-']]),
    hook(['url' => 'HTTP://[::1]:8080/a?b=c#d', 'events' => null, 'channels' => '']),
    ['allowed_origins' => ['https://*.Example.com:8443', 'example.com', '*', 'http://[::1]:*', '*://localhost:3000', ' ', 'capacitor://localhost']],
    ['allowed_origins' => ' https://a.example, ,http://b.example:80'],
    ['http_api' => ['enabled' => 'off', 'listen' => '[::1]:9503', 'broadcast_key' => 'b', 'metrics_token' => 'm', 'trusted' => '10.0.0.0/8,::1', 'request_size' => '1024']],
    ['http_api' => ['listen' => '127.0.0.1:9503']], ['http_api' => ['listen' => 'other.example:9502']], ['http_api' => ['port' => 9503, 'trusted' => ['10.0.0.0/8']]],
    ['redis' => ['url' => 'redis://:the-secret@127.0.0.1:6379/1', 'prefix' => 'laravel_database_', 'channel' => 'events']],
    ['redis' => ['url' => 'tcp://redis.example']], ['redis' => ['url' => 'unix:///run/redis.sock']],
    ['limits' => ['event_data_size' => 4 << 20, 'outbound_hard' => 9 << 20], 'apps' => [app(['limits' => ['event_data_size' => 4 << 20]])]],
] as $changes) {
    $configure($changes);
}

echo "-- an app\n";
foreach ([
    ['apps' => 'none'], ['apps' => 7], ['apps' => ['a' => app()]], ['apps' => ['x']], ['apps' => [app(), null]],
    ['apps' => array_map(fn (int $number) => app([], (string) $number), range(2, $most + 2))],
    ['apps' => [['key' => 'k', 'secret' => 's']]], ['apps' => [['id' => '2', 'secret' => 's']]], ['apps' => [app(['secret' => ''])]],
    ['apps' => [app(['id' => 'a b'])]], ['apps' => [app(['key' => 'a:b'])]], ['apps' => [app(['previous_key' => 'a/b', 'previous_secret' => 's'])]],
    ['apps' => [app(['id' => str_repeat('i', 65)])]], ['apps' => [app(['secret' => "the-secret\n"])]], ['apps' => [app(), app(['secret' => ['the-secret']], '3')]],
    ['apps' => [app(), app(['limits' => ['presence_members' => 0]], '3')]], ['apps' => [app(['client_events' => 'all'])]], ['apps' => [app(['limits' => 7])]], ['apps' => [app(['watchlist' => 'perhaps'])]],
    ['apps' => [app(['cache_time' => 0])]], ['apps' => [app(['allowed_origins' => 'https://'])]], ['apps' => [app(['enabled' => 'perhaps'])]],
    ['apps' => [app(['presence_members' => 1])]], ['apps' => [app(['clientevents' => 'none'])]], ['apps' => [app(['limits' => ['presence_member' => 1]])]], ['apps' => [app(['zzz' => 1])]], ['apps' => [app([0 => 1])]],
    ['apps' => [app(['port' => 1])]], ['apps' => [app(['limits' => ['message_size' => 1000]])]], ['apps' => [app(['limits.json_depth' => 1])]], ['apps' => [app(['apps' => []])]],
] as $changes) {
    $configure($changes);
}

echo "-- ids and keys of all apps\n";
foreach ([
    ['previous_api_key' => 'old'], ['previous_secret_key' => 'the-secret'], ['apps' => [app(['previous_key' => 'old'])]], ['apps' => [app(['previous_secret' => 'the-secret'])]],
    ['apps' => [app([], '1')]], ['app_id' => '2', 'apps' => [app(['id' => 2])]], ['apps' => [app(), app(['key' => 'another'])]],
    ['apps' => [app(['key' => 'key'])]], ['apps' => [app(), app(['key' => 'key-2'], '3')]], ['apps' => [app(['previous_key' => 'key-2', 'previous_secret' => 'old'])]],
    ['previous_api_key' => 'key', 'previous_secret_key' => 'old'], ['previous_api_key' => 'key-2', 'previous_secret_key' => 'old', 'apps' => [app()]],
] as $changes) {
    $configure($changes);
}

echo "-- sizes\n";
foreach ([
    ['apps' => [app(['limits' => ['event_data_size' => 4 << 20]])]], ['apps' => [app(), app(['limits' => ['client_event_data_size' => 4 << 20]], '3')]],
    ['limits' => ['mailbox_size' => 300000], 'apps' => [app(['limits' => ['event_data_size' => 200000]])]],
] as $changes) {
    $configure($changes);
}

echo "-- webhooks\n";
foreach ([
    ['webhooks' => 'https://example.com'], ['webhooks' => ['https://example.com']], ['webhooks' => [['events' => ['cache_miss']]]], ['webhooks' => array_fill(0, 33, ['url' => 'https://example.com'])],
    hook(['url' => 'example.com']), hook(['url' => 'ftp://example.com']), hook(['url' => 'https://']), hook(['url' => 'https:///a']), hook(['url' => "https://a/\r\nX: y"]), hook(['url' => 'https://a/b c']), hook(['url' => 'https://a/é']),
    hook(['events' => []]), hook(['events' => 'cache_miss']), hook(['events' => ['cache_miss', 'cached']]), hook(['events' => [7]]),
    hook(['channels' => []]), hook(['channels' => 'presence-']), hook(['channels' => ['a b']]), hook(['channels' => ["a\0"]]), hook(['channels' => [7]]), hook(['channels' => array_fill(0, 65, 'a')]),
    hook(['event' => []]), hook(['headers' => []]), ['apps' => [app(), app(hook(['url' => 'x']), '3')]],
] as $changes) {
    $configure($changes);
}

echo "-- origins\n";
foreach (['https://', 'https://a/', 'a b', 'https://a:0', 'https://a:65536', 'https://a:b', 'a:', ':80', '://a', 'h_t://a', '[::1', '[]', str_repeat('a', 513), "a\0b", 'https://a?b'] as $origin) {
    $configure(['allowed_origins' => [$origin]]);
}
$configure(['allowed_origins' => 7]);
$configure(['allowed_origins' => [7]]);
$configure(['allowed_origins' => array_fill(0, 257, 'a')]);

echo "-- HTTP and Redis\n";
foreach ([
    ['http_api' => ['enabled' => 'perhaps']], ['http_api' => ['port' => 65536]], ['http_api' => ['port' => 9502]], ['http_api' => ['listen' => '127.0.0.1:9502']], ['http_api' => ['listen' => '127.0.0.1:9503', 'port' => 9504]],
    ['http_api' => ['listen' => '9503']], ['http_api' => ['listen' => '::1:9503']], ['http_api' => ['listen' => ':9503']], ['http_api' => ['listen' => 'a:']], ['http_api' => ['listen' => 'a:0']], ['http_api' => ['listen' => 'a:65536']],
    ['http_api' => ['listen' => 'a:9503x']], ['http_api' => ['listen' => '[]:9503']], ['http_api' => ['listen' => 'a:-1']],
    ['http_api' => ['trusted' => 'proxy']], ['http_api' => ['request_size' => 1023]], ['http_api' => ['request_size' => 2 << 30]], ['http_api' => ['broadcast_key' => ['the-secret']]], ['http_api' => ['token' => 'x']],
    ['redis' => ['url' => 'http://:the-secret@a']], ['redis' => ['url' => 'redis://']], ['redis' => ['url' => 'rediss://:the-secret@a']], ['redis' => ['channel' => str_repeat('c', 256)]], ['redis' => 'redis://a'],
] as $changes) {
    $configure($changes);
}
?>
===DONE===
--EXPECT--
-- accepted
accepted
accepted
accepted
accepted
accepted
accepted
accepted
accepted
accepted
accepted
accepted
accepted
accepted
accepted
accepted
accepted
-- an app
"apps" must be a list of arrays; as a text it must be one in JSON
"apps" must be a list of arrays
"apps" must be a list of arrays
"apps.0" must be an array, string given
"apps.1" must be an array, null given
"apps" must hold at most 255 apps, 256 given
"apps.0.id" is not set
"apps.0.key" is not set
"apps.0.secret" is not set
"apps.0.id" must hold only letters, digits and -._~
"apps.0.key" must hold only letters, digits and -._~
"apps.0.previous_key" must hold only letters, digits and -._~
"apps.0.id" must have between 1 and 64 bytes, 65 given
"apps.0.secret" must not contain control characters
"apps.1.secret" must be a text, array given
"apps.1.limits.presence_members" must be between 1 and 1000000 users, 0 given
"apps.0.client_events" must be one of "members", "private", "none", "all" given
"apps.0.limits" must be an array, int given
"apps.0.watchlist" must be true or false
"apps.0.cache_time" must be between 1 and 604800 seconds, 0 given
"apps.0.allowed_origins" must hold origins such as https://*.example.com:8443, example.com or *, "https://" given
"apps.0.enabled" must be true or false
"apps.0.presence_members" is not a configuration key; the nearest one is "apps.0.limits.presence_members"
"apps.0.clientevents" is not a configuration key; the nearest one is "apps.0.client_events"
"apps.0.limits.presence_member" is not a configuration key; the nearest one is "apps.0.limits.presence_members"
"apps.0.zzz" is not a configuration key
"apps.0.0" is not a configuration key
"apps.0.port" is a key of the whole server: "port" at the top level sets it
"apps.0.limits.message_size" is a key of the whole server: "limits.message_size" at the top level sets it
"apps.0.limits.json_depth" must be nested: the part before the dot is an array
"apps.0.apps" is a key of the whole server: "apps" at the top level sets it
-- ids and keys of all apps
"previous_secret_key" is not set, but "previous_api_key" is: a previous key needs both
"previous_api_key" is not set, but "previous_secret_key" is: a previous key needs both
"apps.0.previous_secret" is not set, but "apps.0.previous_key" is: a previous key needs both
"apps.0.previous_key" is not set, but "apps.0.previous_secret" is: a previous key needs both
"apps.0.id" must not be the same as "app_id"
"apps.0.id" must not be the same as "app_id"
"apps.1.id" must not be the same as "apps.0.id"
"apps.0.key" must not be the same as "api_key"
"apps.1.key" must not be the same as "apps.0.key"
"apps.0.previous_key" must not be the same as "apps.0.key"
"previous_api_key" must not be the same as "api_key"
"apps.0.key" must not be the same as "previous_api_key"
-- sizes
"limits.outbound_hard" (1048576 bytes) must be at least 8389008 bytes, so that one message of "apps.0.limits.event_data_size" (4194304 bytes, doubled by escaping) fits
"limits.outbound_hard" (1048576 bytes) must be at least 8389008 bytes, so that one message of "apps.1.limits.client_event_data_size" (4194304 bytes, doubled by escaping) fits
"limits.mailbox_size" must be at least 400400 bytes, as the other limits are
-- webhooks
"webhooks" must be a list of arrays; as a text it must be one in JSON
"webhooks.0" must be an array, string given
"webhooks.0.url" is not set
"webhooks" must hold at most 32 webhooks, 33 given
"webhooks.0.url" must be an address such as https://example.com/hook
"webhooks.0.url" must be an address such as https://example.com/hook
"webhooks.0.url" must be an address such as https://example.com/hook
"webhooks.0.url" must be an address such as https://example.com/hook
"webhooks.0.url" must not contain control characters
"webhooks.0.url" must not contain spaces or letters beyond ASCII: encode them
"webhooks.0.url" must not contain spaces or letters beyond ASCII: encode them
"webhooks.0.events" must be a list of events
"webhooks.0.events" must be a list of events
"webhooks.0.events" must hold only "channel_occupied", "channel_vacated", "member_added", "member_removed", "client_event", "cache_miss", "subscription_count", "cached" given
"webhooks.0.events" must hold only "channel_occupied", "channel_vacated", "member_added", "member_removed", "client_event", "cache_miss", "subscription_count", int given
"webhooks.0.channels" must have between 1 and 64 prefixes, 0 given
"webhooks.0.channels" must be a list of prefixes, string given
"webhooks.0.channels" must hold beginnings of channel names, "a b" given
"webhooks.0.channels" must hold beginnings of channel names, "a" given
"webhooks.0.channels" must be a list of texts, int given in it
"webhooks.0.channels" must have between 1 and 64 prefixes, 65 given
"webhooks.0.event" is not a configuration key; the nearest one is "webhooks.0.events"
"webhooks.0.headers" is not a configuration key
"apps.1.webhooks.0.url" must be an address such as https://example.com/hook
-- origins
"allowed_origins" must hold origins such as https://*.example.com:8443, example.com or *, "https://" given
"allowed_origins" must hold origins such as https://*.example.com:8443, example.com or *, "https://a/" given
"allowed_origins" must hold origins such as https://*.example.com:8443, example.com or *, "a b" given
"allowed_origins" must hold origins such as https://*.example.com:8443, example.com or *, "https://a:0" given
"allowed_origins" must hold origins such as https://*.example.com:8443, example.com or *, "https://a:65536" given
"allowed_origins" must hold origins such as https://*.example.com:8443, example.com or *, "https://a:b" given
"allowed_origins" must hold origins such as https://*.example.com:8443, example.com or *, "a:" given
"allowed_origins" must hold origins such as https://*.example.com:8443, example.com or *, ":80" given
"allowed_origins" must hold origins such as https://*.example.com:8443, example.com or *, "://a" given
"allowed_origins" must hold origins such as https://*.example.com:8443, example.com or *, "h_t://a" given
"allowed_origins" must hold origins such as https://*.example.com:8443, example.com or *, "[::1" given
"allowed_origins" must hold origins such as https://*.example.com:8443, example.com or *, "[]" given
"allowed_origins" must hold origins such as https://*.example.com:8443, example.com or *, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" given
"allowed_origins" must hold origins such as https://*.example.com:8443, example.com or *, "a" given
"allowed_origins" must hold origins such as https://*.example.com:8443, example.com or *, "https://a?b" given
"allowed_origins" must be a list of patterns or a text with commas between them, int given
"allowed_origins" must be a list of texts, int given in it
"allowed_origins" must have between 0 and 256 patterns, 257 given
-- HTTP and Redis
"http_api.enabled" must be true or false
"http_api.port" must be between 0 and 65535, 65536 given
"http_api.port" is the address of the WebSocket server: leave it out, or name another port
"http_api.listen" is the address of the WebSocket server: leave it out, or name another port
"http_api.port" is set, but "http_api.listen" has a port already
"http_api.listen" must be an address and a port, such as 127.0.0.1:9503 or [::1]:9503
"http_api.listen" must be an address and a port, such as 127.0.0.1:9503 or [::1]:9503
"http_api.listen" must be an address and a port, such as 127.0.0.1:9503 or [::1]:9503
"http_api.listen" must be an address and a port, such as 127.0.0.1:9503 or [::1]:9503
"http_api.listen" must be an address and a port, such as 127.0.0.1:9503 or [::1]:9503
"http_api.listen" must be an address and a port, such as 127.0.0.1:9503 or [::1]:9503
"http_api.listen" must be an address and a port, such as 127.0.0.1:9503 or [::1]:9503
"http_api.listen" must be an address and a port, such as 127.0.0.1:9503 or [::1]:9503
"http_api.listen" must be an address and a port, such as 127.0.0.1:9503 or [::1]:9503
"http_api.trusted" must hold addresses or networks such as 10.0.0.0/8, "proxy" given
"http_api.request_size" must be 0 or at least 1024 bytes, 1023 given
"http_api.request_size" must be between 0 and 1073741824 bytes, 2147483648 given
"http_api.broadcast_key" must be a text, array given
"http_api.token" is not a configuration key; the nearest one is "http_api.listen"
"redis.url" must begin with redis://, tcp:// or unix://
"redis.url" must have a host that is a name or an address
"redis.url" cannot be reached with TLS yet: use redis:// through a TLS tunnel on this machine, or a Unix socket
"redis.channel" must have between 1 and 255 bytes, 256 given
"redis" must be an array, string given
===DONE===
