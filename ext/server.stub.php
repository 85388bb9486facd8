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
     * @return int the exit status: 0 after a clean stop, 1 when the engine had to be killed; in the background the supervisor's process id
     * @throws \Ody\Websocket\Exceptions\ServerException when it cannot start, with the reason
     * @throws \Ody\Websocket\Exceptions\ConfigurationException when a file of the configuration became unusable
     */
    public function start(bool $daemonize = false): int {}

    /**
     * Stops the server of this configuration gracefully and waits until it is gone.
     *
     * @param float $timeout seconds, 0 to 86400
     * @return bool false when none runs
     * @throws \Ody\Websocket\Exceptions\ServerException when it still runs after the timeout, or may not be signalled
     */
    public function stop(float $timeout = 30.0): bool {}

    /** The process id of the supervisor that holds this configuration's pid file, or null. */
    public function pid(): ?int {}

    /**
     * Every configuration key.
     *
     * @return mixed[][] key in dotted form => ['type' => …, 'unit' => ?string, 'min' => int|float|null,
     *               'max' => int|float|null, 'choices' => ?array, 'default' => mixed, 'reloadable' => bool].
     *               Of texts min and max are bytes. A default of null means: not set.
     *               Reloadable: a change counts without restarting the server.
     */
    public static function options(): array {}
}
