<?php

declare(strict_types=1);

namespace Ody\Websocket\Console\Doctor;

use Ody\Websocket\Configuration;
use Ody\Websocket\Extension;

/**
 * Is the extension loaded, and is it of the same version as the PHP part?
 *
 * @internal
 */
final class ExtensionCheck implements Check
{
    /**
     * @return list<Finding>
     */
    public function findings(Configuration $configuration): array
    {
        $version = phpversion(Extension::NAME);
        if ($version === Extension::VERSION) {
            return [Finding::good(sprintf('The extension %s %s is loaded.', Extension::NAME, $version))];
        }
        $sentence = $version === false
            ? sprintf('The extension %s is not loaded by this PHP.', Extension::NAME)
            : sprintf('The extension is version %s, but the PHP part is version %s.', $version, Extension::VERSION);

        return [Finding::failure($sentence, self::command())];
    }

    /**
     * A build that is of the right version only needs to be loaded.
     */
    private static function command(): string
    {
        $file = Extension::file();
        if (self::versionOf($file) === Extension::VERSION) {
            return Mend::setting('30-' . Extension::NAME . '.ini', 'extension=' . $file);
        }

        return Mend::quote(dirname($file, 2) . '/bin/install-extension');
    }

    private static function versionOf(string $file): ?string
    {
        if (!is_file($file) || !function_exists('proc_open')) {
            return null;
        }
        $code = sprintf('echo phpversion(%s);', var_export(Extension::NAME, true));
        $command = [PHP_BINARY, '-n', '-d', 'extension=' . $file, '-r', $code];
        $process = proc_open($command, [1 => ['pipe', 'w'], 2 => ['file', '/dev/null', 'w']], $pipes);
        if ($process === false) {
            return null;
        }
        $version = stream_get_contents($pipes[1]);
        proc_close($process);

        return $version === false ? null : trim($version);
    }
}
