<?php

declare(strict_types=1);

namespace Ody\Websocket\Configuration;

/**
 * Which variable sets which key. A variable that is set wins over every file, also over a value that
 * a configuration file writes out.
 *
 * @internal
 */
final class Variables
{
    public const OF_KEYS = [
        'host' => 'WEBSOCKET_HOST',
        'port' => 'WEBSOCKET_PORT',
        'path' => 'WEBSOCKET_PATH',
        'additional.worker_num' => 'WEBSOCKET_WORKER_COUNT',
        'app_id' => 'WEBSOCKET_APP_ID',
        'api_key' => 'WEBSOCKET_API_KEY',
        'secret_key' => 'WEBSOCKET_SECRET_KEY',
        'previous_api_key' => 'WEBSOCKET_PREVIOUS_API_KEY',
        'previous_secret_key' => 'WEBSOCKET_PREVIOUS_SECRET_KEY',
        'app_enabled' => 'WEBSOCKET_APP_ENABLED',
        'ssl.ssl_cert_file' => 'WEBSOCKET_SSL_CERT_FILE',
        'ssl.ssl_key_file' => 'WEBSOCKET_SSL_KEY_FILE',
        'socket.path' => 'WEBSOCKET_SOCKET',
        'socket.group' => 'WEBSOCKET_SOCKET_GROUP',
        'connection' => 'WEBSOCKET_CONNECTION',
        'connect_timeout' => 'WEBSOCKET_CONNECT_TIMEOUT',
        'timeout' => 'WEBSOCKET_TIMEOUT',
        'missing_channel' => 'WEBSOCKET_MISSING_CHANNEL',
        'client_events' => 'WEBSOCKET_CLIENT_EVENTS',
        'user_authentication' => 'WEBSOCKET_USER_AUTHENTICATION',
        'watchlist' => 'WEBSOCKET_WATCHLIST',
        'subscription_count' => 'WEBSOCKET_SUBSCRIPTION_COUNT',
        'authorized_time' => 'WEBSOCKET_AUTHORIZED_TIME',
        'cache_time' => 'WEBSOCKET_CACHE_TIME',
        'allowed_origins' => 'WEBSOCKET_ALLOWED_ORIGINS',
        'webhooks' => 'WEBSOCKET_WEBHOOKS',
        'apps' => 'WEBSOCKET_APPS',
        'activity_timeout' => 'WEBSOCKET_ACTIVITY_TIMEOUT',
        'pong_timeout' => 'WEBSOCKET_PONG_TIMEOUT',
        'drain_time' => 'WEBSOCKET_DRAIN_TIME',
        'trusted_proxies' => 'WEBSOCKET_TRUSTED_PROXIES',
        'http_api.enabled' => 'WEBSOCKET_HTTP_ENABLED',
        'http_api.listen' => 'WEBSOCKET_HTTP_LISTEN',
        'http_api.port' => 'WEBSOCKET_HTTP_PORT',
        'http_api.broadcast_key' => 'WEBSOCKET_HTTP_BROADCAST_KEY',
        'http_api.metrics_token' => 'WEBSOCKET_HTTP_METRICS_TOKEN',
        'http_api.trusted' => 'WEBSOCKET_HTTP_TRUSTED',
        'http_api.request_size' => 'WEBSOCKET_HTTP_REQUEST_SIZE',
        'redis.url' => 'WEBSOCKET_REDIS_URL',
        'redis.prefix' => 'WEBSOCKET_REDIS_PREFIX',
        'redis.channel' => 'WEBSOCKET_REDIS_CHANNEL',
        'inspector.password' => 'WEBSOCKET_INSPECTOR_PASSWORD',
        'php_workers.num' => 'WEBSOCKET_PHP_WORKERS',
        'php_workers.max_messages' => 'WEBSOCKET_PHP_WORKERS_MAX_MESSAGES',
        'php_workers.timeout' => 'WEBSOCKET_PHP_WORKERS_TIMEOUT',
        'php_workers.queue' => 'WEBSOCKET_PHP_WORKERS_QUEUE',
        'limits.connections' => 'WEBSOCKET_LIMIT_CONNECTIONS',
        'limits.connections_per_address' => 'WEBSOCKET_LIMIT_CONNECTIONS_PER_ADDRESS',
        'limits.app_connections' => 'WEBSOCKET_LIMIT_APP_CONNECTIONS',
        'limits.channels_per_connection' => 'WEBSOCKET_LIMIT_CHANNELS_PER_CONNECTION',
        'limits.event_data_size' => 'WEBSOCKET_LIMIT_EVENT_DATA_SIZE',
        'limits.client_event_data_size' => 'WEBSOCKET_LIMIT_CLIENT_EVENT_DATA_SIZE',
        'limits.event_name_length' => 'WEBSOCKET_LIMIT_EVENT_NAME_LENGTH',
        'limits.channel_name_length' => 'WEBSOCKET_LIMIT_CHANNEL_NAME_LENGTH',
        'limits.channels_per_publish' => 'WEBSOCKET_LIMIT_CHANNELS_PER_PUBLISH',
        'limits.events_per_batch' => 'WEBSOCKET_LIMIT_EVENTS_PER_BATCH',
        'limits.events_per_second' => 'WEBSOCKET_LIMIT_EVENTS_PER_SECOND',
        'limits.client_events_per_second' => 'WEBSOCKET_LIMIT_CLIENT_EVENTS_PER_SECOND',
        'limits.presence_members' => 'WEBSOCKET_LIMIT_PRESENCE_MEMBERS',
        'limits.presence_user_id_length' => 'WEBSOCKET_LIMIT_PRESENCE_USER_ID_LENGTH',
        'limits.presence_user_info_size' => 'WEBSOCKET_LIMIT_PRESENCE_USER_INFO_SIZE',
        'limits.watchlist_length' => 'WEBSOCKET_LIMIT_WATCHLIST_LENGTH',
        'limits.json_depth' => 'WEBSOCKET_LIMIT_JSON_DEPTH',
        'limits.message_size' => 'WEBSOCKET_LIMIT_MESSAGE_SIZE',
        'limits.outbound_soft' => 'WEBSOCKET_LIMIT_OUTBOUND_SOFT',
        'limits.outbound_soft_time' => 'WEBSOCKET_LIMIT_OUTBOUND_SOFT_TIME',
        'limits.outbound_hard' => 'WEBSOCKET_LIMIT_OUTBOUND_HARD',
        'limits.outbound_shard' => 'WEBSOCKET_LIMIT_OUTBOUND_SHARD',
        'limits.mailbox_size' => 'WEBSOCKET_LIMIT_MAILBOX_SIZE',
        'limits.handshake_time' => 'WEBSOCKET_LIMIT_HANDSHAKE_TIME',
        'log.level' => 'WEBSOCKET_LOG_LEVEL',
        'log.format' => 'WEBSOCKET_LOG_FORMAT',
        'log.file' => 'WEBSOCKET_LOG_FILE',
        'pid_file' => 'WEBSOCKET_PID_FILE',
        'debug' => 'WEBSOCKET_DEBUG',
    ];

    /**
     * Puts the variables that are set into a configuration.
     *
     * @param array<array-key, mixed> $values
     *
     * @return array<array-key, mixed>
     */
    public static function apply(array $values, Environment $environment): array
    {
        foreach (self::OF_KEYS as $key => $variable) {
            if ($environment->raw($variable) !== null) {
                $values = Keys::set($values, $key, $environment->get($variable));
            }
        }

        return $values;
    }
}
