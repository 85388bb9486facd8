<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Support;

use Ody\Websocket\Extension;
use PHPUnit\Framework\Assert;

/**
 * A project in a folder of its own that uses this package: Composer's files, a configuration, and PHP
 * processes that run in it. What it started is stopped when it is removed.
 */
final class Project
{
    public readonly string $root;

    /** @var array<string, string> the variables of the processes that run in it, all of them */
    public array $environment = [];

    public function __construct()
    {
        // Short, because the path of a Unix socket has 107 bytes at most.
        $this->root = sprintf('%s/ody-%s', sys_get_temp_dir(), bin2hex(random_bytes(5)));
        $this->install();
        $this->environment = ['PATH' => (string) getenv('PATH'), 'HOME' => $this->root];
    }

    /**
     * A project with keys and a free port, whose server can start.
     */
    public static function withServer(): self
    {
        $project = new self();
        $project->environment += [
            'WEBSOCKET_API_KEY' => 'test-key',
            'WEBSOCKET_SECRET_KEY' => 'test-secret',
            'WEBSOCKET_PORT' => (string) self::freePort(),
            'WEBSOCKET_WORKER_COUNT' => '1',
            'WEBSOCKET_DRAIN_TIME' => '1',
            // How long PHP waits for the server: a busy machine may stand still for seconds.
            'WEBSOCKET_CONNECT_TIMEOUT' => '10',
            'WEBSOCKET_TIMEOUT' => '30',
        ];

        return $project;
    }

    /**
     * A port that was free a moment ago, and none of those that the kernel gives to connections.
     */
    public static function freePort(): int
    {
        do {
            $port = random_int(10000, 32767);
            $listener = @stream_socket_server("tcp://127.0.0.1:{$port}");
        } while ($listener === false);
        fclose($listener);

        return $port;
    }

    public function port(): int
    {
        return (int) $this->environment['WEBSOCKET_PORT'];
    }

    /**
     * Writes a file of the project and the folders above it.
     */
    public function write(string $path, string $content): string
    {
        $file = $this->root . '/' . $path;
        if (!is_dir(dirname($file))) {
            mkdir(dirname($file), 0o755, true);
        }
        Assert::assertSame(strlen($content), file_put_contents($file, $content));

        return $file;
    }

    public function read(string $path): string
    {
        $content = file_get_contents($this->root . '/' . $path);
        Assert::assertIsString($content);

        return $content;
    }

    /**
     * Runs PHP code with the project's autoloader, from the folder "/".
     */
    public function php(string $code, string ...$options): Result
    {
        $code = sprintf('require %s; %s', var_export($this->root . '/vendor/autoload.php', true), $code);

        return Result::of([PHP_BINARY, ...array_values($options), '-r', $code], $this->environment, '/');
    }

    /**
     * Runs PHP code with the project's autoloader and the extension from the build.
     */
    public function native(string $code): Result
    {
        Assert::assertFileExists(Extension::file(), 'The extension is not built: run bin/start.');

        return $this->php($code, '-n', '-d', 'extension=' . Extension::file());
    }

    /**
     * Runs a command of the console, from the folder "/".
     */
    public function artisan(string ...$arguments): Result
    {
        return Result::of($this->command(...$arguments), $this->environment, '/');
    }

    /**
     * @return list<string>
     */
    public function command(string ...$arguments): array
    {
        return [PHP_BINARY, $this->root . '/artisan', ...array_values($arguments)];
    }

    /**
     * Stops the server, when one runs, and deletes the folder.
     */
    public function remove(): void
    {
        $file = $this->root . '/storage/websocket/ody.pid';
        if (is_file($file)) {
            // Laravel's console does not load the extension by itself.
            $command = [PHP_BINARY, '-d', 'extension=' . Extension::file(), $this->root . '/artisan', 'websocket:stop', '--timeout=20'];
            Result::of($command, $this->environment, '/');
        }
        self::delete($this->root);
    }

    private static function delete(string $folder): void
    {
        $entries = scandir($folder);
        foreach (array_diff($entries === false ? [] : $entries, ['.', '..']) as $entry) {
            $path = $folder . '/' . $entry;
            is_dir($path) && !is_link($path) ? self::delete($path) : unlink($path);
        }
        rmdir($folder);
    }

    /**
     * What Composer writes into a project that requires the package: a loader of its own, and a list of
     * packages whose root is this folder. The classes are those of the package's checkout.
     */
    private function install(): void
    {
        $this->write('artisan', <<<'PHP'
            <?php

            require __DIR__ . '/vendor/autoload.php';
            Ody\Websocket\Extension::load($argv);
            exit((new Ody\Websocket\Console\Application())->run());
            PHP);
        $this->write('vendor/composer/installed.php', <<<'PHP'
            <?php

            return ['root' => ['name' => 'test/project', 'pretty_version' => '1', 'version' => '1', 'reference' => null,
                'type' => 'project', 'install_path' => __DIR__ . '/../../', 'aliases' => [], 'dev' => true], 'versions' => []];
            PHP);
        $composer = var_export(dirname(__DIR__, 3) . '/vendor/composer', true);
        $this->write('vendor/autoload.php', <<<PHP
            <?php

            require {$composer} . '/ClassLoader.php';
            \$loader = new Composer\\Autoload\\ClassLoader(__DIR__);
            foreach (require {$composer} . '/autoload_psr4.php' as \$prefix => \$folders) {
                \$loader->setPsr4(\$prefix, \$folders);
            }
            \$loader->addClassMap(require {$composer} . '/autoload_classmap.php');
            \$loader->register(true);
            foreach (require {$composer} . '/autoload_files.php' as \$file) {
                require_once \$file;
            }

            return \$loader;
            PHP);
    }
}
