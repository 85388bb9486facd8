<?php

/** @generate-class-entries */

namespace Ody\Websocket;

/**
 * Starts and stops a server: a supervisor, which is this process (or its child, in the background),
 * and the engine that it forks and watches over. For PHP's command line only.
 *
 * @strict-properties
 * @not-serializable
 */
final class Server
{
    /**
     * Checks a configuration and remembers it. Binds nothing; of what it finds wrong the first thing
     * is thrown, and then the configuration before stays in force.
     *
     * Where they are not set, `pid_file` and, in the background, `log.file` lie beside `socket.path`
     * under the same name with the endings .pid and .log.
     *
     *     $server = (new Server())->configure(Configuration::load()->all());
     *
     * @param mixed[] $config nested; options() lists the keys
     * @throws \Ody\Websocket\Exceptions\ConfigurationException which names the key and what it may be
     */
    public function configure(#[\SensitiveParameter] array $config): static {}

    /**
     * Starts the server.
     *
     * In the foreground it returns when the server has stopped: SIGTERM, SIGINT (Ctrl-C) and SIGHUP
     * (the terminal was closed) end it gracefully, a second one at once. In the background it returns
     * when every shard listens.
     *
     *     exit($server->start());
     *
     * @return int the exit status: 0 after a clean stop, 1 when the engine had to be killed; in the background the supervisor's process id
     * @throws \Ody\Websocket\Exceptions\ServerException when it cannot start, with the reason
     * @throws \Ody\Websocket\Exceptions\ConfigurationException when a file of the configuration became unusable
     */
    public function start(bool $daemonize = false): int {}

    /**
     * Stops the server of this configuration gracefully and waits until it is gone.
     *
     *     $server->stop(timeout: 60);
     *
     * @param float $timeout seconds, 0 to 86400
     * @return bool false when none runs
     * @throws \Ody\Websocket\Exceptions\ServerException when it still runs after the timeout, or may not be signalled
     */
    public function stop(float $timeout = 30.0): bool {}

    /**
     * Tells the running server to read its configuration anew. Connections stay. Returns at once;
     * the server's status has the outcome as `last_change`.
     *
     * The server runs `configuration_command` for that, a list of texts that starts a program; the
     * last line that it prints is the configuration as JSON.
     *
     *     if (!$server->reload()) { … }
     *
     * @return bool false when none runs
     * @throws \Ody\Websocket\Exceptions\ServerException when it may not be signalled
     */
    public function reload(): bool {}

    /**
     * As reload(), but a new engine takes the old one's place on the same sockets. Clients are told
     * to connect again once the new one is ready.
     *
     *     if (!$server->restart()) { … }
     *
     * @return bool false when none runs
     * @throws \Ody\Websocket\Exceptions\ServerException when it may not be signalled
     */
    public function restart(): bool {}

    /**
     * The process id of the supervisor that holds this configuration's pid file, or null.
     *
     *     $isRunning = $server->pid() !== null;
     */
    public function pid(): ?int {}

    /**
     * Every configuration key. Keys of the entries of "apps" and "webhooks" stand as "apps.*.id" and so on;
     * what an app takes from the top level is there only.
     *
     *     $largest = Server::options()['limits.message_size']['max'];   // bytes
     *
     * @return mixed[][] key in dotted form => ['type' => …, 'unit' => ?string, 'min' => int|float|null,
     *               'max' => int|float|null, 'choices' => ?array, 'default' => mixed, 'reloadable' => bool].
     *               Of texts min and max are bytes, of lists how many. A default of null means: not set.
     *               Reloadable: a change counts without restarting the server.
     */
    public static function options(): array {}
}
