<?php

declare(strict_types=1);

namespace Ody\Websocket\Console;

use Symfony\Component\Console\Output\ConsoleOutputInterface;
use Symfony\Component\Console\Output\OutputInterface;
use Symfony\Component\Console\Output\StreamOutput;

/**
 * One line that says what a command is doing just now. Only a terminal shows it, on standard error, and
 * it is gone when the command goes on.
 *
 * @internal
 */
final class Progress
{
    private bool $shown = false;

    private readonly ?OutputInterface $terminal;

    /**
     * @param OutputInterface $output of the command
     */
    public function __construct(OutputInterface $output)
    {
        $errors = $output instanceof ConsoleOutputInterface ? $output->getErrorOutput() : $output;
        // A line can only be taken back where escape sequences are allowed.
        $useful = $errors instanceof StreamOutput && $errors->isDecorated() && stream_isatty($errors->getStream());
        $this->terminal = $useful ? $errors : null;
    }

    /**
     * Shows a sentence in place of the one before.
     *
     * @param string $sentence without control characters
     *
     * @example $progress->show('Checking the certificate …')
     */
    public function show(string $sentence): void
    {
        $this->clear();
        $this->terminal?->write($sentence, false, OutputInterface::OUTPUT_RAW);
        $this->shown = true;
    }

    /**
     * Takes the sentence away.
     */
    public function clear(): void
    {
        if ($this->shown) {
            $this->terminal?->write("\r\e[2K", false, OutputInterface::OUTPUT_RAW);
            $this->shown = false;
        }
    }
}
