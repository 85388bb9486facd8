<?php

declare(strict_types=1);

namespace Ody\Websocket;

use Ody\Websocket\Exceptions\ExtensionMissingException;

/**
 * The native part of the package: the extension that holds the server and the client.
 */
final class Extension
{
    public const NAME = 'ody_websocket';

    /** The version of the PHP part. That of the extension, engine/include/ody/version.h, must be the same. */
    public const VERSION = '0.1.0';

    /** Tells the second run that it is one, so that nothing runs a third time. */
    private const GUARD = 'ODY_WEBSOCKET_EXTENSION_TRIED';

    private static bool $tried = false;

    /**
     * Says whether this process has the extension.
     *
     *     if (Extension::isLoaded()) { … }
     */
    public static function isLoaded(): bool
    {
        return extension_loaded(self::NAME);
    }

    /**
     * Returns where the build puts the extension.
     *
     *     $command = ['php', '-d', 'extension=' . Extension::file(), 'worker.php'];
     */
    public static function file(): string
    {
        return dirname(__DIR__, 2) . '/modules/' . self::NAME . '.so';
    }

    /**
     * Makes sure that the extension is there.
     *
     *     Extension::require();
     *
     * @throws ExtensionMissingException which says how to get it
     */
    public static function require(): void
    {
        if (!self::isLoaded()) {
            throw new ExtensionMissingException(self::advice());
        }
    }

    /**
     * Runs this command line once more with the extension from the build, when php.ini does not load
     * it. Returns when there is nothing to do or it cannot be done.
     *
     *     Extension::load($argv);   // first of all in a console of one's own
     *
     * @param list<string> $arguments of the script, its name first
     */
    public static function load(array $arguments): void
    {
        self::$tried = getenv(self::GUARD) !== false;
        putenv(self::GUARD);
        if (self::$tried || self::isLoaded() || !is_file(self::file()) || !function_exists('pcntl_exec')) {
            return;
        }
        $options = self::optionsOfPhp($arguments);
        $environment = [self::GUARD => '1'] + getenv();
        @pcntl_exec(PHP_BINARY, [...$options, '-d', 'extension=' . self::file(), ...$arguments], $environment);
    }

    /**
     * Returns what stood between PHP and the script, such as -n or -d memory_limit=1G.
     *
     *     $command = [PHP_BINARY, ...Extension::optionsOfPhp($argv), ...$argv];
     *
     * @param list<string> $arguments of the script, its name first
     *
     * @return list<string>
     */
    public static function optionsOfPhp(array $arguments): array
    {
        $line = @file_get_contents('/proc/self/cmdline');
        $words = $line === false ? [] : explode("\0", substr($line, 0, -1));
        $last = count($words) - count($arguments);

        return $last > 0 && array_slice($words, $last) === $arguments ? array_slice($words, 1, $last - 1) : [];
    }

    /**
     * Says what to do so that this PHP has the extension. In a checkout of the package bin/start builds
     * it; a project that requires the package has commands that install it.
     */
    private static function advice(): string
    {
        $file = self::file();
        $package = dirname(__DIR__, 2);
        $install = $package . '/bin/install-extension';
        $required = is_file($package . '/../../autoload.php');
        if (!is_file($file)) {
            return $required
                ? sprintf('The extension %s is not installed: run %s, or pie install ody/ext-websocket.', self::NAME, $install)
                : sprintf(
                    'The extension %s is not built yet: run %s/bin/start, or %s to enable it for every PHP of this machine.',
                    self::NAME,
                    $package,
                    $install,
                );
        }
        if (self::$tried) {
            $build = $required ? $install : $package . '/bin/start';

            return sprintf('PHP %s cannot load %s: run %s, which builds it for this PHP.', PHP_VERSION, $file, $build);
        }

        return sprintf(
            'The extension %s is not loaded by this PHP %s: run %s, or start PHP with -d extension=%s.',
            self::NAME,
            PHP_VERSION,
            $install,
            $file,
        );
    }
}
