<?php

declare(strict_types=1);

namespace Ody\Websocket\Console;

use Ody\Websocket\Extension;
use Symfony\Component\Console\Application as SymfonyApplication;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\CommandLoader\FactoryCommandLoader;
use Symfony\Component\Console\Exception\CommandNotFoundException;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Output\ConsoleOutputInterface;
use Symfony\Component\Console\Output\OutputInterface;

/**
 * The console: php artisan. A failure is one sentence on standard error and exit status 1.
 */
final class Application extends SymfonyApplication
{
    /**
     * Makes the console with its commands.
     *
     *     exit((new Application())->run());
     */
    public function __construct()
    {
        $version = phpversion(Extension::NAME);
        parent::__construct('Ody WebSocket', $version === false ? '(extension not loaded)' : $version);
        $this->setCommandLoader(new FactoryCommandLoader(array_map(
            static fn(string $class): \Closure => static fn(): Command => new $class(),
            Commands::CLASSES,
        )));
    }

    /**
     * Runs one command line.
     *
     *     $status = $application->doRun(new StringInput('websocket:status'), $output);
     *
     * @return int the exit status
     */
    public function doRun(InputInterface $input, OutputInterface $output): int
    {
        try {
            return parent::doRun($input, $output);
        } catch (\Throwable $error) {
            $this->renderThrowable($error, $output instanceof ConsoleOutputInterface ? $output->getErrorOutput() : $output);

            // The code of an exception is no exit status.
            return 1;
        }
    }

    /**
     * Shows a failure: its message, and with -vvv also where it came from.
     *
     *     $application->renderThrowable($error, $output);
     */
    public function renderThrowable(\Throwable $e, OutputInterface $output): void
    {
        if ($output->isDebug()) {
            parent::renderThrowable($e, $output);

            return;
        }
        // A message may quote what was typed or what a server said.
        $message = implode("\n", array_map(PlainText::escaped(...), explode("\n", trim($e->getMessage()))));
        if ($e instanceof CommandNotFoundException && !str_contains($message, "\n")) {
            $message .= ' php artisan lists all commands.';
        }
        // The extension knows the console by its usual name alone.
        $message = str_replace('php artisan', rtrim(CommandLine::typed('')), $message);
        $output->writeln('<fg=red>' . $message . '</>', OutputInterface::VERBOSITY_QUIET);
    }
}
