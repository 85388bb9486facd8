<?php

declare(strict_types=1);

namespace Ody\Websocket\Console;

use Ody\Websocket\Channel\ChannelClient;
use Ody\Websocket\Configuration;
use Ody\Websocket\Exceptions\ConnectionException;
use Ody\Websocket\Extension;
use Ody\Websocket\Server;

/**
 * The server of this project that may be running.
 *
 * @internal
 */
final class LocalServer
{
    /**
     * @param Configuration $configuration says where its socket and its pid file are
     */
    public function __construct(private readonly Configuration $configuration) {}

    /**
     * Returns the configuration that commands work with.
     *
     * @throws CommandException when this user must not read all of it
     */
    public static function configuration(): Configuration
    {
        Extension::require();
        $configuration = Configuration::load();
        if (!$configuration->isComplete()) {
            throw new CommandException(sprintf('%s/.env exists, but this user may not read it.', $configuration->root()));
        }

        return $configuration;
    }

    /**
     * Returns the process id of the supervisor, or null when none runs.
     */
    public function pid(): ?int
    {
        return $this->handle()->pid();
    }

    /**
     * Stops the server and waits until it is gone.
     *
     * @param float $timeout seconds
     *
     * @return bool false when none runs
     */
    public function stop(float $timeout): bool
    {
        return $this->handle()->stop($timeout);
    }

    /**
     * Tells the server to read its configuration anew. Returns at once.
     *
     * @return bool false when none runs
     */
    public function reload(): bool
    {
        return $this->handle()->reload();
    }

    /**
     * Tells the server to put a new engine in the place of the one that runs. Returns at once.
     *
     * @return bool false when none runs
     */
    public function restart(): bool
    {
        return $this->handle()->restart();
    }

    /**
     * Asks the server for its numbers.
     *
     * @return array<array-key, mixed>
     *
     * @throws ConnectionException when none answers
     */
    public function status(): array
    {
        $client = new ChannelClient(
            $this->configuration->text('socket.path'),
            $this->configuration->number('connect_timeout', 1.0),
            $this->configuration->number('timeout', 5.0),
        );

        return $client->status();
    }

    /**
     * A server object that knows no more than it needs for this. So a configuration that has become
     * invalid since the start does not keep anybody from stopping the server.
     */
    private function handle(): Server
    {
        return (new Server())->configure([
            'socket' => ['path' => $this->configuration->text('socket.path')],
            'pid_file' => $this->configuration->text('pid_file'),
            'api_key' => 'none',
            'secret_key' => 'none',
        ]);
    }
}
