<?php

declare(strict_types=1);

namespace Ody\Websocket\Worker;

use Psr\Log\LoggerInterface;

/**
 * What the application prints while it handles a call: its beginning goes to the log, the rest is
 * counted. However much that is, it takes no memory.
 *
 * @internal
 */
final class Output
{
    private const KEPT = 8000;

    private const CHUNK = 4096;

    private string $text = '';

    private int $dropped = 0;

    private int $level = 0;

    /**
     * @param LoggerInterface $log gets what was printed
     */
    public function __construct(private readonly LoggerInterface $log) {}

    /**
     * Begins to take what is printed.
     */
    public function begin(): void
    {
        ob_start($this->take(...), self::CHUNK);
        $this->level = ob_get_level();
    }

    /**
     * Logs what was printed, and closes the buffers that the application has left open.
     */
    public function end(): void
    {
        while (ob_get_level() >= $this->level && @ob_end_flush());
        if ($this->text !== '') {
            $bytes = strlen($this->text) + $this->dropped;
            $what = $this->dropped > 0 ? sprintf(' %d bytes, which begin', $bytes) : '';
            $this->log->notice(sprintf('the application printed%s: %s', $what, trim($this->text)));
        }
        $this->text = '';
        $this->dropped = 0;
    }

    private function take(string $chunk): string
    {
        $room = self::KEPT - strlen($this->text);
        $this->text .= substr($chunk, 0, $room);
        $this->dropped += max(0, strlen($chunk) - $room);

        return '';
    }
}
