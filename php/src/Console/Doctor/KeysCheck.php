<?php

declare(strict_types=1);

namespace Ody\Websocket\Console\Doctor;

use Ody\Websocket\Configuration;
use Ody\Websocket\Configuration\Environment;
use Ody\Websocket\Configuration\ForeignVariables;
use Ody\Websocket\Configuration\Variables;
use Ody\Websocket\Console\CommandLine;
use Ody\Websocket\Console\KeyPair;

/**
 * Are there keys, and are they no examples? Those of every app count.
 *
 * @internal
 */
final class KeysCheck implements Check
{
    /** Bytes of a secret below which it can be guessed. */
    private const SHORT = 16;

    /**
     * @return list<Finding>
     */
    public function findings(Configuration $configuration): array
    {
        if (!$configuration->isComplete()) {
            return [];
        }
        $keys = ['api_key' => $configuration->get('api_key'), 'secret_key' => $configuration->get('secret_key')];
        $finding = self::problem($keys, $configuration) ?? self::ofApps($configuration);

        return [$finding ?? Finding::good('The keys are set and are no examples.')];
    }

    /**
     * @param array<string, mixed> $keys of one app, by the names that errors have for them
     */
    private static function problem(array $keys, Configuration $configuration): ?Finding
    {
        $problems = [];
        $short = null;
        foreach ($keys as $name => $value) {
            $text = is_scalar($value) ? (string) $value : '';
            if (KeyPair::isPlaceholder($text)) {
                $problems[] = sprintf('"%s" %s', $name, $text === '' ? 'is not set' : 'is the placeholder of an example');
            } elseif (str_contains($name, 'secret') && strlen($text) < self::SHORT) {
                $short = sprintf('"%s" has only %d characters, which can be guessed; %d are the least.', $name, strlen($text), self::SHORT);
            }
        }
        if ($problems !== []) {
            return Finding::failure(implode(', ', $problems) . '.', self::command((string) array_key_first($keys), $configuration));
        }

        return $short === null ? null : Finding::warning($short, self::command((string) array_key_first($keys), $configuration));
    }

    private static function ofApps(Configuration $configuration): ?Finding
    {
        $apps = $configuration->get('apps');
        foreach (is_array($apps) ? $apps : [] as $index => $app) {
            $keys = [];
            foreach (['key', 'secret'] as $name) {
                $keys[sprintf('apps.%s.%s', $index, $name)] = is_array($app) ? $app[$name] ?? null : null;
            }
            $finding = self::problem($keys, $configuration);
            if ($finding !== null) {
                return $finding;
            }
        }

        return null;
    }

    /**
     * A variable of the environment would hide the new keys, and real keys are only replaced with --force.
     */
    private static function command(string $key, Configuration $configuration): string
    {
        if (str_starts_with($key, 'apps.')) {
            $written = Environment::ofRoot($configuration->root())->raw(Variables::OF_KEYS['apps']) !== null;

            return Mend::edit($configuration->root() . ($written ? '/.env' : '/config/websocket.php'));
        }
        $set = array_filter(KeyPair::NAMES, static fn(string $name): bool => Environment::ofProcess($name) !== null);
        $file = Environment::ofRoot($configuration->root());
        if (ForeignVariables::find($file) !== null) {
            // New keys of ours would let none of the other server's variables count.
            return Mend::key($configuration, 'secret_key', bin2hex(random_bytes(32)));
        }
        $real = array_filter(KeyPair::NAMES, static fn(string $name): bool => !KeyPair::isPlaceholder($file->raw($name)));

        return ($set === [] ? '' : 'unset ' . implode(' ', $set) . '; ')
            . CommandLine::typed('websocket:keys') . ($real === [] ? '' : ' --force');
    }
}
