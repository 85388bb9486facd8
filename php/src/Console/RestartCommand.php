<?php

declare(strict_types=1);

namespace Ody\Websocket\Console;

use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Formatter\OutputFormatter;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Input\InputOption;
use Symfony\Component\Console\Output\OutputInterface;

/**
 * websocket:restart
 */
final class RestartCommand extends Command
{
    use TypedHelp;

    public const NAME = 'websocket:restart';

    protected function configure(): void
    {
        $this
            ->setName(self::NAME)
            ->setDescription('Puts a new engine in the place of the running one')
            ->addOption('timeout', null, InputOption::VALUE_REQUIRED, 'Seconds to wait for the outcome', '90')
            ->setHelp(<<<'HELP'
                Starts a new engine with the configuration as it stands on disk, on the sockets that are open. When it
                is ready, the clients of the old one are told to connect again. Nobody is refused meanwhile.

                  <info>php artisan websocket:restart</info>
                  <info>php artisan websocket:restart --timeout=120</info>

                When the configuration is wrong, or anything else fails, the server goes on as before and the
                exit status is 1.
                HELP);
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $timeout = ServerChange::timeout($input->getOption('timeout'));
        $change = new ServerChange(LocalServer::configuration());
        $note = $change->run(true, $timeout, 'Starting the new engine …', $output);
        $output->writeln('The server runs with a new engine.');
        if ($note !== '') {
            $output->writeln(sprintf('<comment>Of the changed keys, %s.</comment>', OutputFormatter::escape($note)));
        }

        return self::SUCCESS;
    }
}
