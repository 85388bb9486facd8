<?php

declare(strict_types=1);

namespace Ody\Websocket\Console;

/**
 * The two keys in .env: the public one that browsers connect with, and the secret that signs.
 *
 * @internal
 */
final class KeyPair
{
    public const API_KEY = 'WEBSOCKET_API_KEY';

    public const SECRET_KEY = 'WEBSOCKET_SECRET_KEY';

    public const NAMES = [self::API_KEY, self::SECRET_KEY];

    /** Keys of examples, which protect nothing. */
    private const PLACEHOLDERS = ['', 'your-api-key', 'your-secret-key', 'app-secret', '123123123'];

    /**
     * Says whether a value is no key yet: not set, or copied from an example.
     *
     * @param string|null $value null: not set
     */
    public static function isPlaceholder(?string $value): bool
    {
        return in_array($value ?? '', self::PLACEHOLDERS, true);
    }

    /**
     * Puts new random keys into a file, which is not saved yet.
     *
     * @param list<string> $names which of NAMES
     * @param string       $path  how errors name the file
     *
     * @return array<string, string> the new keys by name
     *
     * @throws CommandException when the file is such that a variable cannot be set in it
     *
     * @example KeyPair::renew($file, KeyPair::NAMES, $path)
     */
    public static function renew(EnvironmentFile $file, array $names, string $path): array
    {
        $keys = [];
        foreach ($names as $name) {
            $keys[$name] = bin2hex(random_bytes($name === self::API_KEY ? 10 : 32));
            $file->set($name, $keys[$name]);
            if ($file->get($name) !== $keys[$name]) {
                throw new CommandException(sprintf('%s cannot be set in %s: the file is not a list of NAME=value lines.', $name, $path));
            }
        }

        return $keys;
    }
}
