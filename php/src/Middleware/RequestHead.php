<?php

declare(strict_types=1);

namespace Ody\Websocket\Middleware;

/**
 * The head of an HTTP request as values.
 *
 * @internal
 */
final readonly class RequestHead
{
    /**
     * @param array<string, string> $query   name => value, decoded; of a name given twice the last one
     * @param array<string, string> $headers lower-case name => value; of a header given twice both, with a comma
     * @param array<string, string> $cookies name => value, decoded
     */
    private function __construct(
        public string $method,
        public string $path,
        public array $query,
        public array $headers,
        public array $cookies,
    ) {}

    /**
     * Reads a head that the server has already found to be one.
     *
     * @param string $head from the request line to the empty line
     */
    public static function parse(string $head): self
    {
        $lines = explode("\n", str_replace("\r\n", "\n", $head));
        $request = explode(' ', array_shift($lines), 3);
        $target = explode('?', $request[1] ?? '', 2);
        $headers = self::headers($lines);

        return new self(
            $request[0],
            $target[0],
            self::pairs($target[1] ?? '', '&', urldecode(...)),
            $headers,
            self::pairs($headers['cookie'] ?? '', ';', rawurldecode(...)),
        );
    }

    /**
     * @param list<string> $lines
     *
     * @return array<string, string>
     */
    private static function headers(array $lines): array
    {
        $headers = [];
        foreach ($lines as $line) {
            $parts = explode(':', $line, 2);
            if (!isset($parts[1])) {
                continue;
            }
            $name = strtolower(trim($parts[0]));
            $separator = $name === 'cookie' ? '; ' : ', ';
            $headers[$name] = (isset($headers[$name]) ? $headers[$name] . $separator : '') . trim($parts[1]);
        }

        return $headers;
    }

    /**
     * @param non-empty-string         $separator
     * @param \Closure(string): string $decode
     *
     * @return array<string, string>
     */
    private static function pairs(string $text, string $separator, \Closure $decode): array
    {
        $pairs = [];
        foreach (explode($separator, $text) as $pair) {
            $parts = explode('=', trim($pair), 2);
            if ($parts[0] !== '') {
                $pairs[$decode($parts[0])] = $decode($parts[1] ?? '');
            }
        }

        return $pairs;
    }
}
