<?php

declare(strict_types=1);

namespace Ody\Websocket\Console\Doctor;

use Ody\Websocket\Configuration;

/**
 * Is PHP's command line set up so that the commands and the PHP workers can do their work?
 *
 * @internal
 */
final class PhpCheck implements Check
{
    private const MEMORY = 64 << 20;

    /** Function => what does not work without it. */
    private const FUNCTIONS = [
        'pcntl_exec' => 'artisan cannot load the extension from the build',
        'pcntl_signal' => 'Ctrl-C does not end --watch cleanly',
        'pcntl_async_signals' => 'Ctrl-C does not end --watch cleanly',
        'proc_open' => 'the console does not know the size of the terminal',
        'getenv' => 'variables of the environment do not count',
    ];

    /**
     * @return list<Finding>
     */
    public function findings(Configuration $configuration): array
    {
        $kind = PHP_ZTS === 1 ? 'ZTS' : 'NTS';

        return [Finding::good(sprintf('PHP %s (%s, %s).', PHP_VERSION, PHP_SAPI, $kind)), self::memory(), ...self::functions()];
    }

    private static function memory(): Finding
    {
        $text = ini_get('memory_limit');
        $limit = ini_parse_quantity($text);
        if ($limit < 0 || $limit >= self::MEMORY) {
            return Finding::good(sprintf('memory_limit is %s.', $text));
        }

        return Finding::warning(
            sprintf('memory_limit is %s, which PHP workers may soon reach; 64M is the least.', $text),
            Mend::setting('99-ody-websocket-memory.ini', 'memory_limit=256M'),
        );
    }

    /**
     * @return list<Finding>
     */
    private static function functions(): array
    {
        $missing = array_filter(self::FUNCTIONS, static fn(string $name): bool => !function_exists($name), ARRAY_FILTER_USE_KEY);
        if ($missing === []) {
            return [Finding::good('No function that is needed is disabled.')];
        }
        $disabled = array_map(trim(...), explode(',', (string) ini_get('disable_functions')));
        $command = array_intersect(array_keys($missing), $disabled) === []
            ? self::install()
            : Mend::setting('99-ody-websocket-functions.ini', sprintf('disable_functions=%s', implode(',', array_diff($disabled, array_keys($missing)))));
        $findings = [];
        foreach ($missing as $name => $consequence) {
            $findings[] = Finding::warning(sprintf('This PHP has no %s(): %s.', $name, $consequence), $command);
        }

        return $findings;
    }

    private static function install(): string
    {
        return is_executable('/usr/local/bin/docker-php-ext-install')
            ? Mend::asRoot('docker-php-ext-install pcntl')
            : Mend::asRoot(sprintf('apt-get install php%d.%d-cli', PHP_MAJOR_VERSION, PHP_MINOR_VERSION));
    }
}
