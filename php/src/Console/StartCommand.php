<?php

declare(strict_types=1);

namespace Ody\Websocket\Console;

use Ody\Websocket\Configuration;
use Ody\Websocket\Exceptions\ConfigurationException;
use Ody\Websocket\Exceptions\ConnectionException;
use Ody\Websocket\Server;
use Psr\Container\ContainerInterface;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Formatter\OutputFormatter;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Input\InputOption;
use Symfony\Component\Console\Output\ConsoleOutputInterface;
use Symfony\Component\Console\Output\OutputInterface;

/**
 * websocket:start
 */
final class StartCommand extends Command
{
    use TypedHelp;

    public const NAME = 'websocket:start';

    private const OVERRIDES = ['host' => 'host', 'port' => 'port', 'workers' => 'additional.worker_num'];

    /**
     *     $console->add(new StartCommand($container));
     *
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
            ->setDescription('Starts the WebSocket server')
            ->addOption('daemonize', 'd', InputOption::VALUE_NONE, 'Run in the background')
            ->addOption('host', null, InputOption::VALUE_REQUIRED, 'The address to listen on')
            ->addOption('port', null, InputOption::VALUE_REQUIRED, 'The port to listen on')
            ->addOption('workers', null, InputOption::VALUE_REQUIRED, 'How many threads hold connections')
            ->setHelp(<<<'HELP'
                Starts the server with the configuration of the project. Options win over the configuration.

                  <info>php artisan websocket:start</info>                in this terminal; Ctrl-C stops it
                  <info>php artisan websocket:start -d</info>             in the background
                  <info>php artisan websocket:start --port=9600 --workers=4</info>

                With -d the command returns when the server accepts connections, and the server logs into
                the file of <info>log.file</info>. Without a terminal the log is JSON, one object a line.
                HELP);
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $background = (bool) $input->getOption('daemonize');
        $project = LocalServer::configuration();
        $configuration = Launch::configuration($project, self::overrides($project, $input, $output), $this->container);
        try {
            $server = (new Server())->configure($configuration->all());
        } catch (ConfigurationException $error) {
            throw self::inWordsOfOptions($error, $input);
        }
        self::refuseSecond($configuration, $server);
        self::warn($configuration, $output);

        if (!$background) {
            (new Banner($configuration))->show($output);

            return $server->start();
        }
        $file = $configuration->text('log.file');
        @mkdir(dirname($file), 0o755, true);
        $pid = $server->start(true);
        $sentence = sprintf('The server runs as process %d on %s. It logs into %s.', $pid, Banner::url($configuration), $file);
        $output->writeln(OutputFormatter::escape($sentence));

        return self::SUCCESS;
    }

    /**
     * What differs in this run from the configuration of the project, and will after a reload too.
     *
     * @return array<string, mixed> dotted key => value
     */
    private static function overrides(Configuration $configuration, InputInterface $input, OutputInterface $output): array
    {
        $overrides = [];
        foreach (self::OVERRIDES as $option => $key) {
            $value = $input->getOption($option);
            if ($value !== null) {
                $overrides[$key] = $value;
            }
        }
        if ((bool) $input->getOption('daemonize')) {
            return $overrides;
        }
        $overrides['log.file'] = null;
        $plain = stream_isatty(STDERR) && !$output->isDecorated();
        if ($plain && $configuration->get('log.format', 'auto') === 'auto') {
            $overrides['log.format'] = 'readable';
        }

        return $overrides;
    }

    /**
     * Who wrote --workers=0 looks for --workers, not for the key that it sets.
     */
    private static function inWordsOfOptions(ConfigurationException $error, InputInterface $input): CommandException|ConfigurationException
    {
        foreach (self::OVERRIDES as $option => $key) {
            if ($input->getOption($option) !== null && str_starts_with($error->getMessage(), '"' . $key . '"')) {
                return new CommandException('--' . $option . substr($error->getMessage(), strlen($key) + 2), 0, $error);
            }
        }

        return $error;
    }

    private static function refuseSecond(Configuration $configuration, Server $server): void
    {
        $pid = $server->pid();
        if ($pid !== null) {
            $sentence = 'The server of this project already runs: process %d serves port %s. Stop it with %s.';
            throw new CommandException(sprintf($sentence, $pid, self::servedPort($configuration), CommandLine::typed('websocket:stop')));
        }
        if (getenv('LISTEN_PID') === (string) getmypid()) {
            // The service manager holds the port, and hands it over.
            return;
        }
        $host = $configuration->text('host');
        $port = (int) $configuration->number('port', 0);
        $owner = (new PortOwner())->find($host, $port);
        if ($owner !== null) {
            $sentence = '"port" %d of "host" %s is already in use: %s serves it.';
            throw new CommandException(sprintf($sentence, $port, $host, $owner));
        }
    }

    /**
     * The port of the server that runs, which may have been started with other settings.
     */
    private static function servedPort(Configuration $configuration): string
    {
        try {
            $port = (new LocalServer($configuration))->status()['port'] ?? null;
        } catch (ConnectionException) {
            $port = null;
        }

        return is_int($port) ? (string) $port : $configuration->text('port');
    }

    private static function warn(Configuration $configuration, OutputInterface $output): void
    {
        $groups = $configuration->withoutEffect();
        if ($groups !== []) {
            $errors = $output instanceof ConsoleOutputInterface ? $output->getErrorOutput() : $output;
            $errors->writeln(sprintf('<comment>Has no effect in this version: %s.</comment>', implode(', ', $groups)));
        }
    }
}
