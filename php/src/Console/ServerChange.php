<?php

declare(strict_types=1);

namespace Ody\Websocket\Console;

use Ody\Websocket\Configuration;
use Ody\Websocket\Exceptions\ConnectionException;
use Ody\Websocket\Server;
use Symfony\Component\Console\Output\OutputInterface;

/**
 * A reload or a restart of the running server, and the wait for how it went.
 *
 * @internal
 */
final class ServerChange
{
    private const POLL_MICROSECONDS = 100_000;

    private readonly LocalServer $server;

    /**
     * @param Configuration $configuration of the project, as it stands on disk now
     */
    public function __construct(private readonly Configuration $configuration)
    {
        $this->server = new LocalServer($configuration);
    }

    /**
     * Checks the configuration, tells the server and waits for the outcome.
     *
     * @param bool   $restart a new engine; otherwise the running one takes the configuration over
     * @param string $title   what is shown on a terminal while it lasts
     *
     * @return string what the server has to add; usually nothing
     *
     * @throws CommandException when nothing was changed, or it is not known in time
     */
    public function run(bool $restart, float $timeout, string $title, OutputInterface $output): string
    {
        if ($this->server->pid() === null) {
            throw new CommandException('No server of this project is running. Start it with ' . CommandLine::typed('websocket:start') . '.');
        }
        // What is wrong with it is thrown here, before the server is bothered.
        (new Server())->configure(Launch::configuration($this->configuration, [])->all());
        $before = $this->last()['number'];
        if (!($restart ? $this->server->restart() : $this->server->reload())) {
            throw new CommandException('The server has just ended.');
        }
        $progress = new Progress($output);
        $progress->show($title);
        try {
            $outcome = $this->await($before, $timeout);
        } finally {
            $progress->clear();
        }
        if (!$outcome['ok']) {
            throw new CommandException(sprintf('Nothing was changed: %s.', rtrim($outcome['message'], '.')));
        }

        return $outcome['message'];
    }

    /**
     * Reads --timeout.
     *
     * @param mixed $value as it was given
     *
     * @throws CommandException when it is no number of seconds
     */
    public static function timeout(mixed $value): float
    {
        if (!is_numeric($value) || $value <= 0 || $value > 86400) {
            throw new CommandException('--timeout must be a number of seconds above 0, at most 86400.');
        }

        return (float) $value;
    }

    /**
     * @return array{number: int, ok: bool, message: string}
     */
    private function await(int $before, float $timeout): array
    {
        $deadline = microtime(true) + $timeout;
        do {
            usleep(self::POLL_MICROSECONDS);
            $outcome = $this->last();
            if ($outcome['number'] > $before) {
                return $outcome;
            }
            if ($this->server->pid() === null) {
                throw new CommandException('The server has ended meanwhile.');
            }
        } while (microtime(true) < $deadline);
        throw new CommandException(sprintf('The server did not say within %g seconds how it went. Its log has more.', $timeout));
    }

    /**
     * The last change that the server knows of. While engines change nobody may answer for a moment.
     *
     * @return array{number: int, ok: bool, message: string}
     */
    private function last(): array
    {
        try {
            $last = $this->server->status()['last_change'] ?? null;
        } catch (ConnectionException) {
            $last = null;
        }
        $last = is_array($last) ? $last : [];
        $number = $last['number'] ?? 0;
        $message = $last['message'] ?? '';

        return [
            'number' => is_int($number) ? $number : 0,
            'ok' => ($last['ok'] ?? false) === true,
            'message' => is_string($message) ? $message : '',
        ];
    }
}
