<?php

declare(strict_types=1);

namespace Ody\Websocket\Configuration;

/**
 * The variables that soketi is configured by: SOKETI_…, and those of its app also without the prefix.
 *
 * @internal
 */
final class SoketiVariables
{
    public const SERVER = 'soketi';

    private const PREFIX = 'SOKETI_';

    /** They are read without the prefix too. */
    private const OF_THE_APP = 'DEFAULT_APP_';

    private const OF_KEYS = [
        'host' => 'HOST',
        'port' => 'PORT',
        'path' => 'PATH_PREFIX',
        'app_id' => 'DEFAULT_APP_ID',
        'api_key' => 'DEFAULT_APP_KEY',
        'secret_key' => 'DEFAULT_APP_SECRET',
        'app_enabled' => 'DEFAULT_APP_ENABLED',
        'ssl.ssl_cert_file' => 'SSL_CERT',
        'ssl.ssl_key_file' => 'SSL_KEY',
        'client_events' => 'DEFAULT_APP_ENABLE_CLIENT_MESSAGES',
        'user_authentication' => 'DEFAULT_APP_USER_AUTHENTICATION',
        'authorized_time' => 'USER_AUTHENTICATION_TIMEOUT',
        'cache_time' => 'CHANNEL_CACHE_TTL',
        'webhooks' => 'DEFAULT_APP_WEBHOOKS',
        'drain_time' => 'SHUTDOWN_GRACE_PERIOD',
        'http_api.request_size' => 'HTTP_MAX_REQUEST_SIZE',
        'limits.app_connections' => 'DEFAULT_APP_MAX_CONNS',
        'limits.event_data_size' => 'EVENT_MAX_SIZE_IN_KB',
        'limits.event_name_length' => 'EVENT_MAX_NAME_LENGTH',
        'limits.channel_name_length' => 'CHANNEL_LIMITS_MAX_NAME_LENGTH',
        'limits.channels_per_publish' => 'EVENT_MAX_CHANNELS_AT_ONCE',
        'limits.events_per_batch' => 'EVENT_MAX_BATCH_SIZE',
        'limits.events_per_second' => 'DEFAULT_APP_MAX_BACKEND_EVENTS_PER_SEC',
        'limits.client_events_per_second' => 'DEFAULT_APP_MAX_CLIENT_EVENTS_PER_SEC',
        'limits.presence_members' => 'PRESENCE_MAX_MEMBERS',
        'limits.presence_user_info_size' => 'PRESENCE_MAX_MEMBER_SIZE',
        'debug' => 'DEBUG',
    ];

    /** What soketi does when nobody says otherwise. The secret is a placeholder: everybody knows it. */
    private const DEFAULTS = [
        'host' => '0.0.0.0',
        'port' => '6001',
        'app_id' => 'app-id',
        'api_key' => 'app-key',
        'secret_key' => 'app-secret',
        'client_events' => 'none',
    ];

    /** What one of soketi's units is in ours. */
    private const FACTORS = [
        'authorized_time' => 0.001,
        'drain_time' => 0.001,
        'http_api.request_size' => 1_048_576,
        'limits.event_data_size' => 1024,
        'limits.presence_user_info_size' => 1024,
    ];

    /** -1 is soketi's "no limit". */
    private const UNLIMITED = ['limits.app_connections', 'limits.events_per_second', 'limits.client_events_per_second'];

    /** Bytes of a message besides twice the data: names, and what stands around them. */
    private const AROUND_DATA = 4096;

    /**
     * Returns what they say, or null when none is set.
     */
    public static function find(Environment $environment): ?ForeignVariables
    {
        $values = [];
        $variables = [];
        foreach (self::OF_KEYS as $key => $name) {
            $variables[$key] = self::PREFIX . $name;
            $value = $environment->get(self::PREFIX . $name);
            if (self::isEmpty($value) && str_starts_with($name, self::OF_THE_APP)) {
                $value = $environment->get($name);
                $variables[$key] = self::isEmpty($value) ? $variables[$key] : $name;
            }
            if (!self::isEmpty($value)) {
                $values[$key] = self::converted($key, $value);
            }
        }
        if ($values === []) {
            return null;
        }

        return new ForeignVariables(self::SERVER, self::withRoom($values + self::DEFAULTS), $variables);
    }

    private static function isEmpty(mixed $value): bool
    {
        return $value === null || $value === '';
    }

    /**
     * What cannot be converted stays as it is: the server says what is wrong with it.
     */
    private static function converted(string $key, mixed $value): mixed
    {
        if ($key === 'client_events') {
            return filter_var($value, FILTER_VALIDATE_BOOL, FILTER_NULL_ON_FAILURE) === true ? 'private' : 'none';
        }
        if ($key === 'webhooks') {
            return self::webhooks($value);
        }
        if (in_array($key, self::UNLIMITED, true) && is_numeric($value) && (float) $value < 0) {
            return 0;
        }
        $factor = self::FACTORS[$key] ?? null;
        if ($factor === null || !is_numeric($value)) {
            return $value;
        }

        return is_float($factor) ? (float) $value * $factor : (int) round((float) $value * $factor);
    }

    /**
     * soketi's limit counts for events of clients as well, and its queues need no limits of their own.
     *
     * @param array<string, mixed> $values
     *
     * @return array<string, mixed>
     */
    private static function withRoom(array $values): array
    {
        $size = $values['limits.event_data_size'] ?? null;
        if (!is_int($size)) {
            return $values;
        }
        $message = 2 * $size + self::AROUND_DATA;

        return $values + [
            'limits.client_event_data_size' => $size,
            'limits.message_size' => max(65_536, $message),
            'limits.outbound_hard' => max(1_048_576, $message),
        ];
    }

    /**
     * Names what has a name here. The rest keeps its own, which the server then refuses by it.
     */
    private static function webhooks(mixed $value): mixed
    {
        $hooks = is_string($value) ? json_decode($value, true) : null;
        if (!is_array($hooks)) {
            return $value;
        }

        return array_map(self::webhook(...), $hooks);
    }

    private static function webhook(mixed $hook): mixed
    {
        if (!is_array($hook)) {
            return $hook;
        }
        $filter = is_array($hook['filter'] ?? null) ? $hook['filter'] : [];
        $prefix = $filter['channel_name_starts_with'] ?? null;
        $known = array_filter([
            'url' => $hook['url'] ?? null,
            'events' => $hook['event_types'] ?? null,
            'channels' => $prefix === null || $prefix === '' ? null : [$prefix],
        ], static fn(mixed $entry): bool => $entry !== null);
        unset($filter['channel_name_starts_with'], $hook['url'], $hook['event_types'], $hook['filter']);
        // An empty one asks for nothing.
        $rest = array_filter($hook + ($filter === [] ? [] : ['filter' => $filter]), static fn(mixed $entry): bool => $entry !== [] && $entry !== null);

        return $known + $rest;
    }
}
