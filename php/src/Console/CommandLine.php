<?php

declare(strict_types=1);

namespace Ody\Websocket\Console;

use Ody\Websocket\Configuration\ProjectRoot;
use Ody\Websocket\Extension;

/**
 * The command line of this process, to run another command of the same console with.
 *
 * @internal
 */
final class CommandLine
{
    /**
     * Returns PHP, the options that it was given and the script, such as
     * ["/usr/bin/php", "-d", "memory_limit=1G", "/srv/app/artisan"].
     *
     * The script's path keeps the links that it was reached by: a deployment that moves the link
     * "current" is found by the next process.
     *
     * @return list<string>
     */
    public static function ofConsole(): array
    {
        $arguments = $_SERVER['argv'] ?? [];
        $arguments = is_array($arguments) ? array_values(array_filter($arguments, is_string(...))) : [];
        $script = $arguments[0] ?? 'artisan';

        return [PHP_BINARY, ...Extension::optionsOfPhp($arguments), self::absolute($script)];
    }

    /**
     * Returns the environment option of this run (--env=testing), which belongs to every process of it.
     *
     * @return list<string>
     */
    public static function environmentOption(): array
    {
        $arguments = $_SERVER['argv'] ?? [];
        foreach (is_array($arguments) ? array_values($arguments) : [] as $argument) {
            if (is_string($argument) && str_starts_with($argument, '--env=')) {
                return [$argument];
            }
        }

        return [];
    }

    /**
     * Returns a command as a person types it in the root of the project, such as
     * "php vendor/bin/artisan websocket:start" where Composer has put the console there.
     *
     *     CommandLine::typed('websocket:start -d')
     *
     * @param string $command its name and its arguments
     */
    public static function typed(string $command): string
    {
        return 'php ' . self::script() . ' ' . $command;
    }

    /**
     * The path of the console from the root of the project. What is no console, such as a test, tells of the usual one.
     */
    private static function script(): string
    {
        $arguments = $_SERVER['argv'] ?? [];
        $script = is_array($arguments) && is_string($arguments[0] ?? null) ? $arguments[0] : '';
        $name = basename($script);
        if (!in_array($name, ['artisan', 'ody'], true)) {
            return 'artisan';
        }
        $folder = (string) realpath(dirname(self::absolute($script)));
        $root = ProjectRoot::find() . '/';

        return str_starts_with($folder . '/', $root) ? substr($folder . '/', strlen($root)) . $name : $name;
    }

    private static function absolute(string $script): string
    {
        if (str_starts_with($script, '/')) {
            return $script;
        }

        return self::workingDirectory() . '/' . preg_replace('~^(\./+)+~', '', $script);
    }

    /**
     * The shell knows the path as it was typed, getcwd() where it leads.
     */
    private static function workingDirectory(): string
    {
        $real = (string) getcwd();
        $typed = getenv('PWD');

        return $typed !== false && str_starts_with($typed, '/') && realpath($typed) === $real ? rtrim($typed, '/') : rtrim($real, '/');
    }
}
