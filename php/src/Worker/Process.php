<?php

declare(strict_types=1);

namespace Ody\Websocket\Worker;

use Psr\Log\LoggerInterface;

/**
 * Makes this PHP process one that may run for long.
 *
 * @internal
 */
final class Process
{
    /** What a worker may take where php.ini sets no limit: endless recursion must end somewhere. */
    private const MEMORY_LIMIT = '512M';

    /**
     * Errors become lines of the log, unless the framework has a way of its own.
     */
    public static function prepare(LoggerInterface $log): void
    {
        if (ini_get('memory_limit') === '-1') {
            ini_set('memory_limit', self::MEMORY_LIMIT);
        }
        ini_set('display_errors', '0');
        ini_set('log_errors', '0');
        $report = static function (int $level, string $message, string $file, int $line) use ($log): bool {
            if ((error_reporting() & $level) !== 0) {
                $log->warning(sprintf('%s in %s:%d', $message, $file, $line));
            }

            return true;
        };
        if (set_error_handler($report) !== null) {
            restore_error_handler();
        }
    }

    /**
     * Logs the fatal error that ends this process.
     *
     * @param string|null           $otherwise what to log when there was none, such as after exit(); null: nothing
     * @param array<string, string> $context   of that
     */
    public static function logEnd(LoggerInterface $log, ?string $otherwise = null, array $context = []): void
    {
        $error = error_get_last();
        $fatal = E_ERROR | E_CORE_ERROR | E_COMPILE_ERROR | E_PARSE | E_USER_ERROR | E_RECOVERABLE_ERROR;
        if ($error !== null && ($error['type'] & $fatal) !== 0) {
            // What was reached is only a limit of PHP's own: what follows takes little.
            ini_set('memory_limit', '-1');
            $log->error(sprintf('a fatal error ended the PHP worker: %s in %s:%d', $error['message'], $error['file'], $error['line']));
        } elseif ($otherwise !== null) {
            $log->error($otherwise, $context);
        }
    }

    /**
     * Returns the limit of memory in bytes, or null when there is none.
     */
    public static function memoryLimit(): ?int
    {
        $limit = ini_parse_quantity(ini_get('memory_limit'));

        return $limit > 0 ? $limit : null;
    }
}
