<?php

declare(strict_types=1);

namespace Ody\Websocket\Middleware;

/**
 * A connection or a message is refused, and the client may know why.
 *
 *     throw new RefusedException('Too many rooms', 4301);
 */
final class RefusedException extends \RuntimeException
{
    /**
     * @param string $message a sentence for the client, at most 1,024 bytes of it are sent
     * @param int    $code    of a connection 4000 to 4299, with which it is closed (0: 4009); of a message
     *                        the code of the error that the client gets, 0 to 65535 (0: none)
     */
    public function __construct(string $message, int $code = 0)
    {
        parent::__construct($message, $code);
    }
}
