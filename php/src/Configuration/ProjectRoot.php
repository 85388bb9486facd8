<?php

declare(strict_types=1);

namespace Ody\Websocket\Configuration;

use Composer\InstalledVersions;

/**
 * Finds the folder that configuration belongs to: the root package of Composer, wherever the process
 * was started from.
 *
 * @internal
 */
final class ProjectRoot
{
    private static ?string $current = null;

    /**
     * Returns the root of the project, an absolute path without a slash at its end.
     */
    public static function find(): string
    {
        $path = InstalledVersions::getRootPackage()['install_path'];
        $real = realpath($path);

        return rtrim($real === false ? $path : $real, '/');
    }

    /**
     * Returns the root whose configuration is being loaded, or was loaded last.
     */
    public static function current(): string
    {
        return self::$current ?? self::find();
    }

    /**
     * @internal the loader says whose files it is about to read
     */
    public static function use(string $root): void
    {
        self::$current = $root;
    }

    /**
     * Makes a path absolute: a relative one starts at the root.
     */
    public static function resolve(string $root, string $path): string
    {
        return str_starts_with($path, '/') ? $path : $root . '/' . $path;
    }
}
