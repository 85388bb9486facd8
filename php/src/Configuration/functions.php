<?php

/*
 * What configuration files may call without a framework and without Swoole. Loaded together with
 * the configuration and no earlier, so that a framework's own functions always come first.
 */

declare(strict_types=1);

use Ody\Websocket\Configuration\Environment;
use Ody\Websocket\Configuration\Processors;
use Ody\Websocket\Configuration\ProjectRoot;

if (!function_exists('env')) {
    /**
     * Reads a variable: the real environment first, then the project's .env file.
     *
     * The words true, false, null and empty, also in parentheses, become those values.
     *
     * @param string $key     the variable's name
     * @param mixed  $default what to return when it is not set; a closure is called
     */
    function env(string $key, mixed $default = null): mixed
    {
        return Environment::current()->get($key, $default);
    }
}

if (!function_exists('base_path')) {
    /**
     * Returns a path inside the project.
     *
     * @param string $path relative to the root of the project
     */
    function base_path(string $path = ''): string
    {
        return rtrim(ProjectRoot::current() . '/' . ltrim($path, '/'), '/');
    }
}

if (!function_exists('swoole_cpu_num')) {
    /**
     * Returns how many processors this process may use, at least 1.
     */
    function swoole_cpu_num(): int
    {
        return Processors::count();
    }
}

/*
 * Names that configuration files of the Swoole version use. The settings that they belong to are
 * ignored, so only the names matter; the values are Swoole's.
 */
foreach (
    [
        'SWOOLE_BASE' => 1,
        'SWOOLE_PROCESS' => 2,
        'SWOOLE_SOCK_TCP' => 1,
        'SWOOLE_SOCK_TCP6' => 3,
        'SWOOLE_LOG_DEBUG' => 0,
        'SWOOLE_LOG_TRACE' => 1,
        'SWOOLE_LOG_INFO' => 2,
        'SWOOLE_LOG_NOTICE' => 3,
        'SWOOLE_LOG_WARNING' => 4,
        'SWOOLE_LOG_ERROR' => 5,
        'SWOOLE_LOG_NONE' => 6,
        'SWOOLE_HOOK_TCP' => 2,
        'SWOOLE_HOOK_UDP' => 4,
        'SWOOLE_HOOK_FILE' => 256,
        'SWOOLE_HOOK_SOCKETS' => 16384,
        'SWOOLE_HOOK_STDIO' => 32768,
        'SWOOLE_HOOK_ALL' => 0x7fffffff,
    ] as $name => $value
) {
    if (!defined($name)) {
        define($name, $value);
    }
}
unset($name, $value);
