<?php

declare(strict_types=1);

namespace Chat;

/**
 * Text that comes from browsers.
 */
final class Text
{
    /**
     * Returns one trimmed line.
     *
     * @param int    $most characters
     * @param string $what begins the sentence of a refusal, such as "A name"
     *
     * @throws Problem when it is empty, too long, no UTF-8 or holds control characters
     */
    public static function line(string $text, int $most, string $what): string
    {
        $text = self::paragraph($text, $most, $what);
        if (str_contains($text, "\n")) {
            throw new Problem(422, $what . ' has one line.');
        }

        return $text;
    }

    /**
     * Returns trimmed text that may have several lines.
     *
     * @param int $most characters
     *
     * @throws Problem as line()
     */
    public static function paragraph(string $text, int $most, string $what): string
    {
        $text = trim(str_replace("\r\n", "\n", $text));
        // Control characters, and those that turn the direction of the text around them.
        if (preg_match('/^[^\p{Cc}\x{202A}-\x{202E}\x{2066}-\x{2069}]*$/u', str_replace("\n", '', $text)) !== 1) {
            throw new Problem(422, $what . ' holds characters that cannot be shown.');
        }
        if ($text === '' || mb_strlen($text) > $most) {
            throw new Problem(422, sprintf('%s has 1 to %d characters.', $what, $most));
        }

        return $text;
    }
}
