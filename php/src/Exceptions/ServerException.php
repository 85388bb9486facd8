<?php

declare(strict_types=1);

namespace Ody\Websocket\Exceptions;

/**
 * The server cannot start, cannot stop, or cannot take more.
 *
 * The extension has a class of this name. This one is for PHP that does not load it.
 *
 * @api
 */
class ServerException extends \RuntimeException implements WebsocketThrowable {}
