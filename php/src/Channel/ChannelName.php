<?php

declare(strict_types=1);

namespace Ody\Websocket\Channel;

/**
 * What a channel's name says about the channel, in the words of the server.
 *
 * @internal
 */
final class ChannelName
{
    /** By prefix. A longer one stands before the shorter one that it begins with. */
    private const KINDS = [
        'private-encrypted-cache-' => 'private-encrypted-cache',
        'private-encrypted-' => 'private-encrypted',
        'private-cache-' => 'private-cache',
        'private-' => 'private',
        'presence-cache-' => 'presence-cache',
        'presence-' => 'presence',
        'cache-' => 'cache',
        '#server-to-user-' => 'user',
    ];

    /**
     * Returns what getChannels() calls `type`.
     */
    public static function kind(string $name): string
    {
        foreach (self::KINDS as $prefix => $kind) {
            if (str_starts_with($name, $prefix)) {
                return $kind;
            }
        }

        return 'public';
    }

    /**
     * Says whether it is a presence channel, whose metadata has `users`.
     */
    public static function isPresence(string $name): bool
    {
        return str_starts_with($name, 'presence-');
    }

    /**
     * Says whether publishing to it is right even when nobody is subscribed.
     */
    public static function alwaysExists(string $name): bool
    {
        $kind = self::kind($name);

        return $kind === 'user' || str_ends_with($kind, 'cache');
    }
}
