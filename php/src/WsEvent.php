<?php

declare(strict_types=1);

namespace Ody\Websocket;

/**
 * Names of events in configuration files of the Swoole version. Such files load; their callbacks
 * have no effect.
 */
final class WsEvent
{
    public const ON_REQUEST = 'request';

    public const ON_DISCONNECT = 'disconnect';

    public const ON_HAND_SHAKE = 'handshake';

    public const ON_MESSAGE = 'message';

    public const ON_CLOSE = 'close';

    public const ON_WORKER_START = 'workerStart';
}
