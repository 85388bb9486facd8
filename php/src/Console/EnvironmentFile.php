<?php

declare(strict_types=1);

namespace Ody\Websocket\Console;

use Ody\Websocket\Configuration\ConfigurationFileException;
use Ody\Websocket\Configuration\Environment;

/**
 * A .env file that gets new values. Everything else in it stays as it is, byte for byte.
 *
 * @internal
 */
final class EnvironmentFile
{
    private function __construct(private readonly string $path, private string $content) {}

    /**
     * Reads a file. A missing one is empty.
     *
     * @throws CommandException when it cannot be read
     */
    public static function open(string $path): self
    {
        if (!file_exists($path)) {
            return new self($path, '');
        }
        $content = is_file($path) ? @file_get_contents($path) : false;
        if ($content === false) {
            throw new CommandException(sprintf('%s cannot be read.', $path));
        }

        return new self($path, $content);
    }

    /**
     * Returns a variable of the file, or null.
     *
     * @throws ConfigurationFileException when the file cannot be parsed
     */
    public function get(string $name): ?string
    {
        return Environment::parse($this->content, $this->path)[$name] ?? null;
    }

    /**
     * Sets a variable wherever the file sets it, or adds it at the end.
     *
     * @param string $value letters and digits, which need no quotes
     */
    public function set(string $name, string $value): void
    {
        $found = false;
        $result = '';
        foreach (self::entries($this->content) as $entry) {
            if (preg_match(self::assignment($name), $entry, $parts) === 1) {
                $found = true;
                $rest = substr($entry, strlen($parts[0]));
                $entry = $parts[1] . $value . (str_starts_with($rest, '#') ? ' ' : '') . $rest;
            }
            $result .= $entry;
        }
        if (!$found) {
            $ending = str_contains($result, "\r\n") ? "\r\n" : "\n";
            $result .= $result === '' || str_ends_with($result, "\n") ? '' : $ending;
            $result .= $name . '=' . $value . $ending;
        }
        $this->content = $result;
    }

    /**
     * Replaces the file in one step. Only its owner may read it afterwards.
     *
     * @throws CommandException when it cannot be written; then the file is as it was
     */
    public function save(): void
    {
        $real = realpath($this->path);
        $target = $real === false ? $this->path : $real;
        $temporary = sprintf('%s.%s', $target, bin2hex(random_bytes(6)));
        try {
            $this->write($temporary);
            $this->keepOwner($target, $temporary);
            if (!@rename($temporary, $target)) {
                throw new CommandException(sprintf('%s cannot be replaced.', $target));
            }
        } catch (CommandException $error) {
            @unlink($temporary);
            throw $error;
        }
    }

    /**
     * Cuts a file into lines, where a value in double quotes may go over several.
     *
     * @return list<string>
     */
    private static function entries(string $content): array
    {
        preg_match_all('/\G(?:[ \t]*(?:export[ \t]+)?[\w.]+[ \t]*=[ \t]*"(?:\\\\.|[^"\\\\])*"[^\n]*(?:\n|\z)|[^\n]*\n|[^\n]+\z)/s', $content, $matches);

        return $matches[0];
    }

    /**
     * Matches the assignment of a variable up to the end of its value; the first group is what stands
     * before the value.
     */
    private static function assignment(string $name): string
    {
        $value = '"(?:\\\\.|[^"\\\\])*"|\'[^\'\r\n]*\'|[^\s#"\'][^\r\n]*?(?=[ \t]+#|[ \t]*\r?\n|[ \t]*\z)|';

        return '/\A([ \t]*(?:export[ \t]+)?' . preg_quote($name, '/') . '[ \t]*=(?:[ \t]*(?=[^\s#]))?)(?:' . $value . ')/s';
    }

    private function write(string $path): void
    {
        $mask = umask(0o077);
        $stream = @fopen($path, 'xb');
        umask($mask);
        if ($stream === false) {
            throw new CommandException(sprintf('%s cannot be written: no file can be made in its folder.', $this->path));
        }
        $written = fwrite($stream, $this->content) === strlen($this->content) && fsync($stream);
        fclose($stream);
        if (!$written) {
            throw new CommandException(sprintf('%s cannot be written: the disk may be full.', $this->path));
        }
    }

    /**
     * A file that root replaces goes on to belong to its owner.
     */
    private function keepOwner(string $target, string $temporary): void
    {
        $old = @stat($target);
        $new = stat($temporary);
        if ($old === false || $new === false || ($old['uid'] === $new['uid'] && $old['gid'] === $new['gid'])) {
            return;
        }
        if ($old['uid'] !== $new['uid'] && !@chown($temporary, $old['uid'])) {
            throw new CommandException(sprintf('%s belongs to another user, who alone can replace it.', $target));
        }
        @chgrp($temporary, $old['gid']);
    }
}
