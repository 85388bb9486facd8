<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Configuration;

use Ody\Websocket\Configuration\Keys;
use Ody\Websocket\Configuration\Variables;
use Ody\Websocket\Tests\Support\ProjectTestCase;

/**
 * The server's table of keys, the packaged file, the variables and docs/configuration.md say the same.
 */
final class DocumentationTest extends ProjectTestCase
{
    /** Their default is not the server's: it depends on the machine or on the root of the project. */
    private const DEPENDS = ['additional.worker_num', 'socket.path', 'log.file', 'pid_file'];

    /** No file has them: the start command sets them. */
    private const INTERNAL = ['php_workers.command', 'configuration_command'];

    /** They name the application's classes: the server does not see them. */
    private const OF_THE_APPLICATION = ['channel_handlers', 'middleware', 'middleware_params', 'listeners', 'routes'];

    /** @var array<string, array<string, mixed>> */
    private array $options = [];

    /** @var array<string, array<string, mixed>> those of entries of lists, such as "apps.*.id" */
    private array $ofEntries = [];

    /** @var array<array-key, mixed> */
    private array $packaged = [];

    protected function setUp(): void
    {
        $code = 'echo json_encode([Ody\Websocket\Server::options(),
            Ody\Websocket\Configuration::load()->all()], JSON_PRESERVE_ZERO_FRACTION);';
        $answer = $this->project()->native($code)->json();
        self::assertIsArray($answer);
        self::assertIsArray($answer[0]);
        self::assertIsArray($answer[1]);
        foreach ($answer[0] as $key => $option) {
            self::assertIsString($key);
            self::assertIsArray($option);
            foreach ($option as $name => $value) {
                $this->options[$key][(string) $name] = $value;
            }
        }
        $this->packaged = $answer[1];
        self::assertSame([], array_diff(self::INTERNAL, array_keys($this->options)));
        $this->options = array_diff_key($this->options, array_flip(self::INTERNAL));
        $isOfEntry = static fn(string $key): bool => str_contains($key, '*');
        $this->ofEntries = array_filter($this->options, $isOfEntry, ARRAY_FILTER_USE_KEY);
        $this->options = array_diff_key($this->options, $this->ofEntries);
    }

    public function testKeysThatTheStartCommandSetsAreExplained(): void
    {
        $text = (string) file_get_contents(dirname(__DIR__, 3) . '/docs/configuration.md');
        foreach (self::INTERNAL as $key) {
            self::assertStringContainsString("\n- `$key` ", $text);
        }
    }

    public function testThePackagedFileHasEveryKeyAndNoOther(): void
    {
        self::assertSame(array_keys($this->options), self::flat(array_diff_key($this->packaged, array_flip(self::OF_THE_APPLICATION))));
    }

    public function testEveryKeyHasAVariable(): void
    {
        self::assertSame(array_keys($this->options), array_keys(Variables::OF_KEYS));
        self::assertSame(Variables::OF_KEYS, array_unique(Variables::OF_KEYS));
    }

    public function testThePackagedDefaultsAreTheServers(): void
    {
        foreach ($this->options as $key => $option) {
            if (!in_array($key, self::DEPENDS, true)) {
                self::assertEquals($option['default'], Keys::get($this->packaged, $key), $key);
            }
        }
    }

    public function testEveryKeyOfThePackagedFileHasACommentAndItsVariable(): void
    {
        $lines = file(dirname(__DIR__, 3) . '/php/config/websocket.php');
        self::assertIsArray($lines);
        $text = implode('', $lines);
        foreach (Variables::OF_KEYS as $key => $variable) {
            $name = substr($key, (int) strrpos('.' . $key, '.'));
            self::assertMatchesRegularExpression(sprintf("~^ *//.*\n *'%s' => env\('%s'~m", $name, $variable), $text);
        }
    }

    public function testTheDocumentedTableAgrees(): void
    {
        $expected = [];
        foreach ($this->options as $key => $option) {
            $unit = $option['unit'] ?? '–';
            self::assertIsString($unit);
            $expected[$key] = [
                '`' . Variables::OF_KEYS[$key] . '`',
                $unit,
                $this->defaultOf($key),
                self::rangeOf($option),
                $option['reloadable'] === true ? 'yes' : 'no',
            ];
        }
        self::assertSame($expected, self::documented('configuration.md'));
    }

    public function testTheKeysOfAppsAreDocumented(): void
    {
        $expected = [];
        foreach ($this->ofEntries as $key => $option) {
            if (str_starts_with($key, 'apps.*.')) {
                $unit = $option['unit'] ?? '–';
                self::assertIsString($unit);
                $default = $option['default'] === null ? '–' : sprintf('`%s`', (string) json_encode($option['default']));
                $expected[substr($key, strlen('apps.*.'))] = [$unit, $default, self::rangeOf($option)];
            }
        }
        self::assertSame($expected, self::documented('apps.md'));
        $most = $this->options['apps']['max'];
        self::assertIsInt($most);
        // The first one is that of the top level.
        self::assertStringContainsString(sprintf('There may be %d apps.', $most + 1), (string) file_get_contents(dirname(__DIR__, 3) . '/docs/apps.md'));
    }

    public function testTheKeysOfWebhooksAreDocumented(): void
    {
        $text = (string) file_get_contents(dirname(__DIR__, 3) . '/docs/webhooks.md');
        $row = static fn(string $key, string $default, string $end): string => sprintf('~^\| `%s` \| %s \| .*%s \|$~m', $key, $default, $end);
        self::assertMatchesRegularExpression($row('url', '–', "at most {$this->mostOf('webhooks.*.url')} bytes"), $text);
        self::assertMatchesRegularExpression($row('events', 'all', ''), $text);
        self::assertMatchesRegularExpression($row('channels', 'all', "at most {$this->mostOf('webhooks.*.channels')}"), $text);
        self::assertStringContainsString("\nAn app may have {$this->mostOf('webhooks')} webhooks", $text);
        $events = $this->ofEntries['webhooks.*.events']['choices'];
        preg_match_all('/^\| `([a-z_]+)` \| (?:–|`).*\|.*\|$/m', (string) strstr($text, '## Events'), $documented);
        self::assertSame($events, $documented[1]);
    }

    private function mostOf(string $key): string
    {
        return (string) json_encode(($this->options + $this->ofEntries)[$key]['max']);
    }

    public function testTheKeysThatAppsTakeFromTheTopLevelAreDocumented(): void
    {
        $code = <<<'PHP'
            $accepted = [];
            foreach (Ody\Websocket\Server::options() as $key => $option) {
                $app = Ody\Websocket\Configuration\Keys::set(['id' => '2', 'key' => 'k', 'secret' => 's'], $key, $option['default']);
                try {
                    (new Ody\Websocket\Server())->configure(['api_key' => 'a', 'secret_key' => 'b', 'socket' => ['path' => '/a.sock'], 'apps' => [$app]]);
                    $accepted[] = $key;
                } catch (Ody\Websocket\Exceptions\ConfigurationException) {
                }
            }
            echo json_encode($accepted);
            PHP;
        $accepted = $this->project()->native($code)->json();
        self::assertIsArray($accepted);
        $text = (string) file_get_contents(dirname(__DIR__, 3) . '/docs/apps.md');
        self::assertSame(1, preg_match('/^An app may also have (.+?)\. What it does not say/ms', $text, $sentence));
        preg_match_all('/`([a-z_]+)`/', $sentence[1], $names);
        $documented = array_values(array_diff($names[1], ['limits']));
        self::assertSame($documented, array_map(static fn(mixed $key): string => is_string($key) ? str_replace('limits.', '', $key) : '', $accepted));
    }

    /**
     * @return array<string, list<string>> without the column for people
     */
    private static function documented(string $file): array
    {
        $text = (string) file_get_contents(dirname(__DIR__, 3) . '/docs/' . $file);
        preg_match_all('/^\| `([\w.]+)` \|(.*)\|$/m', $text, $rows, PREG_SET_ORDER);
        $table = [];
        foreach ($rows as [, $key, $cells]) {
            $cells = array_map(trim(...), explode('|', $cells));
            self::assertNotSame('', array_pop($cells), $key . ' is not explained');
            $table[$key] = $cells;
        }

        return $table;
    }

    private function defaultOf(string $key): string
    {
        $value = Keys::get($this->packaged, $key);
        if ($key === 'additional.worker_num') {
            return 'processors';
        }
        if (is_string($value) && in_array($key, self::DEPENDS, true)) {
            $value = preg_replace('~^.*/(?=storage/)~', '', $value);
        }

        return in_array($value, [null, '', []], true) ? '–' : sprintf('`%s`', is_string($value) ? $value : json_encode($value));
    }

    /**
     * @param array<string, mixed> $option
     */
    private static function rangeOf(array $option): string
    {
        if (is_array($option['choices'])) {
            return '`' . implode('`, `', array_filter($option['choices'], is_string(...))) . '`';
        }
        if ($option['min'] !== null) {
            return json_encode($option['min']) . ' to ' . json_encode($option['max']);
        }

        return $option['type'] === 'boolean' ? '`true`, `false`' : 'networks';
    }

    /**
     * @param array<array-key, mixed> $values
     *
     * @return list<string>
     */
    private static function flat(array $values, string $prefix = ''): array
    {
        $keys = [];
        foreach ($values as $name => $value) {
            $key = $prefix . $name;
            $keys = [...$keys, ...(is_array($value) && $value !== [] ? self::flat($value, $key . '.') : [$key])];
        }

        return $keys;
    }
}
