<?php

declare(strict_types=1);

namespace Ody\Websocket\Channel\Exceptions;

/**
 * Something is wrong with a channel; the subclasses say more.
 *
 * The extension has a class of this name. This one is for PHP that does not load it.
 *
 * @api
 */
class ChannelException extends \Exception implements \Ody\Websocket\Exceptions\WebsocketThrowable {}
