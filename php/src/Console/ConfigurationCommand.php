<?php

declare(strict_types=1);

namespace Ody\Websocket\Console;

use Psr\Container\ContainerInterface;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputArgument;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Output\OutputInterface;

/**
 * websocket:configuration: a running server starts it to read the configuration of a reload. What it
 * prints holds the secret.
 *
 * @internal
 */
final class ConfigurationCommand extends Command
{
    public const NAME = 'websocket:configuration';

    /** What PHP workers read by themselves. It may hold what cannot be JSON. */
    private const OF_WORKERS = ['channel_handlers', 'middleware', 'middleware_params', 'listeners', 'callbacks'];

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
            ->setDescription('Prints the configuration for a running server')
            ->setHidden(true)
            ->addArgument('overrides', InputArgument::OPTIONAL, 'What wins over the configuration, as a JSON object of dotted keys', '{}');
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $text = $input->getArgument('overrides');
        $given = is_string($text) ? json_decode($text, true) : null;
        if (!is_array($given)) {
            throw new CommandException('The overrides must be a JSON object.');
        }
        $overrides = [];
        foreach ($given as $key => $value) {
            $overrides[(string) $key] = $value;
        }
        $values = Launch::configuration(LocalServer::configuration(), $overrides, $this->container)->all();
        $values = array_diff_key($values, array_flip(self::OF_WORKERS));
        $json = json_encode($values, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_PRESERVE_ZERO_FRACTION);
        // The server takes the last line: whatever user code has printed must not stand before it.
        $output->write("\n" . $json . "\n", false, OutputInterface::OUTPUT_RAW | OutputInterface::VERBOSITY_QUIET);

        return self::SUCCESS;
    }
}
