<?php

declare(strict_types=1);

namespace Ody\Websocket\Console;

/**
 * Finds out which process listens on a TCP port, from what the kernel shows in /proc.
 *
 * @internal
 */
final class PortOwner
{
    private const LISTENING = '0A';

    /**
     * @param string $proc where /proc is
     */
    public function __construct(private readonly string $proc = '/proc') {}

    /**
     * Returns who would keep a server from listening there: "process 12 (nginx)", or null when nobody
     * listens. A process of another user may not be seen; then it is "a process of another user".
     *
     * @param string $host an address; of a name every address counts
     */
    public function find(string $host, int $port): ?string
    {
        $inodes = $this->listeners($host, $port);
        if ($inodes === []) {
            return null;
        }
        $holders = array_filter($this->processes(), fn(int $pid): bool => $this->holdsAny($pid, $inodes));
        foreach ($holders as $pid) {
            // Children inherit what their parent listens on; the first of the family is the one to name.
            if (!in_array($this->parent($pid), $holders, true)) {
                $name = @file_get_contents(sprintf('%s/%d/comm', $this->proc, $pid));

                return sprintf('process %d%s', $pid, $name === false ? '' : ' (' . trim($name) . ')');
            }
        }

        return 'a process of another user';
    }

    /**
     * @return array<string, true> links such as "socket:[123]"
     */
    private function listeners(string $host, int $port): array
    {
        $links = [];
        foreach (['tcp', 'tcp6'] as $table) {
            $text = @file_get_contents(sprintf('%s/net/%s', $this->proc, $table));
            foreach ($text === false ? [] : array_slice(explode("\n", $text), 1) as $line) {
                $fields = preg_split('/\s+/', trim($line));
                if ($fields === false || count($fields) < 10 || $fields[3] !== self::LISTENING) {
                    continue;
                }
                [$address, $at] = explode(':', $fields[1]) + [1 => ''];
                if (hexdec($at) === $port && self::collide($host, self::address($address))) {
                    $links['socket:[' . $fields[9] . ']'] = true;
                }
            }
        }

        return $links;
    }

    /**
     * The kernel writes an address as words of four bytes, each in the byte order of the machine.
     */
    private static function address(string $hexadecimal): string
    {
        $bytes = '';
        foreach (str_split($hexadecimal, 8) as $word) {
            $bytes .= pack('N', unpack('L', (string) hex2bin($word))[1] ?? 0);
        }

        return self::unmapped($bytes);
    }

    private static function collide(string $host, string $taken): bool
    {
        $wanted = @inet_pton($host);
        if ($wanted === false) {
            return true;
        }
        $wanted = self::unmapped($wanted);

        return $wanted === $taken || trim($wanted, "\0") === '' || trim($taken, "\0") === '';
    }

    /**
     * An IPv4 address in its IPv6 form, as four bytes.
     */
    private static function unmapped(string $address): string
    {
        $prefix = str_repeat("\0", 10) . "\xff\xff";

        return strlen($address) === 16 && str_starts_with($address, $prefix) ? substr($address, 12) : $address;
    }

    /**
     * @return list<int>
     */
    private function processes(): array
    {
        $entries = @scandir($this->proc);

        return array_map(intval(...), array_values(array_filter($entries === false ? [] : $entries, ctype_digit(...))));
    }

    /**
     * @param array<string, true> $links
     */
    private function holdsAny(int $pid, array $links): bool
    {
        $folder = sprintf('%s/%d/fd', $this->proc, $pid);
        $entries = @scandir($folder);
        foreach ($entries === false ? [] : $entries as $entry) {
            $link = @readlink($folder . '/' . $entry);
            if ($link !== false && isset($links[$link])) {
                return true;
            }
        }

        return false;
    }

    private function parent(int $pid): ?int
    {
        $status = @file_get_contents(sprintf('%s/%d/status', $this->proc, $pid));

        return $status !== false && preg_match('/^PPid:\s*(\d+)/m', $status, $match) === 1 ? (int) $match[1] : null;
    }
}
