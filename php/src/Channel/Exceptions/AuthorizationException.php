<?php

declare(strict_types=1);

namespace Ody\Websocket\Channel\Exceptions;

/**
 * A signature is wrong or missing.
 *
 * The extension has a class of this name. This one is for PHP that does not load it.
 *
 * @api
 */
class AuthorizationException extends ChannelException {}
