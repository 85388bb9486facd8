<?php

declare(strict_types=1);

namespace Ody\Websocket\Console\Doctor;

use Ody\Websocket\Configuration;
use Ody\Websocket\Configuration\ConfigurationFileException;
use Ody\Websocket\Console\LocalServer;
use Ody\Websocket\Exceptions\ConfigurationException;
use Ody\Websocket\Extension;

/**
 * The process that serves this project.
 *
 * @internal
 */
final class RunningServer
{
    /**
     * Returns its process id. Null when none runs, and when nobody can know: the extension is missing, or
     * the configuration does not say where to look. Other checks tell about those.
     */
    public static function pid(Configuration $configuration): ?int
    {
        if (!Extension::isLoaded()) {
            return null;
        }
        try {
            return (new LocalServer($configuration))->pid();
        } catch (ConfigurationException|ConfigurationFileException) {
            return null;
        }
    }

    /**
     * Returns the number of the user who runs it, or null when none runs.
     */
    public static function userId(Configuration $configuration): ?int
    {
        $pid = self::pid($configuration);

        return $pid === null ? null : Mend::userIdOf((string) $pid);
    }
}
