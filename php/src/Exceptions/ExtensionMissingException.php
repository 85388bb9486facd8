<?php

declare(strict_types=1);

namespace Ody\Websocket\Exceptions;

/**
 * This PHP has not loaded the extension. The message says how to get it.
 */
final class ExtensionMissingException extends \RuntimeException {}
