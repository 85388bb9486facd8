<?php

declare(strict_types=1);

namespace Ody\Websocket\Console;

use Ody\Websocket\Exceptions\ConnectionException;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Formatter\OutputFormatter;
use Symfony\Component\Console\Helper\Helper;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Input\InputOption;
use Symfony\Component\Console\Output\OutputInterface;

/**
 * websocket:status
 */
final class StatusCommand extends Command
{
    public const NAME = 'websocket:status';

    /** What the table shows, in this order, where the server tells it. */
    private const ROWS = [
        'pid' => 'process',
        'version' => 'version',
        'host' => 'host',
        'port' => 'port',
        'socket' => 'socket',
        'uptime' => 'up for',
        'workers' => 'workers',
        'memory' => 'memory',
        'connections' => 'connections',
        'channels' => 'channels',
        'subscriptions' => 'subscriptions',
        'messages_published' => 'messages published',
        'deliveries' => 'deliveries',
    ];

    protected function configure(): void
    {
        $this
            ->setName(self::NAME)
            ->setDescription('Shows the state of the WebSocket server')
            ->addOption('json', null, InputOption::VALUE_NONE, 'All numbers as one JSON object')
            ->setHelp(<<<'HELP'
                Asks the server of the project how it is. When none runs the exit status is 1.

                  <info>php artisan websocket:status</info>
                  <info>php artisan websocket:status --json</info>
                HELP);
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $server = new LocalServer(LocalServer::configuration());
        try {
            $status = $server->status();
        } catch (ConnectionException $error) {
            $pid = $server->pid();
            $sentence = $pid === null
                ? 'The server is not running. Start it with php artisan websocket:start.'
                : sprintf('Process %d is the server, but it does not answer: %s', $pid, $error->getMessage());
            throw new CommandException($sentence, 0, $error);
        }
        if ($input->getOption('json') === true) {
            $json = json_encode($status, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE);
            $output->writeln($json, OutputInterface::OUTPUT_RAW);
        } else {
            self::table($status, $output);
        }

        return self::SUCCESS;
    }

    /**
     * @param array<array-key, mixed> $status
     */
    private static function table(array $status, OutputInterface $output): void
    {
        foreach (self::ROWS as $key => $label) {
            if (isset($status[$key])) {
                $value = OutputFormatter::escape(self::readable($key, $status[$key]));
                $output->writeln(sprintf('%-20s<info>%s</info>', $label, $value));
            }
        }
    }

    private static function readable(string $key, mixed $value): string
    {
        return match (true) {
            $key === 'memory' && is_int($value) => Helper::formatMemory($value),
            $key === 'uptime' && is_int($value) => self::duration($value),
            in_array($key, ['pid', 'port'], true) && is_int($value) => (string) $value,
            is_int($value) => number_format($value),
            is_scalar($value) => (string) $value,
            default => get_debug_type($value),
        };
    }

    private static function duration(int $seconds): string
    {
        $time = sprintf('%02d:%02d:%02d', intdiv($seconds, 3600) % 24, intdiv($seconds, 60) % 60, $seconds % 60);

        return $seconds < 86400 ? $time : sprintf('%d d %s', intdiv($seconds, 86400), $time);
    }
}
