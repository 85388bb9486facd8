<?php

declare(strict_types=1);

namespace Ody\Websocket\Console;

/**
 * A command cannot do what it was told. The message is one sentence for the person who ran it.
 *
 * @internal
 */
final class CommandException extends \RuntimeException {}
