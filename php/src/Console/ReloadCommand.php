<?php

declare(strict_types=1);

namespace Ody\Websocket\Console;

use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Formatter\OutputFormatter;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Input\InputOption;
use Symfony\Component\Console\Output\OutputInterface;

/**
 * websocket:reload
 */
final class ReloadCommand extends Command
{
    use TypedHelp;

    public const NAME = 'websocket:reload';

    protected function configure(): void
    {
        $this
            ->setName(self::NAME)
            ->setDescription('Lets the WebSocket server take over a changed configuration')
            ->addOption('timeout', null, InputOption::VALUE_REQUIRED, 'Seconds to wait for the outcome', '90')
            ->setHelp(<<<'HELP'
                Gives the running server the configuration as it stands on disk. Connections stay. PHP workers are
                replaced, one after the other, so that they run the code of now.

                  <info>php artisan websocket:reload</info>
                  <info>php artisan websocket:reload --timeout=120</info>

                When the configuration is wrong, or anything else fails, the server goes on as before and the
                exit status is 1.
                HELP);
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $timeout = ServerChange::timeout($input->getOption('timeout'));
        $change = new ServerChange(LocalServer::configuration());
        $note = $change->run(false, $timeout, 'Reloading the configuration …', $output);
        $output->writeln('The server has the configuration of now.');
        if ($note !== '') {
            $output->writeln(sprintf('<comment>Of the changed keys, %s.</comment>', OutputFormatter::escape($note)));
        }

        return self::SUCCESS;
    }
}
