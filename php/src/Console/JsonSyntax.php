<?php

declare(strict_types=1);

namespace Ody\Websocket\Console;

/**
 * Finds where a text stops being JSON. PHP's own parser only says that it does.
 *
 * @internal
 */
final class JsonSyntax
{
    private const UNCLOSED = '"(?:[^"\\\\\x00-\x1f]|\\\\(?:["\\\\\/bfnrt]|u[0-9a-fA-F]{4}))*+';

    private const STRING = self::UNCLOSED . '"';

    private const SCALAR = '/\G(?:' . self::STRING . '|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?+(?![\w.])|true\b|false\b|null\b)/';

    private int $offset = 0;

    /** @var list<string> the brackets that close what is open, the innermost last */
    private array $open = [];

    private function __construct(private readonly string $text) {}

    /**
     * Describes the place of the first mistake.
     *
     * @param string $text a text that json_decode() refuses
     *
     * @return string such as "line 1, character 5", or "its end"
     *
     * @example JsonSyntax::mistake('{"a": tru}')   // line 1, character 7
     */
    public static function mistake(string $text): string
    {
        $offset = (new self($text))->scan();
        if ($offset >= strlen(rtrim($text))) {
            return 'its end';
        }
        $before = substr($text, 0, $offset);
        $start = strrpos($before, "\n");
        $line = $start === false ? $before : substr($before, $start + 1);

        return sprintf('line %d, character %d', substr_count($before, "\n") + 1, mb_strlen($line, 'UTF-8') + 1);
    }

    /**
     * Returns the offset of the first byte that cannot stand where it stands.
     */
    private function scan(): int
    {
        $next = 'value';
        while ($next !== 'end') {
            $this->space();
            $next = match ($next) {
                'value' => $this->value(),
                'first value' => $this->takes(']') ? $this->close() : $this->value(),
                'first name' => $this->takes('}') ? $this->close() : $this->name(),
                'name' => $this->name(),
                default => $this->separator(),
            };
            if ($next === null) {
                return $this->offset;
            }
        }
        $this->space();

        return $this->offset;
    }

    private function value(): ?string
    {
        if ($this->takes('{')) {
            $this->open[] = '}';

            return 'first name';
        }
        if ($this->takes('[')) {
            $this->open[] = ']';

            return 'first value';
        }

        return $this->matches(self::SCALAR) ? $this->afterValue() : $this->insideString();
    }

    private function name(): ?string
    {
        if (!$this->matches('/\G' . self::STRING . '/')) {
            return $this->insideString();
        }
        $this->space();

        return $this->takes(':') ? 'value' : null;
    }

    /**
     * Goes on to what is wrong inside of a string, when it is a string.
     */
    private function insideString(): null
    {
        $this->matches('/\G' . self::UNCLOSED . '/');

        return null;
    }

    private function separator(): ?string
    {
        $bracket = $this->open[count($this->open) - 1];
        if ($this->takes(',')) {
            return $bracket === '}' ? 'name' : 'value';
        }

        return $this->takes($bracket) ? $this->close() : null;
    }

    private function close(): string
    {
        array_pop($this->open);

        return $this->afterValue();
    }

    private function afterValue(): string
    {
        return $this->open === [] ? 'end' : 'separator';
    }

    private function space(): void
    {
        $this->offset += strspn($this->text, " \t\r\n", $this->offset);
    }

    private function takes(string $byte): bool
    {
        if (($this->text[$this->offset] ?? '') !== $byte) {
            return false;
        }
        $this->offset++;

        return true;
    }

    private function matches(string $pattern): bool
    {
        if (preg_match($pattern, $this->text, $match, 0, $this->offset) !== 1) {
            return false;
        }
        $this->offset += strlen($match[0]);

        return true;
    }
}
