<?php

declare(strict_types=1);

namespace Ody\Websocket\Channel\Exceptions;

/**
 * The connection is not subscribed to the channel.
 *
 * The extension has a class of this name. This one is for PHP that does not load it.
 *
 * @api
 */
class SubscriptionException extends ChannelException {}
