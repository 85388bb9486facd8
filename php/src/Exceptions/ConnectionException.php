<?php

declare(strict_types=1);

namespace Ody\Websocket\Exceptions;

/**
 * The server cannot be reached, does not answer, or speaks another version.
 *
 * The extension has a class of this name. This one is for PHP that does not load it.
 *
 * @api
 */
class ConnectionException extends \RuntimeException implements WebsocketThrowable {}
