<?php

declare(strict_types=1);

namespace Ody\Websocket\Console;

use Ody\Websocket\Facades\WebSocket;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Helper\Table;
use Symfony\Component\Console\Helper\TableCell;
use Symfony\Component\Console\Helper\TableCellStyle;
use Symfony\Component\Console\Input\InputArgument;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Input\InputOption;
use Symfony\Component\Console\Output\OutputInterface;

/**
 * websocket:channels
 */
final class ChannelsCommand extends Command
{
    use TypedHelp;

    public const NAME = 'websocket:channels';

    protected function configure(): void
    {
        $this
            ->setName(self::NAME)
            ->setDescription('Lists the channels that have subscribers')
            ->addArgument('prefix', InputArgument::OPTIONAL, 'Only channels whose name begins with this', '')
            ->addOption('json', null, InputOption::VALUE_NONE, 'A JSON array with an object for each channel')
            ->setHelp(<<<'HELP'
                Lists every channel that has a subscriber, sorted by name. Of presence channels it also says how many
                different users they have.

                  <info>php artisan websocket:channels</info>
                  <info>php artisan websocket:channels presence-</info>
                  <info>php artisan websocket:channels --json</info>
                HELP);
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $prefix = $input->getArgument('prefix');
        $prefix = is_string($prefix) ? $prefix : '';
        $channels = array_values(array_filter(
            self::channels(WebSocket::getChannels()),
            static fn(array $channel): bool => str_starts_with($channel['name'], $prefix),
        ));
        usort($channels, static fn(array $one, array $other): int => strcmp($one['name'], $other['name']));
        if ($input->getOption('json') === true) {
            $json = json_encode($channels, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE);
            // The only control character that JSON leaves as it is.
            $output->writeln(str_replace("\x7f", '\u007f', $json), OutputInterface::OUTPUT_RAW);
        } elseif ($channels === []) {
            $output->writeln(self::nothing($prefix));
        } else {
            self::table($channels, $output);
        }

        return self::SUCCESS;
    }

    /**
     * @param array<array-key, mixed> $answer of the server
     *
     * @return list<array{name: string, type: string, subscribers: int, users: int|null}>
     */
    private static function channels(array $answer): array
    {
        $channels = [];
        foreach ($answer as $name => $channel) {
            $channel = is_array($channel) ? $channel : [];
            $metadata = is_array($channel['metadata'] ?? null) ? $channel['metadata'] : [];
            $channels[] = [
                'name' => (string) $name,
                'type' => is_string($channel['type'] ?? null) ? $channel['type'] : '',
                'subscribers' => is_int($channel['subscribers'] ?? null) ? $channel['subscribers'] : 0,
                'users' => is_int($metadata['users'] ?? null) ? $metadata['users'] : null,
            ];
        }

        return $channels;
    }

    private static function nothing(string $prefix): string
    {
        return $prefix === ''
            ? 'No channel has a subscriber.'
            : sprintf('No channel whose name begins with "%s" has a subscriber.', PlainText::escaped($prefix));
    }

    /**
     * @param list<array{name: string, type: string, subscribers: int, users: int|null}> $channels
     */
    private static function table(array $channels, OutputInterface $output): void
    {
        $number = static fn(?int $count): TableCell => new TableCell(
            $count === null ? '' : number_format($count),
            ['style' => new TableCellStyle(['align' => 'right'])],
        );
        $table = (new Table($output))->setStyle('compact')->setHeaders(['name', 'type', 'subscribers', 'users']);
        foreach ($channels as $channel) {
            $table->addRow([
                PlainText::escaped($channel['name']),
                PlainText::escaped($channel['type']),
                $number($channel['subscribers']),
                $number($channel['users']),
            ]);
        }
        $table->render();
    }
}
