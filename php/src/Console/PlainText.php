<?php

declare(strict_types=1);

namespace Ody\Websocket\Console;

use Symfony\Component\Console\Formatter\OutputFormatter;

/**
 * Text from outside that a terminal may show: it can neither move the cursor nor colour, nor turn the
 * reading direction.
 *
 * @internal
 */
final class PlainText
{
    /** Control characters of ASCII and Unicode, line separators, and marks that change the direction. */
    private const UNSAFE = '/[\x{00}-\x{1f}\x{7f}-\x{9f}\x{200e}\x{200f}\x{2028}-\x{202e}\x{2066}-\x{2069}\x{feff}]/u';

    /**
     * Returns a text with everything unsafe written out, such as \x1b or \u{202e}.
     *
     * @param string $text any bytes; those that are not UTF-8 are written out too
     *
     * @example PlainText::of("a\e[31m")   // a\x1b[31m
     */
    public static function of(string $text): string
    {
        if (preg_match('//u', $text) !== 1) {
            return (string) preg_replace_callback(
                '/[^\x20-\x7e]/',
                static fn(array $match): string => sprintf('\x%02x', ord($match[0])),
                $text,
            );
        }

        return (string) preg_replace_callback(
            self::UNSAFE,
            static fn(array $match): string => sprintf(strlen($match[0]) === 1 ? '\x%02x' : '\u{%x}', mb_ord($match[0], 'UTF-8')),
            $text,
        );
    }

    /**
     * Returns the same, ready for an output that reads tags such as <info>.
     *
     * @param string $text any bytes
     */
    public static function escaped(string $text): string
    {
        return OutputFormatter::escape(self::of($text));
    }
}
