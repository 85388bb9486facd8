<?php

declare(strict_types=1);

namespace Ody\Websocket\Console;

use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Input\InputOption;
use Symfony\Component\Console\Output\OutputInterface;

/**
 * websocket:stop
 */
final class StopCommand extends Command
{
    use TypedHelp;

    public const NAME = 'websocket:stop';

    protected function configure(): void
    {
        $this
            ->setName(self::NAME)
            ->setDescription('Stops the WebSocket server')
            ->addOption('timeout', null, InputOption::VALUE_REQUIRED, 'Seconds to wait until it is gone', '30')
            ->setHelp(<<<'HELP'
                Stops the server of the project. Its clients are told to connect again; then it ends.

                  <info>php artisan websocket:stop</info>
                  <info>php artisan websocket:stop --timeout=60</info>

                When no server runs the exit status is 1.
                HELP);
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $timeout = $input->getOption('timeout');
        if (!is_numeric($timeout) || $timeout < 0 || $timeout > 86400) {
            throw new CommandException('--timeout must be a number of seconds between 0 and 86400.');
        }
        $server = new LocalServer(LocalServer::configuration());
        $pid = $server->pid();
        if ($pid === null) {
            throw new CommandException('No server of this project is running.');
        }
        $progress = new Progress($output);
        $progress->show(sprintf('Stopping the server (process %d). Its clients are told to connect again …', $pid));
        try {
            $stopped = $server->stop((float) $timeout);
        } finally {
            $progress->clear();
        }
        if (!$stopped) {
            throw new CommandException('No server of this project is running.');
        }
        $output->writeln(sprintf('The server (process %d) has stopped.', $pid));

        return self::SUCCESS;
    }
}
