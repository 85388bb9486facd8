<?php

declare(strict_types=1);

namespace Ody\Websocket\Console\Doctor;

use Ody\Websocket\Configuration;
use Ody\Websocket\Configuration\Environment;
use Ody\Websocket\Configuration\ForeignVariables;
use Ody\Websocket\Console\KeyPair;
use Ody\Websocket\Exceptions\ConfigurationException;
use Ody\Websocket\Extension;
use Ody\Websocket\Server;

/**
 * Does the server accept the configuration?
 *
 * @internal
 */
final class ConfigurationCheck implements Check
{
    /** What other checks look at more closely. */
    private const ELSEWHERE = ['ssl.ssl_cert_file', 'ssl.ssl_key_file', 'socket.group'];

    /** The same, where it is no key. */
    private const KEYS = ['api_key', 'secret_key'];

    /** Their variables hold JSON. */
    private const LISTS = ['apps', 'webhooks'];

    /**
     * @return list<Finding>
     */
    public function findings(Configuration $configuration): array
    {
        if (!Extension::isLoaded()) {
            return [];
        }
        $checked = $configuration;
        foreach (self::ELSEWHERE as $key) {
            $checked = $checked->with($key, null);
        }
        foreach (self::KEYS as $key) {
            $value = $configuration->get($key);
            $checked = is_string($value) && !KeyPair::isPlaceholder($value) ? $checked : $checked->with($key, 'none');
        }
        try {
            (new Server())->configure($checked->all());
        } catch (ConfigurationException $error) {
            return [Finding::failure(rtrim($error->getMessage(), '.') . '.', self::command($configuration, $error->getMessage()))];
        }

        $foreign = ForeignVariables::find(Environment::ofRoot($configuration->root()));

        return [Finding::good($foreign === null
            ? 'The server accepts the configuration.'
            : sprintf('The server accepts the configuration, which comes from the variables of %s.', $foreign->server))];
    }

    private static function command(Configuration $configuration, string $message): ?string
    {
        $key = preg_match('/^"([a-z_]+(?:\.[a-z_]+)?)/', $message, $match) === 1 ? $match[1] : '';
        $name = Mend::variableOf($configuration, $key);
        $file = $configuration->root() . '/config/websocket.php';
        if ($name === null || Environment::ofRoot($configuration->root())->raw($name) === null) {
            return Mend::edit($file);
        }
        if (in_array($key, self::LISTS, true)) {
            // To forget all of them mends nothing.
            return Environment::ofProcess($name) === null ? Mend::edit($configuration->root() . '/.env') : null;
        }

        return Environment::ofProcess($name) === null ? Mend::forget($configuration, $name) : 'unset ' . $name;
    }
}
