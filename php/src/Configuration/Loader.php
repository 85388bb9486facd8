<?php

declare(strict_types=1);

namespace Ody\Websocket\Configuration;

/**
 * Builds the configuration of a project: the packaged file, over it the project's file, over it the
 * variables. Checks no values: the server does, and its errors name the key.
 *
 * @internal
 */
final class Loader
{
    /** The packaged file. */
    public const PACKAGED = __DIR__ . '/../../config/websocket.php';

    /** What may be a relative path, and what it is when nobody says so. */
    private const PATHS = [
        'socket.path' => 'storage/websocket/ody.sock',
        'pid_file' => 'storage/websocket/ody.pid',
        'log.file' => 'storage/logs/websocket.log',
        'ssl.ssl_cert_file' => null,
        'ssl.ssl_key_file' => null,
    ];

    /**
     * Loads the configuration of a project.
     *
     * @param string $root absolute, without a slash at its end
     *
     * @return array<array-key, mixed> nested
     *
     * @throws ConfigurationFileException
     */
    public static function load(string $root, Environment $environment): array
    {
        ProjectRoot::use($root);
        Environment::use($environment);
        $own = $root . '/config/websocket.php';
        $values = self::overPackaged(is_file($own) ? static fn(): array => self::file($own) : []);

        return self::resolve(Variables::apply($values, $environment), $root);
    }

    /**
     * Completes values that a framework has read. Variables of the environment count only for keys that
     * the values do not have.
     *
     * @param string                  $root   absolute, without a slash at its end
     * @param array<array-key, mixed> $values nested
     *
     * @return array<array-key, mixed> nested
     */
    public static function complete(string $root, array $values): array
    {
        ProjectRoot::use($root);

        return self::resolve(self::overPackaged($values), $root);
    }

    /**
     * Lays values over those of the packaged file; paths stay as they are.
     *
     * @param array<array-key, mixed>|\Closure(): array<array-key, mixed> $values nested; a closure is called
     *                                                                           when functions that files use are there
     *
     * @return array<array-key, mixed> nested
     */
    public static function overPackaged(array|\Closure $values): array
    {
        require_once __DIR__ . '/functions.php';

        return Keys::merge(self::file(self::PACKAGED), LegacyKeys::translate($values instanceof \Closure ? $values() : $values));
    }

    /**
     * @return array<array-key, mixed>
     */
    private static function file(string $path): array
    {
        try {
            // A closure, so that the file sees no variables of ours but its path.
            $values = (static fn(string $file): mixed => require $file)($path);
        } catch (\Throwable $error) {
            throw ConfigurationFileException::because($path . ' cannot be loaded', $error);
        }
        if (!is_array($values)) {
            throw new ConfigurationFileException(sprintf('%s must return an array.', $path));
        }

        return $values;
    }

    /**
     * @param array<array-key, mixed> $values
     *
     * @return array<array-key, mixed>
     */
    private static function resolve(array $values, string $root): array
    {
        foreach (self::PATHS as $key => $default) {
            $path = Keys::get($values, $key);
            if ($path === null || $path === '') {
                $path = $default;
            }
            if (is_string($path)) {
                $path = ProjectRoot::resolve($root, $path);
            }
            $values = Keys::set($values, $key, $path);
        }
        $workers = Keys::get($values, 'additional.worker_num', '');
        if ($workers === '') {
            $values = Keys::set($values, 'additional.worker_num', Processors::count());
        }

        // These say what the application does, not what the server does.
        return array_diff_key($values, ['routes' => true]);
    }
}
