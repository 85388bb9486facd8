<?php

declare(strict_types=1);

namespace Ody\Websocket\Console\Doctor;

use Ody\Websocket\Configuration;
use Ody\Websocket\Configuration\Environment;
use Ody\Websocket\Console\CommandLine;
use Ody\Websocket\Console\KeyPair;

/**
 * Are there keys, and are they no examples?
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
        $problems = [];
        foreach (['api_key', 'secret_key'] as $key) {
            $value = $configuration->get($key);
            $text = is_scalar($value) ? (string) $value : '';
            if (KeyPair::isPlaceholder($text)) {
                $problems[] = sprintf('"%s" %s', $key, $text === '' ? 'is not set' : 'is the placeholder of an example');
            }
        }
        if ($problems !== []) {
            return [Finding::failure(implode(', ', $problems) . '.', self::command($configuration))];
        }
        $length = strlen($configuration->text('secret_key'));
        if ($length < self::SHORT) {
            $sentence = sprintf('"secret_key" has only %d characters, which can be guessed; %d are the least.', $length, self::SHORT);

            return [Finding::warning($sentence, self::command($configuration))];
        }

        return [Finding::good('The keys are set and are no examples.')];
    }

    /**
     * A variable of the environment would hide the new keys, and real keys are only replaced with --force.
     */
    private static function command(Configuration $configuration): string
    {
        $set = array_filter(KeyPair::NAMES, static fn(string $name): bool => Environment::ofProcess($name) !== null);
        $file = Environment::ofRoot($configuration->root());
        $real = array_filter(KeyPair::NAMES, static fn(string $name): bool => !KeyPair::isPlaceholder($file->raw($name)));

        return ($set === [] ? '' : 'unset ' . implode(' ', $set) . '; ')
            . CommandLine::typed('websocket:keys') . ($real === [] ? '' : ' --force');
    }
}
