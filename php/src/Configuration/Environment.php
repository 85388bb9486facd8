<?php

declare(strict_types=1);

namespace Ody\Websocket\Configuration;

use Dotenv\Dotenv;
use Dotenv\Exception\InvalidFileException;

/**
 * The variables that configuration is made of: those of the process, then those of one .env file.
 * Reads only; neither $_ENV nor the environment of the process changes.
 *
 * @internal
 */
final class Environment
{
    private const WORDS = ['true' => true, 'false' => false, 'null' => null, 'empty' => ''];

    private static ?self $current = null;

    /**
     * @param array<string, string> $file     the variables of the .env file
     * @param bool                  $readable false when there is a .env file that this user must not read
     */
    private function __construct(private readonly array $file, public readonly bool $readable) {}

    /**
     * Reads the .env file of a project. A missing file is an empty one.
     *
     * @throws ConfigurationFileException when the file cannot be parsed
     */
    public static function ofRoot(string $root): self
    {
        $path = $root . '/.env';
        if (!@is_file($path)) {
            return new self([], true);
        }
        $content = @file_get_contents($path);

        return $content === false ? new self([], false) : new self(self::parse($content, $path), true);
    }

    /**
     * Returns the variables of the process alone, into which a framework has put those of its files.
     */
    public static function ofThisProcess(): self
    {
        return new self([], true);
    }

    /**
     * Parses the text of a .env file.
     *
     * @param string $path how errors name the file
     *
     * @return array<string, string>
     *
     * @throws ConfigurationFileException
     */
    public static function parse(string $content, string $path): array
    {
        try {
            return array_filter(Dotenv::parse($content), is_string(...));
        } catch (InvalidFileException) {
            // The parser's own message quotes the line, and the line may hold a secret.
            throw new ConfigurationFileException(self::complaint($content, $path));
        }
    }

    /**
     * Returns the environment that env() reads.
     */
    public static function current(): self
    {
        return self::$current ??= self::ofRoot(ProjectRoot::current());
    }

    /**
     * @internal the loader says whose variables configuration files see
     */
    public static function use(self $environment): void
    {
        self::$current = $environment;
    }

    /**
     * Returns a variable as it was written, or null when it is not set.
     */
    public function raw(string $name): ?string
    {
        return self::ofProcess($name) ?? $this->file[$name] ?? null;
    }

    /**
     * Returns a variable, with the words true, false, null and empty turned into those values.
     *
     * @param mixed $default what to return when it is not set; a closure is called
     */
    public function get(string $name, mixed $default = null): mixed
    {
        $raw = $this->raw($name);
        if ($raw === null) {
            return $default instanceof \Closure ? $default() : $default;
        }

        return self::convert($raw);
    }

    /**
     * Returns a variable of the process itself, or null when it is not set there.
     */
    public static function ofProcess(string $name): ?string
    {
        $value = getenv($name);
        if ($value !== false) {
            return $value;
        }
        $value = $_ENV[$name] ?? $_SERVER[$name] ?? null;

        return is_string($value) ? $value : null;
    }

    /**
     * Turns the words into values and takes quotes off, as Laravel does.
     */
    public static function convert(string $raw): string|bool|null
    {
        $word = strtolower($raw);
        if (preg_match('/^\((\w+)\)$/', $word, $inner) === 1) {
            $word = $inner[1];
        }
        if (array_key_exists($word, self::WORDS)) {
            return self::WORDS[$word];
        }

        return preg_match('/\A([\'"])(.*)\1\z/s', $raw, $quoted) === 1 ? $quoted[2] : $raw;
    }

    /**
     * Says which line is the first that the parser refuses, without showing it.
     */
    private static function complaint(string $content, string $path): string
    {
        $lines = preg_split('/\r\n|\n|\r/', $content);
        $text = '';
        $good = 0;
        foreach ($lines === false ? [] : $lines as $index => $line) {
            $text .= $line . "\n";
            try {
                Dotenv::parse($text);
                $good = $index + 1;
            } catch (InvalidFileException) {
                // A quoted value may go on in the next line, so only the last good line counts.
                continue;
            }
        }

        return sprintf('%s cannot be read: line %d is not NAME=value, where a value with spaces stands in quotes.', $path, $good + 1);
    }
}
