<?php

declare(strict_types=1);

namespace Ody\Websocket\Channel\Exceptions;

/**
 * The event's name or data is unusable: too large, not UTF-8, not encodable.
 *
 * The extension has a class of this name. This one is for PHP that does not load it.
 *
 * @api
 */
class MessageException extends ChannelException {}
