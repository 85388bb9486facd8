<?php

declare(strict_types=1);

namespace Ody\Websocket\Console\Doctor;

use Ody\Websocket\Configuration;
use Ody\Websocket\Configuration\ConfigurationFileException;
use Ody\Websocket\Configuration\Environment;
use Ody\Websocket\Configuration\ForeignVariables;
use Ody\Websocket\Configuration\Variables;
use Ody\Websocket\Console\CommandLine;

/**
 * Writes commands for a shell that mend something.
 *
 * @internal
 */
final class Mend
{
    /**
     * Stops the server and starts it.
     */
    public static function restart(): string
    {
        return CommandLine::typed('websocket:stop') . ' && ' . CommandLine::typed('websocket:start -d');
    }

    /**
     * Quotes a word for the shell where it needs that.
     */
    public static function quote(string $word): string
    {
        return preg_match('~\A[\w./:@%+,=-]+\z~', $word) === 1 ? $word : escapeshellarg($word);
    }

    /**
     * Returns a command that only root may run, for whoever runs this.
     */
    public static function asRoot(string $command): string
    {
        return self::userId() === 0 ? $command : 'sudo ' . $command;
    }

    /**
     * Sets a variable where it is set now: in the environment of the shell, otherwise in .env.
     *
     * @param string $value empty: the variable counts as not set
     */
    public static function variable(Configuration $configuration, string $name, string $value): string
    {
        if (Environment::ofProcess($name) !== null) {
            return sprintf('export %s=%s', $name, self::quote($value));
        }
        $file = self::quote($configuration->root() . '/.env');
        $remove = is_file($configuration->root() . '/.env') ? self::forget($configuration, $name) . '; ' : '';

        return sprintf('%secho %s >> %s', $remove, escapeshellarg($name . '=' . $value), $file);
    }

    /**
     * Returns the variable that sets a key: this server's, or that of the other server whose variables count.
     *
     * @param string $key dotted
     *
     * @return string|null null when only a configuration file can set it
     */
    public static function variableOf(Configuration $configuration, string $key): ?string
    {
        $foreign = ForeignVariables::find(Environment::ofRoot($configuration->root()));

        return $foreign === null ? Variables::OF_KEYS[$key] ?? null : $foreign->variableOf($key);
    }

    /**
     * Sets a key of the configuration where it is set now.
     *
     * @param string $key   dotted
     * @param string $value empty: the key counts as not set
     */
    public static function key(Configuration $configuration, string $key, string $value): string
    {
        $variable = self::variableOf($configuration, $key);

        return $variable === null
            ? self::edit($configuration->root() . '/config/websocket.php')
            : self::variable($configuration, $variable, $value);
    }

    /**
     * Takes a variable out of .env.
     */
    public static function forget(Configuration $configuration, string $name): string
    {
        return sprintf("sed -i -E '/^ *(export +)?%s *=/d' %s", $name, self::quote($configuration->root() . '/.env'));
    }

    /**
     * Opens a file for a person who knows what belongs there.
     */
    public static function edit(string $file): string
    {
        return '${EDITOR:-vi} ' . self::quote($file);
    }

    /**
     * Returns the file that a person has to mend when the configuration, or a class that it names, cannot be used.
     *
     * @param string $root of the project
     */
    public static function brokenFile(ConfigurationFileException $error, string $root): string
    {
        $cause = $error->getPrevious();

        return $cause instanceof \ParseError ? $cause->getFile() : $root . '/config/websocket.php';
    }

    /**
     * Gives this user rights to a file or folder. Whoever owns it goes on to own it.
     *
     * @param string $rights such as "rw", as chmod knows them
     */
    public static function access(string $path, string $rights): string
    {
        $quoted = self::quote($path);
        if (@fileowner($path) === self::userId()) {
            return sprintf('chmod u+%s %s', $rights, $quoted);
        }

        return self::asRoot(sprintf('chgrp %s %s', self::group(), $quoted)) . ' && ' . self::asRoot(sprintf('chmod g+%s %s', $rights, $quoted));
    }

    /**
     * Returns the main group of this user, a name where it is known, ready for the shell.
     */
    public static function group(): string
    {
        $status = (string) @file_get_contents('/proc/self/status');
        $id = preg_match('/^Gid:\s+\d+\s+(\d+)/m', $status, $match) === 1 ? (int) $match[1] : (int) getmygid();
        $entry = function_exists('posix_getgrgid') ? posix_getgrgid($id) : false;

        return $entry === false ? (string) $id : self::quote($entry['name']);
    }

    /**
     * Writes a setting into a file of its own that this PHP reads when it starts.
     *
     * @param string $name    of the file; a later one in the alphabet wins
     * @param string $setting such as "memory_limit=256M"
     */
    public static function setting(string $name, string $setting): string
    {
        $folder = self::folderOfSettings();
        $target = $folder === null ? '-a ' . self::quote(self::mainFile()) : self::quote($folder . '/' . $name);

        return sprintf('echo %s | %s', escapeshellarg($setting), self::asRoot('tee ' . $target));
    }

    /**
     * Returns who runs this, a name where it is known.
     */
    public static function user(): string
    {
        return self::nameOf(self::userId());
    }

    /**
     * Returns the name of a user, or the number where the name is not known.
     */
    public static function nameOf(int $id): string
    {
        $entry = function_exists('posix_getpwuid') ? posix_getpwuid($id) : false;

        return $entry === false ? (string) $id : $entry['name'];
    }

    /**
     * Returns the number of the user who runs this.
     */
    public static function userId(): int
    {
        return self::userIdOf('self') ?? (int) getmyuid();
    }

    /**
     * Returns the number of the user who runs a process.
     *
     * @param string $process its id, or "self"
     */
    public static function userIdOf(string $process): ?int
    {
        $status = (string) @file_get_contents('/proc/' . $process . '/status');

        return preg_match('/^Uid:\s+\d+\s+(\d+)/m', $status, $match) === 1 ? (int) $match[1] : null;
    }

    private static function folderOfSettings(): ?string
    {
        $variable = getenv('PHP_INI_SCAN_DIR');
        $folders = explode(PATH_SEPARATOR, $variable === false ? '' : $variable);
        $last = $folders[count($folders) - 1];
        $folder = $last === '' ? PHP_CONFIG_FILE_SCAN_DIR : $last;

        return $folder === '' ? null : $folder;
    }

    private static function mainFile(): string
    {
        $file = php_ini_loaded_file();

        return $file === false ? PHP_CONFIG_FILE_PATH . '/php.ini' : $file;
    }
}
