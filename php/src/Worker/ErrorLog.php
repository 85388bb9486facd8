<?php

declare(strict_types=1);

namespace Ody\Websocket\Worker;

use Psr\Log\AbstractLogger;

/**
 * A logger on standard error, which a PHP worker shares with the server's log: one line an entry, no
 * control characters, of bounded length.
 */
final class ErrorLog extends AbstractLogger
{
    private const LINE = 8150;

    private const FRAMES = 30;

    /** @var resource */
    private $stream;

    /**
     *     $log = new ErrorLog();
     *
     * @param resource|null $stream null: standard error
     */
    public function __construct($stream = null)
    {
        $this->stream = $stream ?? self::standardError();
    }

    /**
     *     $log->log('warning', 'a bid came late', ['client' => $clientId]);
     *
     * @param mixed                   $level
     * @param array<array-key, mixed> $context scalars are shown; an exception under `exception` is shown with its trace
     */
    public function log($level, string|\Stringable $message, array $context = []): void
    {
        $error = $context['exception'] ?? null;
        unset($context['exception']);
        $line = (string) $message;
        foreach ($context as $name => $value) {
            $line .= is_scalar($value) ? sprintf(' %s=%s', $name, is_bool($value) ? var_export($value, true) : $value) : '';
        }
        if ($error instanceof \Throwable) {
            $line .= ': ' . self::describe($error);
        }
        @fwrite($this->stream, self::line($line) . "\n");
    }

    /**
     * Makes a text one line that any format can hold.
     *
     *     ErrorLog::line("two\nlines");   // two | lines
     */
    public static function line(string $text): string
    {
        $text = str_replace(["\r\n", "\n", "\r"], ' | ', substr($text, 0, self::LINE));
        $text = (string) preg_replace('/[\x00-\x1f\x7f]/', ' ', $text);
        // The encoder replaces what is no UTF-8, such as a character that was cut.
        $text = json_decode((string) json_encode($text, JSON_INVALID_UTF8_SUBSTITUTE));

        return is_string($text) ? $text : '';
    }

    /**
     * Describes an exception: class, message, place and trace, without the values of arguments.
     *
     *     ErrorLog::describe(new RuntimeException('no'));   // RuntimeException: no in /srv/app/src/A.php:7 #0 …
     */
    public static function describe(\Throwable $error): string
    {
        $text = sprintf('%s: %s in %s:%d', $error::class, $error->getMessage(), $error->getFile(), $error->getLine());
        foreach (array_slice($error->getTrace(), 0, self::FRAMES) as $number => $frame) {
            $place = isset($frame['file']) ? sprintf('%s:%d', $frame['file'], $frame['line'] ?? 0) : 'PHP';
            $text .= sprintf(' #%d %s %s%s%s()', $number, $place, $frame['class'] ?? '', $frame['type'] ?? '', $frame['function']);
        }
        $previous = $error->getPrevious();

        return $previous === null ? $text : $text . ' caused by ' . self::describe($previous);
    }

    /**
     * @return resource
     */
    private static function standardError()
    {
        $stream = defined('STDERR') ? STDERR : fopen('php://stderr', 'wb');

        return is_resource($stream) ? $stream : throw new \RuntimeException('Standard error cannot be opened.');
    }
}
