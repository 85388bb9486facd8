<?php

declare(strict_types=1);

namespace Ody\Websocket\Console\Doctor;

use Ody\Websocket\Configuration;
use Ody\Websocket\Configuration\Environment;
use Ody\Websocket\Configuration\Variables;
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
    private const ELSEWHERE = [
        'api_key' => 'none', 'secret_key' => 'none', 'ssl.ssl_cert_file' => null, 'ssl.ssl_key_file' => null, 'socket.group' => null,
    ];

    /**
     * @return list<Finding>
     */
    public function findings(Configuration $configuration): array
    {
        if (!Extension::isLoaded()) {
            return [];
        }
        $checked = $configuration;
        foreach (self::ELSEWHERE as $key => $value) {
            $checked = $checked->with($key, $value);
        }
        try {
            (new Server())->configure($checked->all());
        } catch (ConfigurationException $error) {
            return [Finding::failure(rtrim($error->getMessage(), '.') . '.', self::command($configuration, $error->getMessage()))];
        }

        return [Finding::good('The server accepts the configuration.')];
    }

    private static function command(Configuration $configuration, string $message): string
    {
        $key = preg_match('/^"([a-z_.]+)"/', $message, $match) === 1 ? $match[1] : '';
        $name = Variables::OF_KEYS[$key] ?? null;
        if ($name !== null && Environment::ofProcess($name) !== null) {
            return 'unset ' . $name;
        }
        if ($name !== null && Environment::ofRoot($configuration->root())->raw($name) !== null) {
            return Mend::forget($configuration, $name);
        }

        return Mend::edit($configuration->root() . '/config/websocket.php');
    }
}
