<?php

declare(strict_types=1);

namespace Ody\Websocket;

use Ody\Websocket\Configuration\ConfigurationFileException;
use Ody\Websocket\Configuration\Environment;
use Ody\Websocket\Configuration\Keys;
use Ody\Websocket\Configuration\LegacyKeys;
use Ody\Websocket\Configuration\Loader;
use Ody\Websocket\Configuration\ProjectRoot;
use Ody\Websocket\Configuration\Secrets;

/**
 * The configuration of the project, the same for the server and for every process that publishes.
 *
 * Layers, the first one that says something wins: the environment, `<root>/.env`,
 * `<root>/config/websocket.php`, the packaged file. The root is Composer's root package; the working
 * directory plays no part. docs/configuration.md lists the keys.
 */
final class Configuration
{
    private static ?self $loaded = null;

    /** @var (\Closure(): self)|null makes the configuration, where a framework holds it */
    private static ?\Closure $source = null;

    /**
     * @param array<array-key, mixed> $values
     */
    private function __construct(
        private readonly string $root,
        private readonly array $values,
        private readonly bool $complete,
    ) {}

    /**
     * Returns the configuration of this process. It is read once.
     *
     *     $port = Configuration::load()->get('port');
     *
     * @throws ConfigurationFileException when a file cannot be parsed
     */
    public static function load(): self
    {
        return self::$loaded ??= self::read();
    }

    /**
     * Reads the configuration of this process anew. When that fails the one before stays.
     *
     *     Configuration::reload();   // in a process that lives for long, after a deployment
     *
     * @throws ConfigurationFileException when a file cannot be parsed
     */
    public static function reload(): self
    {
        return self::$loaded = self::read();
    }

    /**
     * Makes a framework's configuration the one of this process: load() returns it from now on.
     *
     *     Configuration::use(Configuration::ofRoot('/srv/other'));
     *
     * @param self|\Closure(): self|null $configuration a closure is called by the next load() and by every
     *                                                 reload(); null: the files of the project again
     */
    public static function use(self|\Closure|null $configuration): void
    {
        self::$loaded = $configuration instanceof self ? $configuration : null;
        self::$source = $configuration instanceof self ? static fn(): self => $configuration : $configuration;
    }

    /**
     * Builds a configuration of values that a framework has read, such as Laravel's config('websocket').
     * Neither the project's file nor its .env is read. Keys that are missing have the packaged values.
     *
     *     Configuration::ofValues(base_path(), ['port' => 9600])->get('host');   // 127.0.0.1
     *
     * @param string                  $root   where relative paths start, absolute
     * @param array<array-key, mixed> $values nested
     */
    public static function ofValues(string $root, array $values): self
    {
        return new self(rtrim($root, '/'), Loader::complete(rtrim($root, '/'), $values), true);
    }

    /**
     * Reads the configuration of a project in any folder. Keeps nothing.
     *
     *     $other = Configuration::ofRoot('/srv/other');
     *
     * @param string $root absolute
     *
     * @throws ConfigurationFileException when a file cannot be parsed
     */
    public static function ofRoot(string $root): self
    {
        $environment = Environment::ofRoot($root);

        return new self($root, Loader::load($root, $environment), $environment->readable);
    }

    /**
     * Returns a value.
     *
     *     $group = $configuration->get('socket.group', 'www-data');
     *
     * @param string $key     dotted, such as "socket.path"
     * @param mixed  $default what to return when the key is not set
     */
    public function get(string $key, mixed $default = null): mixed
    {
        return Keys::get($this->values, $key, $default);
    }

    /**
     * Returns a value that is a text, such as a path.
     *
     *     $path = $configuration->text('socket.path');
     *
     * @param string      $key     dotted
     * @param string|null $default when it is not set or empty; null: then it is an error, or empty
     *
     * @throws ConfigurationFileException when it is anything else
     */
    public function text(string $key, ?string $default = null): string
    {
        $value = $this->get($key);
        if ($default !== null && in_array($value, [null, ''], true)) {
            return $default;
        }
        if (is_int($value)) {
            return (string) $value;
        }

        return is_string($value)
            ? $value
            : throw new ConfigurationFileException(sprintf('"%s" must be a text, %s given.', $key, get_debug_type($value)));
    }

    /**
     * Returns a value that is a number. Variables are texts, so a text that is a number is one.
     *
     *     $seconds = $configuration->number('timeout', 5.0);
     *
     * @param string $key     dotted
     * @param float  $default when it is not set
     *
     * @throws ConfigurationFileException when it is anything else
     */
    public function number(string $key, float $default): float
    {
        $value = $this->get($key, $default);
        if ($value === '') {
            return $default;
        }

        return is_numeric($value)
            ? (float) $value
            : throw new ConfigurationFileException(sprintf('"%s" must be a number, %s given.', $key, get_debug_type($value)));
    }

    /**
     * Returns a copy with one value changed.
     *
     *     $configuration = $configuration->with('log.level', 'debug');
     *
     * @param string $key dotted
     */
    public function with(string $key, mixed $value): self
    {
        return new self($this->root, Keys::set($this->values, $key, $value), $this->complete);
    }

    /**
     * Returns all values, nested, as the server takes them.
     *
     *     (new Server())->configure($configuration->all());
     *
     * @return array<array-key, mixed>
     */
    public function all(): array
    {
        return $this->values;
    }

    /**
     * Returns the folder that the configuration belongs to.
     *
     *     $file = $configuration->root() . '/.env';
     */
    public function root(): string
    {
        return $this->root;
    }

    /**
     * Says whether every layer could be read: false when this user must not read `<root>/.env`.
     * Its variables then count as not set.
     *
     *     if (!$configuration->isComplete()) { … }
     */
    public function isComplete(): bool
    {
        return $this->complete;
    }

    /**
     * Returns the groups of an earlier version's file that are set and have no effect.
     *
     *     foreach ($configuration->withoutEffect() as $key) { … }
     *
     * @return list<string>
     */
    public function withoutEffect(): array
    {
        return LegacyKeys::withoutEffect($this->values);
    }

    private static function read(): self
    {
        return self::$source === null ? self::ofRoot(ProjectRoot::find()) : (self::$source)();
    }

    /**
     * Keeps secrets out of dumps.
     *
     * @return array<string, mixed>
     */
    public function __debugInfo(): array
    {
        return ['root' => $this->root, 'values' => Secrets::hidden($this->values)];
    }
}
