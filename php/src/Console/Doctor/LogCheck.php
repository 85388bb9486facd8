<?php

declare(strict_types=1);

namespace Ody\Websocket\Console\Doctor;

use Ody\Websocket\Configuration;

/**
 * Can a server in the background write its log?
 *
 * @internal
 */
final class LogCheck implements Check
{
    /**
     * @return list<Finding>
     */
    public function findings(Configuration $configuration): array
    {
        $file = $configuration->text('log.file');
        $folder = dirname($file);

        return [match (true) {
            !file_exists($folder) => Finding::warning(sprintf('The folder of the log, %s, does not exist yet.', $folder), 'mkdir -p ' . Mend::quote($folder)),
            !is_dir($folder) => Finding::failure(
                sprintf('%s is not a folder.', $folder),
                sprintf('mv %1$s %1$s.old && mkdir %1$s', Mend::quote($folder)),
            ),
            file_exists($file) && !is_writable($file) => Finding::failure(sprintf('This user may not write to %s.', $file), Mend::access($file, 'rw')),
            !file_exists($file) && !is_writable($folder) => Finding::failure(
                sprintf('This user may not write to the folder of the log, %s.', $folder),
                Mend::access($folder, 'rwx'),
            ),
            default => Finding::good(sprintf('The log can be written: %s.', $file)),
        }];
    }
}
