<?php

declare(strict_types=1);

namespace Ody\Websocket\Exceptions;

/**
 * A configuration that cannot work. The message names the key.
 *
 * The extension has a class of this name. This one is for PHP that does not load it.
 *
 * @api
 */
class ConfigurationException extends \InvalidArgumentException implements WebsocketThrowable {}
