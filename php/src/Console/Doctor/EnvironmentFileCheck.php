<?php

declare(strict_types=1);

namespace Ody\Websocket\Console\Doctor;

use Ody\Websocket\Configuration;

/**
 * Is .env, which holds the secret, for its owner and not for everybody?
 *
 * @internal
 */
final class EnvironmentFileCheck implements Check
{
    private const READABLE_BY_OTHERS = 0o004;

    /**
     * @return list<Finding>
     */
    public function findings(Configuration $configuration): array
    {
        $path = $configuration->root() . '/.env';
        if (!file_exists($path)) {
            return [Finding::good('There is no .env; only the environment and configuration files count.')];
        }
        if (!$configuration->isComplete()) {
            return [Finding::failure(sprintf('This user may not read %s.', $path), Mend::access($path, 'r'))];
        }
        if ((fileperms($path) & self::READABLE_BY_OTHERS) !== 0) {
            $sentence = sprintf('Every user of this machine can read %s, which holds the secret key.', $path);

            return [Finding::warning($sentence, 'chmod 600 ' . Mend::quote($path))];
        }

        return [Finding::good('.env is not readable by others.')];
    }
}
