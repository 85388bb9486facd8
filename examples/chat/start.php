<?php

/*
 * Starts the chat: the WebSocket server, and PHP's built-in web server for the pages.
 *
 *   php examples/chat/start.php [--host=127.0.0.1] [--port=8080] [--websocket-port=9503]
 */

declare(strict_types=1);

use Chat\Launcher;
use Ody\Websocket\Exceptions\ExtensionMissingException;
use Ody\Websocket\Extension;

(static function (array $arguments): never {
    if (!is_file(dirname(__DIR__, 2) . '/vendor/autoload.php')) {
        fwrite(STDERR, "The PHP packages are not installed: run bin/start once, then Ctrl-C.\n");
        exit(1);
    }
    require __DIR__ . '/autoload.php';
    Extension::load($arguments);
    $options = getopt('', ['host:', 'port:', 'websocket-port:']);
    $option = static fn(string $name, string $default): string => is_string($options[$name] ?? null) ? $options[$name] : $default;
    try {
        Extension::require();
        $launcher = new Launcher(
            __DIR__,
            $option('host', '127.0.0.1'),
            (int) $option('port', '8080'),
            (int) $option('websocket-port', '9503'),
        );
        exit($launcher->run());
    } catch (ExtensionMissingException|RuntimeException $error) {
        fwrite(STDERR, $error->getMessage() . "\n");
        exit(1);
    }
})($argv);
