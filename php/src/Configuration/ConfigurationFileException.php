<?php

declare(strict_types=1);

namespace Ody\Websocket\Configuration;

/**
 * A file of the configuration, or a class that it names, cannot be read or is not what it should be.
 */
final class ConfigurationFileException extends \RuntimeException
{
    /**
     * Says what does not work and why. A mistake in code is shown with its place, which may be in a file
     * that the configuration only leads to.
     *
     *     throw ConfigurationFileException::because('config/websocket.php cannot be loaded', $error);
     *
     * @param string     $problem without a full stop
     * @param \Throwable $error   the cause
     */
    public static function because(string $problem, \Throwable $error): self
    {
        $place = $error instanceof \Error ? sprintf(' in %s on line %d', $error->getFile(), $error->getLine()) : '';

        return new self($problem . ': ' . $error->getMessage() . $place, 0, $error);
    }
}
