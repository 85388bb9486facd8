<?php

declare(strict_types=1);

namespace Ody\Websocket\Configuration;

/**
 * The variables that Laravel Reverb is configured by.
 *
 * @internal
 */
final class ReverbVariables
{
    public const SERVER = 'Laravel Reverb';

    /** Without it there is no app. */
    private const NEEDED = 'REVERB_APP_KEY';

    private const OF_KEYS = [
        'host' => 'REVERB_SERVER_HOST',
        'port' => 'REVERB_SERVER_PORT',
        'path' => 'REVERB_SERVER_PATH',
        'app_id' => 'REVERB_APP_ID',
        'api_key' => self::NEEDED,
        'secret_key' => 'REVERB_APP_SECRET',
        'client_events' => 'REVERB_APP_ACCEPT_CLIENT_EVENTS_FROM',
        'activity_timeout' => 'REVERB_APP_ACTIVITY_TIMEOUT',
        'pong_timeout' => 'REVERB_APP_PING_INTERVAL',
        'http_api.request_size' => 'REVERB_MAX_REQUEST_SIZE',
        'limits.app_connections' => 'REVERB_APP_MAX_CONNECTIONS',
        'limits.message_size' => 'REVERB_APP_MAX_MESSAGE_SIZE',
    ];

    /** Where Reverb listens when nobody says where. */
    private const DEFAULTS = ['host' => '0.0.0.0', 'port' => '8080'];

    /**
     * Returns what they say, or null when Reverb is not configured.
     */
    public static function find(Environment $environment): ?ForeignVariables
    {
        if (in_array($environment->get(self::NEEDED), [null, ''], true)) {
            return null;
        }
        $values = self::DEFAULTS;
        foreach (self::OF_KEYS as $key => $variable) {
            $value = $environment->get($variable);
            if ($value !== null && $value !== '') {
                $values[$key] = $value;
            }
        }
        // Reverb's "all" takes events for channels that the sender is not in. That is not offered here.
        if (($values['client_events'] ?? null) === 'all') {
            $values['client_events'] = 'members';
        }

        return new ForeignVariables(self::SERVER, $values, self::OF_KEYS);
    }
}
