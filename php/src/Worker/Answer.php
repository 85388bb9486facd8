<?php

declare(strict_types=1);

namespace Ody\Websocket\Worker;

/**
 * The answers to calls, as Connection::run() takes them from its handler.
 *
 * @internal
 */
final class Answer
{
    private const CODE_MAX = 65535;

    /**
     * The server goes on.
     *
     * @param string|null $data in place of what the client sent; null: as it was
     *
     * @return array{verdict: string, data: string|null}
     */
    public static function pass(?string $data = null): array
    {
        return ['verdict' => 'pass', 'data' => $data];
    }

    /**
     * It is done.
     *
     * @return array{verdict: string}
     */
    public static function handled(): array
    {
        return ['verdict' => 'handled'];
    }

    /**
     * The client is told why not.
     *
     * @param int $code for the client; one that cannot be sent counts as none
     *
     * @return array{verdict: string, message: string, code: int}
     */
    public static function refused(string $message, int $code = 0): array
    {
        return ['verdict' => 'refused', 'message' => ErrorLog::line($message), 'code' => $code > 0 && $code <= self::CODE_MAX ? $code : 0];
    }

    /**
     * The client gets a general error.
     *
     * @return array{verdict: string}
     */
    public static function failed(): array
    {
        return ['verdict' => 'failed'];
    }
}
