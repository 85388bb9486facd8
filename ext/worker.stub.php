<?php

/** @generate-class-entries */

namespace Ody\Websocket\Worker;

/**
 * The connection of a PHP worker to the server that it works for. `websocket:worker` makes one;
 * applications have no use for it.
 *
 * @strict-properties
 * @not-serializable
 */
final class Connection
{
    /**
     * Connects to nothing yet.
     *
     *     $connection = new Connection('/srv/app/storage/websocket/ody.sock');
     *
     * @param string $socketPath the server's `socket.path`
     * @param float $connectTimeout seconds, 0.001 to 600
     * @throws \ValueError
     */
    public function __construct(string $socketPath, float $connectTimeout = 1.0) {}

    /**
     * Connects and says what this process handles. What the newest worker says holds for the server.
     *
     *     $connection->register(['messages' => true, 'handlers' => ['custom']]);
     *
     * @param mixed[] $interest `handshakes` (bool), `messages` (bool), `notices` (list of kinds of
     *                        notices: opened, closed, occupied, vacated, member_added, member_removed,
     *                        event_published) and `handlers` (list of channel types, at most 64);
     *                        what is absent is not wanted
     * @throws \ValueError when the interest is impossible
     * @throws \Ody\Websocket\Exceptions\ConnectionException when no server answers, or it is another user's
     */
    public function register(array $interest): void {}

    /**
     * Takes calls and answers them until the process is told to end (SIGTERM), the server is gone,
     * the number is reached, or $between returns false. A call that has been taken is always answered.
     *
     * $handler gets an array with `kind` and the texts `socket_id`, `address`, `channel`, `event`,
     * `data`, `user_id` and `head`, each null where the kind has none. It returns null to pass, or an
     * array with `verdict` (pass, handled, refused or failed), `message`, `code` and `data`.
     *
     * When it throws, the client is told that it failed, and the exception comes out of here; run()
     * may then be called again. When it ends the process, the connection is closed first.
     *
     *     $connection->run(static fn(array $call): array => ['verdict' => 'pass'], maxMessages: 1000);
     *
     * @param callable $handler function (array $call): ?array
     * @phpstan-param callable(array<string, string|null>): (array<string, mixed>|null) $handler
     * @param int $maxMessages calls, 0 for no limit
     * @phpstan-param (callable(): mixed)|null $between
     * @param callable|null $between called after each answer, while no client waits; false ends the loop
     * @return int how many calls were answered
     * @throws \Ody\Websocket\Exceptions\ConnectionException when the server breaks the protocol
     * @throws \Ody\Websocket\Exceptions\ServerException before register()
     */
    public function run(callable $handler, int $maxMessages = 0, ?callable $between = null): int {}
}
