<?php

declare(strict_types=1);

namespace Ody\Websocket\Channel\Exceptions;

/**
 * The channel has no subscribers.
 *
 * The extension has a class of this name. This one is for PHP that does not load it.
 *
 * @api
 */
class ChannelNotFoundException extends ChannelException {}
