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
    use TypedHelp;

    public const NAME = 'websocket:status';

    /** How long the rates are measured for that one look shows. */
    private const MEASURED_MICROSECONDS = 500_000;

    protected function configure(): void
    {
        $this
            ->setName(self::NAME)
            ->setDescription('Shows the state of the WebSocket server')
            ->addOption('json', null, InputOption::VALUE_NONE, 'All numbers as one JSON object')
            ->addOption('watch', 'w', InputOption::VALUE_OPTIONAL, 'Look again every so many seconds, until Ctrl-C', false)
            ->setHelp(<<<'HELP'
                Asks the server of the project how it is, and measures its rates for half a second. When none runs the
                exit status is 1.

                  <info>php artisan websocket:status</info>
                  <info>php artisan websocket:status --json</info>        every counter, at once and without rates
                  <info>php artisan websocket:status --watch</info>       every second
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
            $output->writeln(StatusView::lines($status, self::rates($server, $status, new Progress($output))));
        }

        return self::SUCCESS;
    }

    /**
     * Totals say nothing about now: that takes a second look.
     *
     * @param array<array-key, mixed> $status of the first look
     *
     * @return array<string, float>|null per second; null when the server was restarted or is gone meanwhile
     */
    private static function rates(LocalServer $server, array $status, Progress $progress): ?array
    {
        $rates = new StatusRates();
        $rates->add($status, hrtime(true) / 1e9);
        $progress->show('Measuring rates …');
        try {
            usleep(self::MEASURED_MICROSECONDS);

            return $rates->add($server->status(), hrtime(true) / 1e9);
        } catch (ConnectionException) {
            return null;
        } finally {
            $progress->clear();
        }
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
