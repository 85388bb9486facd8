<?php

declare(strict_types=1);

namespace Ody\Websocket\Console\Doctor;

use Ody\Websocket\Configuration;
use Ody\Websocket\Configuration\ConfigurationFileException;
use Ody\Websocket\Console\LocalServer;
use Ody\Websocket\Exceptions\ConnectionException;
use Ody\Websocket\Extension;
use Ody\Websocket\Worker\Registry;
use Psr\Container\ContainerInterface;

/**
 * Can the application's handlers, middleware and listeners be made, and do the processes run that work with them?
 *
 * @internal
 */
final class WorkersCheck implements Check
{
    /**
     * @param ContainerInterface|null $container of the framework, which makes the application's classes
     */
    public function __construct(private readonly ?ContainerInterface $container = null) {}

    /**
     * @return list<Finding>
     */
    public function findings(Configuration $configuration): array
    {
        if (!Extension::isLoaded()) {
            return [];
        }
        try {
            $registry = Registry::ofConfiguration($configuration, $this->container);
        } catch (ConfigurationFileException $error) {
            $file = Mend::brokenFile($error, $configuration->root());

            return [Finding::failure(rtrim($error->getMessage(), '.') . '.', Mend::edit($file))];
        }
        $workers = self::ofServer($configuration);
        if ($workers !== null && $workers['wanted'] > 0) {
            return [self::compare($workers['connected'], $workers['wanted'], $configuration->text('log.file'))];
        }

        return $registry->isEmpty() ? [] : [Finding::good('Handlers, middleware and listeners can be made.')];
    }

    private static function compare(int $connected, int $wanted, string $log): Finding
    {
        $sentence = sprintf('%d of %d PHP workers are connected; the log says why: %s.', $connected, $wanted, $log);

        return match (true) {
            $connected === 0 => Finding::failure($sentence, null),
            $connected < $wanted => Finding::warning($sentence, null),
            default => Finding::good(sprintf('PHP workers that are connected: %d.', $connected)),
        };
    }

    /**
     * @return array{connected: int, wanted: int}|null null when no server answers, which is another check's finding
     */
    private static function ofServer(Configuration $configuration): ?array
    {
        if (RunningServer::pid($configuration) === null) {
            return null;
        }
        try {
            $workers = (new LocalServer($configuration))->status()['php_workers'] ?? null;
        } catch (ConnectionException) {
            return null;
        }
        $connected = is_array($workers) ? $workers['connected'] ?? null : null;
        $wanted = is_array($workers) ? $workers['num'] ?? null : null;

        return is_int($connected) && is_int($wanted) ? ['connected' => $connected, 'wanted' => $wanted] : null;
    }
}
