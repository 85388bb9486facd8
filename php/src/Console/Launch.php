<?php

declare(strict_types=1);

namespace Ody\Websocket\Console;

use Ody\Websocket\Configuration;
use Ody\Websocket\Configuration\Processors;
use Ody\Websocket\Worker\Registry;
use Ody\Websocket\Worker\WorkerCommand;
use Psr\Container\ContainerInterface;

/**
 * The configuration that a server runs with: the project's, what the start command was told besides,
 * and the commands of the processes that belong to it. A reload makes it anew, in a fresh process.
 *
 * @internal
 */
final class Launch
{
    /**
     * Completes the project's configuration.
     *
     * @param array<string, mixed>    $overrides dotted key => value, of this run of the server
     * @param ContainerInterface|null $container of the framework, which may have something for workers registered
     */
    public static function configuration(
        Configuration $configuration,
        array $overrides,
        ?ContainerInterface $container = null,
    ): Configuration {
        foreach ($overrides as $key => $value) {
            $configuration = $configuration->with($key, $value);
        }
        if (filter_var($configuration->get('debug'), FILTER_VALIDATE_BOOL)) {
            $configuration = $configuration->with('log.level', 'debug');
        }
        $console = CommandLine::ofConsole();
        $environment = CommandLine::environmentOption();
        $given = json_encode((object) $overrides, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES);

        return $configuration
            ->with('php_workers.num', self::workers($configuration, $container))
            ->with('php_workers.command', [...$console, WorkerCommand::NAME, ...$environment])
            ->with('configuration_command', [...$console, ConfigurationCommand::NAME, ...$environment, $given]);
    }

    /**
     * How many PHP workers there are to be: none where nothing would be done by them.
     */
    private static function workers(Configuration $configuration, ?ContainerInterface $container): mixed
    {
        if (Registry::ofConfiguration($configuration, $container)->isEmpty()) {
            return 0;
        }
        $number = $configuration->get('php_workers.num');

        return $number === null || $number === '' ? min(256, Processors::count()) : $number;
    }
}
