<?php

declare(strict_types=1);

namespace Ody\Websocket\Worker;

use Ody\Websocket\Configuration;
use Ody\Websocket\Extension;
use Psr\Container\ContainerInterface;
use Psr\Log\LoggerInterface;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Output\OutputInterface;

/**
 * websocket:worker. The server starts it; people have no use for it.
 *
 * @internal
 */
final class WorkerCommand extends Command
{
    public const NAME = 'websocket:worker';

    /**
     * @param ContainerInterface|null $container of the framework that the application is written for
     */
    public function __construct(private readonly ?ContainerInterface $container = null)
    {
        parent::__construct();
    }

    protected function configure(): void
    {
        $this
            ->setName(self::NAME)
            ->setDescription('Runs handlers, middleware and listeners for the server, which starts it by itself')
            ->setHidden();
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        Extension::require();
        $configuration = Configuration::load();
        $log = new ErrorLog();
        Process::prepare($log);
        $registry = $this->registry($configuration, $log);
        $kernel = new Kernel($registry, $log);
        register_shutdown_function($kernel->end(...));

        $connection = new Connection($configuration->text('socket.path'), $configuration->number('connect_timeout', 1.0));
        $connection->register($registry->interest());
        $connection->run(
            $kernel->handle(...),
            (int) $configuration->number('php_workers.max_messages', 100_000),
            (new Housekeeping($log, $this->container))->run(...),
        );

        return self::SUCCESS;
    }

    /**
     * Makes the application's classes. One that ends the process is said to have done so.
     */
    private function registry(Configuration $configuration, LoggerInterface $log): Registry
    {
        $making = new \ArrayObject([true]);
        register_shutdown_function(static function () use ($making, $log): void {
            if ($making->count() > 0) {
                Process::logEnd($log, 'the application ended the PHP worker before it was ready');
            }
        });
        try {
            return Registry::ofConfiguration($configuration, $this->container);
        } finally {
            $making->exchangeArray([]);
        }
    }
}
