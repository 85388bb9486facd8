<?php

declare(strict_types=1);

namespace Ody\Websocket\Console\Doctor;

/**
 * How bad a finding is.
 *
 * @internal
 */
enum Level: string
{
    case Good = 'good';
    /** It works, but not as well or as safely as it could. */
    case Warning = 'warning';
    /** The server cannot start, or cannot be used. */
    case Failure = 'failure';
}
