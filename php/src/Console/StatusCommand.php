<?php

declare(strict_types=1);

namespace Ody\Websocket\Console;

use Ody\Websocket\Exceptions\ConnectionException;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Input\InputOption;
use Symfony\Component\Console\Output\OutputInterface;

/**
 * websocket:status
 */
final class StatusCommand extends Command
{
    public const NAME = 'websocket:status';

    protected function configure(): void
    {
        $this
            ->setName(self::NAME)
            ->setDescription('Shows the state of the WebSocket server')
            ->addOption('json', null, InputOption::VALUE_NONE, 'All numbers as one JSON object')
            ->addOption('watch', 'w', InputOption::VALUE_OPTIONAL, 'Look again every so many seconds, until Ctrl-C', false)
            ->setHelp(<<<'HELP'
                Asks the server of the project how it is. When none runs the exit status is 1.

                  <info>php artisan websocket:status</info>
                  <info>php artisan websocket:status --json</info>
                  <info>php artisan websocket:status --watch</info>       every second, with rates
                  <info>php artisan websocket:status --watch=10 --json >> status.log</info>

                On a terminal --watch redraws in place. Elsewhere it writes a line an interval, with --json a
                JSON object. It goes on when the server is restarted.
                HELP);
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $json = $input->getOption('json') === true;
        $interval = self::interval($input->getOption('watch'));
        $server = new LocalServer(LocalServer::configuration());
        try {
            if ($interval !== null) {
                (new StatusWatch($server, $interval, $json, $output))->run();

                return self::SUCCESS;
            }
            $status = $server->status();
        } catch (ConnectionException $error) {
            $pid = $server->pid();
            $sentence = $pid === null
                ? 'The server is not running. Start it with ' . CommandLine::typed('websocket:start') . '.'
                : sprintf('Process %d is the server, but it does not answer: %s', $pid, $error->getMessage());
            throw new CommandException($sentence);
        }
        if ($json) {
            $text = json_encode($status, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE);
            $output->writeln($text, OutputInterface::OUTPUT_RAW);
        } else {
            $output->writeln(StatusView::lines($status));
        }

        return self::SUCCESS;
    }

    /**
     * @param mixed $option false: not given; null: given without a number
     *
     * @return float|null seconds; null: look once
     */
    private static function interval(mixed $option): ?float
    {
        if ($option === false) {
            return null;
        }
        $seconds = $option ?? 1;
        if (!is_numeric($seconds) || $seconds < 0.1 || $seconds > 86400) {
            throw new CommandException('--watch must be a number of seconds between 0.1 and 86400.');
        }

        return (float) $seconds;
    }
}
