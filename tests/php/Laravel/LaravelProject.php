<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Laravel;

use Ody\Websocket\Extension;
use Ody\Websocket\Tests\Support\Project;
use Ody\Websocket\Tests\Support\Result;
use PHPUnit\Framework\Assert;

/**
 * A project that is a Laravel application: a copy of tests/laravel, which has found this package as
 * Composer would have let it.
 */
final class LaravelProject
{
    private const APPLICATION = __DIR__ . '/../../laravel';

    private const BOOT = '$app = require %s; $app->make(Illuminate\Contracts\Console\Kernel::class)->bootstrap(); ';

    public function __construct(public readonly Project $project)
    {
        Assert::assertFileExists(self::APPLICATION . '/vendor/autoload.php', 'Laravel is not installed: run bin/test.');
        foreach (['artisan', 'bootstrap/app.php', 'config/auth.php', 'routes/channels.php'] as $file) {
            $project->write($file, (string) file_get_contents(self::APPLICATION . '/' . $file));
        }
        foreach (['bootstrap/cache', 'storage/framework/views', 'storage/logs'] as $folder) {
            mkdir($project->root . '/' . $folder, 0o755, true);
        }
        $autoload = var_export((string) realpath(self::APPLICATION . '/vendor/autoload.php'), true);
        $project->write('vendor/autoload.php', "<?php\n\nreturn require {$autoload};\n");
        $manifest = json_decode((string) file_get_contents(__DIR__ . '/../../../composer.json'), true);
        Assert::assertIsArray($manifest);
        $package = ['name' => $manifest['name'], 'extra' => $manifest['extra']];
        $project->write('vendor/composer/installed.json', (string) json_encode(['packages' => [$package]]));
        $project->environment += ['APP_ENV' => 'testing', 'APP_KEY' => 'base64:' . base64_encode(str_repeat('k', 32)),
            'BROADCAST_CONNECTION' => 'ody', 'QUEUE_CONNECTION' => 'sync', 'LOG_CHANNEL' => 'single', 'CACHE_STORE' => 'array', 'SESSION_DRIVER' => 'array'];
    }

    /**
     * Runs PHP code in the application, booted as for a command; it is $app.
     */
    public function run(string $code): Result
    {
        return $this->runWith(self::extension(), $code);
    }

    /**
     * Runs PHP code in the application, without the extension and without php.ini.
     */
    public function runBare(string $code): Result
    {
        return $this->runWith(['-n'], $code);
    }

    /**
     * @param list<string> $options of PHP
     */
    private function runWith(array $options, string $code): Result
    {
        $boot = sprintf(self::BOOT, var_export($this->project->root . '/bootstrap/app.php', true));

        return $this->project->php($boot . $code, ...$options);
    }

    /**
     * Sends a request to the application and returns status and JSON.
     *
     * @param array<string, mixed>  $input
     * @param array<string, string> $headers
     *
     * @return array{int, mixed}
     */
    public function post(string $path, array $input, array $headers = []): array
    {
        $code = sprintf(
            '$request = Illuminate\Http\Request::create(%s, "POST", %s); $request->headers->add(%s);
            $response = $app->make(Illuminate\Contracts\Http\Kernel::class)->handle($request);
            echo json_encode([$response->getStatusCode(), json_decode($response->getContent(), true)]);',
            var_export($path, true),
            var_export($input, true),
            var_export($headers + ['Accept' => 'application/json'], true),
        );
        $answer = $this->run($code)->json();
        Assert::assertIsArray($answer);
        Assert::assertIsInt($answer[0]);

        return [$answer[0], $answer[1]];
    }

    /**
     * Runs a command of Laravel's console.
     */
    public function artisan(string ...$arguments): Result
    {
        $command = [PHP_BINARY, ...self::extension(), $this->project->root . '/artisan', ...array_values($arguments)];

        return Result::of($command, $this->project->environment, '/');
    }

    /**
     * @return list<string> what makes PHP load the extension from the build, where php.ini does not
     */
    private static function extension(): array
    {
        static $options = null;
        if (!is_array($options)) {
            Assert::assertFileExists(Extension::file(), 'The extension is not built: run bin/start.');
            $code = sprintf('echo (int) extension_loaded(%s);', var_export(Extension::NAME, true));
            $loaded = Result::of([PHP_BINARY, '-r', $code], ['PATH' => (string) getenv('PATH')], '/')->output === '1';
            $options = $loaded ? [] : ['-d', 'extension=' . Extension::file()];
        }

        return array_values(array_filter($options, is_string(...)));
    }
}
