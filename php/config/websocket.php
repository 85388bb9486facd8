<?php

/*
 * The packaged configuration. To change it, set variables in the environment or in .env, or copy the
 * keys that you want to change into config/websocket.php of your project. docs/configuration.md has
 * ranges and units. Relative paths start at the root of the project.
 */

declare(strict_types=1);

return [
    // The address to listen on. 0.0.0.0 and :: are every address of the machine.
    'host' => env('WEBSOCKET_HOST', '127.0.0.1'),

    // The port to listen on.
    'port' => env('WEBSOCKET_PORT', 9502),

    // What stands before /app in the URL, such as /ws behind a proxy that keeps its prefix.
    'path' => env('WEBSOCKET_PATH', ''),

    'additional' => [
        // How many threads hold connections. Not set: as many as the machine has processors.
        'worker_num' => env('WEBSOCKET_WORKER_COUNT'),
    ],

    // The app's id in the URLs of the Pusher HTTP API.
    'app_id' => env('WEBSOCKET_APP_ID', '1'),

    // Public: browsers connect with it. `php artisan websocket:keys` makes both keys.
    'api_key' => env('WEBSOCKET_API_KEY'),

    // Signs tokens. It stays on the server.
    'secret_key' => env('WEBSOCKET_SECRET_KEY'),

    // Keys from before a change of keys, which go on to count until everybody has the new ones.
    'previous_api_key' => env('WEBSOCKET_PREVIOUS_API_KEY'),

    // The secret that belongs to the previous key. It is set together with it.
    'previous_secret_key' => env('WEBSOCKET_PREVIOUS_SECRET_KEY'),

    // false: clients and HTTP requests of the app are refused.
    'app_enabled' => env('WEBSOCKET_APP_ENABLED', true),

    // With both files the port speaks TLS (wss).
    'ssl' => [
        // The certificate and its chain, PEM.
        'ssl_cert_file' => env('WEBSOCKET_SSL_CERT_FILE'),

        // Its private key, PEM.
        'ssl_key_file' => env('WEBSOCKET_SSL_KEY_FILE'),
    ],

    // Over this Unix socket PHP processes publish and ask.
    'socket' => [
        // Where it lies. Its folder must belong to the server's user.
        'path' => env('WEBSOCKET_SOCKET', 'storage/websocket/ody.sock'),

        // The group whose processes may use it, such as www-data. Not set: the server's own group.
        'group' => env('WEBSOCKET_SOCKET_GROUP'),
    ],

    // How PHP processes reach the server. Not set: through the socket above. On another machine:
    // http://host:port or https://host:port.
    'connection' => env('WEBSOCKET_CONNECTION', ''),

    // How long a PHP process tries to reach the server, seconds.
    'connect_timeout' => env('WEBSOCKET_CONNECT_TIMEOUT', 1.0),

    // How long it waits for an answer, seconds.
    'timeout' => env('WEBSOCKET_TIMEOUT', 5.0),

    // What publish() does about a channel without subscribers: throw or ignore.
    'missing_channel' => env('WEBSOCKET_MISSING_CHANNEL', 'throw'),

    // Which channels take events from clients: members (any channel that the sender is subscribed
    // to), private (private and presence channels only) or none.
    'client_events' => env('WEBSOCKET_CLIENT_EVENTS', 'members'),

    // Clients may sign in as a user of the application (pusher.signin()).
    'user_authentication' => env('WEBSOCKET_USER_AUTHENTICATION', true),

    // Users who are signed in may watch who else is online.
    'watchlist' => env('WEBSOCKET_WATCHLIST', true),

    // Subscribers are told how many they are.
    'subscription_count' => env('WEBSOCKET_SUBSCRIPTION_COUNT', false),

    // After so many seconds a client must have signed in, or be in a private or presence channel.
    // 0: never.
    'authorized_time' => env('WEBSOCKET_AUTHORIZED_TIME', 0),

    // How long a cache channel keeps its last event, seconds.
    'cache_time' => env('WEBSOCKET_CACHE_TIME', 1800),

    // Pages that may connect, such as https://*.example.com, a list or a text with commas. Empty: all.
    'allowed_origins' => env('WEBSOCKET_ALLOWED_ORIGINS', []),

    // Who is told what happens: a list of ['url' => …, 'events' => […], 'channels' => [beginnings]].
    'webhooks' => env('WEBSOCKET_WEBHOOKS', []),

    // More apps than the one above: a list of ['id' => …, 'key' => …, 'secret' => …] and what differs
    // from above, such as 'limits' => [… only those of an app …].
    'apps' => env('WEBSOCKET_APPS', []),

    // After so much silence the server asks a client whether it is still there, seconds …
    'activity_timeout' => env('WEBSOCKET_ACTIVITY_TIMEOUT', 120),

    // … and waits so long for the answer, seconds.
    'pong_timeout' => env('WEBSOCKET_PONG_TIMEOUT', 30),

    // How long a server that stops waits for its clients to leave, seconds.
    'drain_time' => env('WEBSOCKET_DRAIN_TIME', 5),

    // Addresses and networks of proxies whose X-Forwarded-For and Forwarded headers count, a list or
    // a text with commas.
    'trusted_proxies' => env('WEBSOCKET_TRUSTED_PROXIES', []),

    // The HTTP API: Pusher's, /api/broadcast, /up, /ready, /metrics.
    'http_api' => [
        // Whether there is one.
        'enabled' => env('WEBSOCKET_HTTP_ENABLED', true),

        // An address of its own, such as 127.0.0.1:9503. Not set: that of the WebSocket.
        'listen' => env('WEBSOCKET_HTTP_LISTEN'),

        // A port of its own on the address above all. With TLS the HTTP API needs one, or `listen`.
        'port' => env('WEBSOCKET_HTTP_PORT', 0),

        // Lets others than local processes use /api/broadcast.
        'broadcast_key' => env('WEBSOCKET_HTTP_BROADCAST_KEY'),

        // Lets others than local processes read /metrics.
        'metrics_token' => env('WEBSOCKET_HTTP_METRICS_TOKEN'),

        // Addresses and networks that count as local, a list or a text with commas.
        'trusted' => env('WEBSOCKET_HTTP_TRUSTED', []),

        // Bytes of a request. 0: what a batch of the largest events needs.
        'request_size' => env('WEBSOCKET_HTTP_REQUEST_SIZE', 0),
    ],

    // Messages on a channel of this Redis are published.
    'redis' => [
        // redis://[[user]:password@]host[:port][/database] or unix:///path. Not set: none.
        'url' => env('WEBSOCKET_REDIS_URL'),

        // What the publisher puts before the name of the channel, such as laravel_database_.
        'prefix' => env('WEBSOCKET_REDIS_PREFIX', ''),

        // The name of the channel.
        'channel' => env('WEBSOCKET_REDIS_CHANNEL', 'websocket.broadcast'),
    ],

    // A page that shows what happens in the server, at /inspector.
    'inspector' => [
        // Opens it to whoever knows the password, at least 12 characters. Not set: while `debug` is on
        // it is there for this machine, otherwise not at all.
        'password' => env('WEBSOCKET_INSPECTOR_PASSWORD'),
    ],

    // PHP processes that run the application's own code: channel handlers, middleware, listeners.
    // They are only started when there is any.
    'php_workers' => [
        // How many. Not set: as many as the machine has cores.
        'num' => env('WEBSOCKET_PHP_WORKERS'),

        // After so many calls a process makes room for a fresh one. 0: never.
        'max_messages' => env('WEBSOCKET_PHP_WORKERS_MAX_MESSAGES', 100000),

        // How long one call may take, seconds. Then the process is killed and replaced.
        'timeout' => env('WEBSOCKET_PHP_WORKERS_TIMEOUT', 5),

        // Calls that may wait for a free process. One more is refused.
        'queue' => env('WEBSOCKET_PHP_WORKERS_QUEUE', 10000),
    ],

    // The application's own rules for channels: type => class. 'custom' is custom-…; 'private' and
    // 'presence' replace the server's rules; 'public' is every channel that no other type claims.
    'channel_handlers' => [],

    // Classes that see who connects and what clients send, the outermost first. `global` ones see both.
    'middleware' => [
        'global' => [],
        'handshake' => [],
        'message' => [],
    ],

    // class => arguments of its constructor.
    'middleware_params' => [],

    // Classes or callables that are told what happens: class of the event => listeners.
    'listeners' => [],

    'limits' => [
        // Open connections. 0: as many as the limit of open files allows.
        'connections' => env('WEBSOCKET_LIMIT_CONNECTIONS', 0),

        // Open connections of one address. 0: no limit. Loopback does not count.
        'connections_per_address' => env('WEBSOCKET_LIMIT_CONNECTIONS_PER_ADDRESS', 1000),

        // Open connections of one app. 0: no limit of its own.
        'app_connections' => env('WEBSOCKET_LIMIT_APP_CONNECTIONS', 0),

        // Channels that one connection may be subscribed to.
        'channels_per_connection' => env('WEBSOCKET_LIMIT_CHANNELS_PER_CONNECTION', 1000),

        // Bytes of the data of a published event.
        'event_data_size' => env('WEBSOCKET_LIMIT_EVENT_DATA_SIZE', 102400),

        // Bytes of the data of a client event.
        'client_event_data_size' => env('WEBSOCKET_LIMIT_CLIENT_EVENT_DATA_SIZE', 10240),

        // Bytes of an event's name.
        'event_name_length' => env('WEBSOCKET_LIMIT_EVENT_NAME_LENGTH', 200),

        // Bytes of a channel's name.
        'channel_name_length' => env('WEBSOCKET_LIMIT_CHANNEL_NAME_LENGTH', 200),

        // Channels in one publishToChannels().
        'channels_per_publish' => env('WEBSOCKET_LIMIT_CHANNELS_PER_PUBLISH', 100),

        // Events in one batch of the HTTP API.
        'events_per_batch' => env('WEBSOCKET_LIMIT_EVENTS_PER_BATCH', 10),

        // Events that the HTTP API takes in a second. 0: no limit.
        'events_per_second' => env('WEBSOCKET_LIMIT_EVENTS_PER_SECOND', 0),

        // Client events of one connection in a second. 0: no limit.
        'client_events_per_second' => env('WEBSOCKET_LIMIT_CLIENT_EVENTS_PER_SECOND', 10),

        // Different users in a presence channel.
        'presence_members' => env('WEBSOCKET_LIMIT_PRESENCE_MEMBERS', 100),

        // Bytes of a user's id in a presence channel.
        'presence_user_id_length' => env('WEBSOCKET_LIMIT_PRESENCE_USER_ID_LENGTH', 128),

        // Bytes of a user's user_info in a presence channel, as JSON.
        'presence_user_info_size' => env('WEBSOCKET_LIMIT_PRESENCE_USER_INFO_SIZE', 1024),

        // Users that one who is signed in may watch.
        'watchlist_length' => env('WEBSOCKET_LIMIT_WATCHLIST_LENGTH', 100),

        // Levels of nesting in a client's JSON.
        'json_depth' => env('WEBSOCKET_LIMIT_JSON_DEPTH', 32),

        // Bytes of a message from a client.
        'message_size' => env('WEBSOCKET_LIMIT_MESSAGE_SIZE', 65536),

        // Bytes that may wait for a slow client …
        'outbound_soft' => env('WEBSOCKET_LIMIT_OUTBOUND_SOFT', 262144),

        // … for so many milliseconds, then it is disconnected.
        'outbound_soft_time' => env('WEBSOCKET_LIMIT_OUTBOUND_SOFT_TIME', 10000),

        // Bytes at which a slow client is disconnected at once.
        'outbound_hard' => env('WEBSOCKET_LIMIT_OUTBOUND_HARD', 1048576),

        // Bytes that may wait in one thread for all its clients together.
        'outbound_shard' => env('WEBSOCKET_LIMIT_OUTBOUND_SHARD', 268435456),

        // Bytes that may wait on their way from one thread to another.
        'mailbox_size' => env('WEBSOCKET_LIMIT_MAILBOX_SIZE', 67108864),

        // Milliseconds from the TCP connection to the end of the WebSocket handshake.
        'handshake_time' => env('WEBSOCKET_LIMIT_HANDSHAKE_TIME', 10000),
    ],

    'log' => [
        // The least important lines that are logged: debug, info, warning or error.
        'level' => env('WEBSOCKET_LOG_LEVEL', 'info'),

        // auto (coloured on a terminal, JSON elsewhere), readable, colour or json.
        'format' => env('WEBSOCKET_LOG_FORMAT', 'auto'),

        // Where a server in the background logs. In the foreground it is standard error.
        'file' => env('WEBSOCKET_LOG_FILE', 'storage/logs/websocket.log'),
    ],

    // Says which process serves. Locked for as long as that process lives.
    'pid_file' => env('WEBSOCKET_PID_FILE', 'storage/websocket/ody.pid'),

    // Logs everything, whatever log.level says, and serves /test and, to this machine, /inspector.
    'debug' => env('WEBSOCKET_DEBUG', false),
];
