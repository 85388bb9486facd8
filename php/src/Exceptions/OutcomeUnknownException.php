<?php

declare(strict_types=1);

namespace Ody\Websocket\Exceptions;

/**
 * The connection was lost after the request was written: whether it was carried out is unknown.
 *
 * The extension has a class of this name. This one is for PHP that does not load it.
 *
 * @api
 */
class OutcomeUnknownException extends ConnectionException {}
