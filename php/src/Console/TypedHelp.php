<?php

declare(strict_types=1);

namespace Ody\Websocket\Console;

/**
 * Help whose examples can be typed as they stand: the console is not called artisan in the root of every project.
 *
 * @internal
 */
trait TypedHelp
{
    /**
     * Returns the help of the command.
     */
    public function getHelp(): string
    {
        return str_replace('php artisan ', CommandLine::typed(''), parent::getHelp());
    }
}
