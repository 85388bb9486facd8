<?php

declare(strict_types=1);

namespace Ody\Websocket\Exceptions;

/**
 * Everything that Ody WebSocket throws, but for arguments that are wrong in themselves.
 *
 * The extension has a class of this name. This one is for PHP that does not load it.
 */
interface WebsocketThrowable extends \Throwable {}
