<?php

declare(strict_types=1);

namespace Chat;

/**
 * A file of JSON objects, one a line, that several processes read and append to.
 */
final class Lines
{
    public function __construct(private readonly string $file) {}

    /**
     * Adds an object at the end.
     *
     * @param array<string, mixed> $object
     *
     * @throws \RuntimeException when the file cannot be written
     */
    public function append(array $object): void
    {
        $line = json_encode($object, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE) . "\n";
        if (file_put_contents($this->file, $line, FILE_APPEND | LOCK_EX) !== strlen($line)) {
            throw new \RuntimeException($this->file . ' cannot be written.');
        }
    }

    /**
     * Returns the last objects, the oldest of them first.
     *
     * @return list<array<array-key, mixed>>
     */
    public function last(int $most): array
    {
        $lines = is_file($this->file) ? file($this->file, FILE_IGNORE_NEW_LINES | FILE_SKIP_EMPTY_LINES) : [];
        $objects = [];
        foreach (array_slice($lines === false ? [] : $lines, -$most) as $line) {
            $object = json_decode($line, true, 16, JSON_THROW_ON_ERROR);
            if (is_array($object)) {
                $objects[] = $object;
            }
        }

        return $objects;
    }
}
