<?php

declare(strict_types=1);

namespace Ody\Websocket\Console;

use Ody\Websocket\Facades\WebSocket;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputArgument;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Input\InputOption;
use Symfony\Component\Console\Input\StreamableInputInterface;
use Symfony\Component\Console\Output\OutputInterface;

/**
 * websocket:publish
 */
final class PublishCommand extends Command
{
    use TypedHelp;

    public const NAME = 'websocket:publish';

    /** Above what any server accepts, so that endless input ends. */
    private const INPUT_BYTES = 67_108_864;

    protected function configure(): void
    {
        $this
            ->setName(self::NAME)
            ->setDescription('Publishes an event to a channel')
            ->addArgument('channel', InputArgument::REQUIRED, 'The name of the channel')
            ->addArgument('event', InputArgument::REQUIRED, 'The name of the event')
            ->addArgument('json', InputArgument::OPTIONAL, 'The data, a JSON object or array; - reads standard input', '{}')
            ->addOption('except', null, InputOption::VALUE_REQUIRED, 'The socket id of a client that must not get it')
            ->setHelp(<<<'HELP'
                Publishes an event to everybody who is subscribed to a channel, and says how many they are.

                  <info>php artisan websocket:publish orders shipped '{"id": 7}'</info>
                  <info>php artisan websocket:publish orders shipped - < order.json</info>
                  <info>php artisan websocket:publish orders shipped --except=1234.5678</info>

                When nobody is subscribed the exit status is 1, unless "missing_channel" is "ignore".
                HELP);
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $channel = self::word($input->getArgument('channel'));
        $event = self::word($input->getArgument('event'));
        $except = $input->getOption('except');
        $except = is_string($except) ? $except : null;
        $data = self::data(self::json($input));
        try {
            $count = WebSocket::publish($channel, $event, $data, $except);
        } catch (\Throwable $error) {
            if ($except === null || !$error instanceof \ValueError) {
                throw $error;
            }
            $sentence = sprintf('--except must be a socket id such as 1234.5678, "%s" given.', PlainText::of($except));
            throw new CommandException($sentence);
        }
        $output->writeln(sprintf('Published to %s %s.', number_format($count), $count === 1 ? 'subscriber' : 'subscribers'));

        return self::SUCCESS;
    }

    private static function json(InputInterface $input): string
    {
        $json = self::word($input->getArgument('json'));
        if ($json !== '-') {
            return $json;
        }
        $given = $input instanceof StreamableInputInterface ? $input->getStream() : null;
        $stream = is_resource($given) ? $given : fopen('php://stdin', 'rb');
        $text = $stream === false ? false : stream_get_contents($stream, self::INPUT_BYTES + 1);
        if ($text === false) {
            throw new CommandException('Standard input cannot be read.');
        }
        if (strlen($text) > self::INPUT_BYTES) {
            throw new CommandException(sprintf('Standard input has more than %d MiB, which no server accepts.', self::INPUT_BYTES >> 20));
        }

        return $text;
    }

    /**
     * Decodes objects as objects, because an empty one must not become an empty array on its way.
     *
     * @return array<array-key, mixed>
     */
    private static function data(string $json): array
    {
        if (preg_match('//u', $json) !== 1) {
            throw new CommandException('The data is not UTF-8.');
        }
        if (trim($json) === '') {
            throw new CommandException('The data is empty; {} is an empty object.');
        }
        try {
            $data = json_decode($json, false, 512, JSON_THROW_ON_ERROR);
        } catch (\JsonException $error) {
            $sentence = $error->getCode() === JSON_ERROR_SYNTAX || $error->getCode() === JSON_ERROR_CTRL_CHAR
                ? sprintf('The data is not JSON: the mistake is at %s.', JsonSyntax::mistake($json))
                : sprintf('The data cannot be sent: %s.', lcfirst($error->getMessage()));
            throw new CommandException($sentence);
        }
        if (!is_array($data) && !$data instanceof \stdClass) {
            throw new CommandException(sprintf('The data must be a JSON object or array, %s given.', self::kind($data)));
        }

        return (array) $data;
    }

    private static function kind(mixed $data): string
    {
        return match (true) {
            is_string($data) => 'a text',
            is_bool($data) => $data ? 'true' : 'false',
            $data === null => 'null',
            default => 'a number',
        };
    }

    private static function word(mixed $value): string
    {
        return is_string($value) ? $value : '';
    }
}
