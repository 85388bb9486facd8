<?php

declare(strict_types=1);

namespace Ody\Websocket;

/**
 * A text that dumps, exports and casts of whatever holds it do not show.
 *
 * @internal
 */
final class Secret
{
    /** @var \WeakMap<self, string>|null */
    private static ?\WeakMap $texts = null;

    /**
     * @param string $text is kept for as long as this object
     */
    public function __construct(#[\SensitiveParameter] string $text)
    {
        self::$texts ??= new \WeakMap();
        self::$texts[$this] = $text;
    }

    /**
     * Returns the hex digits of the HMAC-SHA256 of a text.
     */
    public function sign(string $text): string
    {
        return hash_hmac('sha256', $text, self::$texts[$this] ?? throw new \LogicException('A secret is neither cloned nor unserialized.'));
    }
}
