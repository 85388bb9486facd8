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

    /** What a variable holds as JSON. */
    private const LISTS = ['webhooks', 'apps'];

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
        $values = Variables::apply($values, $environment);

        return self::resolve(ForeignVariables::find($environment)?->apply($values) ?? $values, $root);
    }

    /**
     * Lays the file that a framework has read over the packaged one. Variables of another server that this
     * one takes the place of count for keys that nobody has changed.
     *
     * @param array<array-key, mixed> $values nested
     *
     * @return array<array-key, mixed> nested
     */
    public static function ofFramework(array $values): array
    {
        $merged = self::overPackaged($values);
        $foreign = ForeignVariables::find(Environment::ofThisProcess());

        return $foreign === null ? $merged : $foreign->fill($merged, self::file(self::PACKAGED));
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
        foreach (self::LISTS as $key) {
            $values = self::decode($values, $key);
        }
        $workers = Keys::get($values, 'additional.worker_num', '');
        if ($workers === '') {
            $values = Keys::set($values, 'additional.worker_num', Processors::count());
        }

        // These say what the application does, not what the server does.
        return array_diff_key($values, ['routes' => true]);
    }

    /**
     * A text that is no list is left to the server, which refuses it.
     *
     * @param array<array-key, mixed> $values
     *
     * @return array<array-key, mixed>
     */
    private static function decode(array $values, string $key): array
    {
        $text = $values[$key] ?? null;
        $list = is_string($text) ? json_decode($text, true) : null;
        if (is_array($list)) {
            $values[$key] = $list;
        }

        return $values;
    }
}
