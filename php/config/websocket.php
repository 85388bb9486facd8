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

    // After so much silence the server asks a client whether it is still there, seconds …
    'activity_timeout' => env('WEBSOCKET_ACTIVITY_TIMEOUT', 120),

    // … and waits so long for the answer, seconds.
    'pong_timeout' => env('WEBSOCKET_PONG_TIMEOUT', 30),

    // How long a cache channel keeps its last event, seconds.
    'cache_time' => env('WEBSOCKET_CACHE_TIME', 1800),

    // How long a server that stops waits for its clients to leave, seconds.
    'drain_time' => env('WEBSOCKET_DRAIN_TIME', 5),

    // Addresses and networks of proxies whose X-Forwarded-For and Forwarded headers count, a list or
    // a text with commas.
    'trusted_proxies' => env('WEBSOCKET_TRUSTED_PROXIES', []),

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

        // Channels that one connection may be subscribed to.
        'channels_per_connection' => env('WEBSOCKET_LIMIT_CHANNELS_PER_CONNECTION', 1000),

        // Bytes of a message from a client.
        'message_size' => env('WEBSOCKET_LIMIT_MESSAGE_SIZE', 65536),

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

        // Client events of one connection in a second. 0: no limit.
        'client_events_per_second' => env('WEBSOCKET_LIMIT_CLIENT_EVENTS_PER_SECOND', 10),

        // Different users in a presence channel.
        'presence_members' => env('WEBSOCKET_LIMIT_PRESENCE_MEMBERS', 100),

        // Bytes of a user's id in a presence channel.
        'presence_user_id_length' => env('WEBSOCKET_LIMIT_PRESENCE_USER_ID_LENGTH', 128),

        // Bytes of a user's user_info in a presence channel, as JSON.
        'presence_user_info_size' => env('WEBSOCKET_LIMIT_PRESENCE_USER_INFO_SIZE', 1024),

        // Levels of nesting in a client's JSON.
        'json_depth' => env('WEBSOCKET_LIMIT_JSON_DEPTH', 32),

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

    // Logs everything, whatever log.level says.
    'debug' => env('WEBSOCKET_DEBUG', false),
];
