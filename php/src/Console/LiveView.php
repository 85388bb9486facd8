<?php

declare(strict_types=1);

namespace Ody\Websocket\Console;

use Symfony\Component\Console\Helper\Helper;
use Symfony\Component\Console\Output\OutputInterface;
use Symfony\Component\Console\Terminal;

/**
 * Lines that replace the lines before them, in place.
 *
 * @internal
 */
final class LiveView
{
    private int $rows = 0;

    /**
     * @param OutputInterface $output one on which escape sequences are allowed
     */
    public function __construct(private readonly OutputInterface $output) {}

    /**
     * Shows these lines instead of those before. Lines that the terminal has no room for are left out.
     *
     * @param list<string> $lines with tags
     */
    public function show(array $lines): void
    {
        $terminal = new Terminal();
        [$width, $height] = [max(1, $terminal->getWidth()), max(2, $terminal->getHeight())];
        // In one piece, so that nobody sees half of it.
        $text = $this->rows > 0 ? sprintf("\e[%dA\e[J", $this->rows) : '';
        $this->rows = 0;
        foreach ($lines as $line) {
            $columns = Helper::width(Helper::removeDecoration($this->output->getFormatter(), $line));
            $rows = max(1, intdiv($columns + $width - 1, $width));
            if ($this->rows + $rows >= $height) {
                break;
            }
            $text .= $this->output->getFormatter()->format($line) . "\n";
            $this->rows += $rows;
        }
        $this->output->write($text, false, OutputInterface::OUTPUT_RAW);
    }

    /**
     * Leaves what is shown where it is; the next lines come below.
     */
    public function keep(): void
    {
        $this->rows = 0;
    }
}
