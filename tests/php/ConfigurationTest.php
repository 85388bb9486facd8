<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests;

use Ody\Websocket\Configuration;
use Ody\Websocket\Configuration\ConfigurationFileException;
use Ody\Websocket\Configuration\Keys;
use Ody\Websocket\Configuration\Variables;
use Ody\Websocket\Tests\Support\Project;
use Ody\Websocket\Tests\Support\ProjectTestCase;

/**
 * Each configuration is loaded by a process of its own: real environment, another working directory,
 * no extension, no php.ini, no Swoole.
 */
final class ConfigurationTest extends ProjectTestCase
{
    /** The file as users of the Swoole version have it. */
    private const FILE = <<<'PHP'
        <?php

        return [
            'host' => env('WEBSOCKET_HOST', '127.0.0.1'),
            'port' => env('WEBSOCKET_PORT', 9502),
            'sock_type' => SWOOLE_SOCK_TCP,
            'additional' => [
                "worker_num" => env('WEBSOCKET_WORKER_COUNT', swoole_cpu_num() * 2),
                // Other Swoole settings
            ],
            'secret_key' => env('WEBSOCKET_SECRET_KEY', 'your-secret-key'),
            'api_key' => env('WEBSOCKET_API_KEY', 'your-api-key'),
            'ssl' => [
                'ssl_cert_file' => null,
                'ssl_key_file' => null,
            ],
        ];
        PHP;

    public function testThePackagedFileAlone(): void
    {
        $project = $this->project();
        $values = $this->load($project);
        self::assertSame('127.0.0.1', Keys::get($values, 'host'));
        self::assertSame(9502, Keys::get($values, 'port'));
        self::assertSame('1', Keys::get($values, 'app_id'));
        self::assertNull(Keys::get($values, 'api_key'));
        self::assertSame($project->root . '/storage/websocket/ody.sock', Keys::get($values, 'socket.path'));
        self::assertSame($project->root . '/storage/websocket/ody.pid', Keys::get($values, 'pid_file'));
        self::assertSame($project->root . '/storage/logs/websocket.log', Keys::get($values, 'log.file'));
    }

    public function testTheFileOfTheSwooleVersionLoadsUnchanged(): void
    {
        $project = $this->project();
        $project->write('config/websocket.php', self::FILE);
        $values = $this->load($project);
        self::assertSame('your-secret-key', Keys::get($values, 'secret_key'));
        self::assertSame('your-api-key', Keys::get($values, 'api_key'));
        self::assertSame(1, Keys::get($values, 'sock_type'));
        self::assertSame(2 * (int) shell_exec('nproc'), Keys::get($values, 'additional.worker_num'));
        self::assertSame('throw', Keys::get($values, 'missing_channel'));
    }

    public function testTheProjectsFileWinsOverThePackagedOne(): void
    {
        $project = $this->project();
        $project->write('config/websocket.php', '<?php return ["port" => 1111, "limits" => ["json_depth" => 5],
            "trusted_proxies" => ["10.0.0.0/8"], "socket" => ["path" => "run/a.sock"]];');
        $values = $this->load($project);
        self::assertSame(1111, Keys::get($values, 'port'));
        self::assertSame(5, Keys::get($values, 'limits.json_depth'));
        self::assertSame(65536, Keys::get($values, 'limits.message_size'));
        self::assertSame(['10.0.0.0/8'], Keys::get($values, 'trusted_proxies'));
        self::assertSame($project->root . '/run/a.sock', Keys::get($values, 'socket.path'));
    }

    public function testTheEnvFileWinsOverALiteral(): void
    {
        $project = $this->project();
        $project->write('config/websocket.php', '<?php return ["port" => 1111, "host" => "::1"];');
        $project->write('.env', "WEBSOCKET_PORT=2222\nWEBSOCKET_SOCKET=/run/x.sock\n");
        $values = $this->load($project);
        self::assertSame('2222', Keys::get($values, 'port'));
        self::assertSame('::1', Keys::get($values, 'host'));
        self::assertSame('/run/x.sock', Keys::get($values, 'socket.path'));
    }

    public function testTheEnvironmentWinsOverEverything(): void
    {
        $project = $this->project();
        $project->write('config/websocket.php', '<?php return ["port" => 1111, "socket" => ["group" => "staff"]];');
        $project->write('.env', "WEBSOCKET_PORT=2222\nWEBSOCKET_HOST=::1\n");
        $project->environment['WEBSOCKET_PORT'] = '3333';
        $project->environment['WEBSOCKET_SOCKET_GROUP'] = 'null';
        $values = $this->load($project);
        self::assertSame('3333', Keys::get($values, 'port'));
        self::assertSame('::1', Keys::get($values, 'host'));
        self::assertNull(Keys::get($values, 'socket.group'));
    }

    public function testEveryVariableSetsItsKey(): void
    {
        $project = $this->project();
        foreach (Variables::OF_KEYS as $key => $variable) {
            $project->environment[$variable] = '/' . $key;
        }
        $values = $this->load($project);
        foreach (array_keys(Variables::OF_KEYS) as $key) {
            self::assertSame('/' . $key, Keys::get($values, $key));
        }
    }

    public function testFilesSeeTheVariablesOfTheirOwnProject(): void
    {
        $project = $this->project();
        $project->write('.env', "MY_PORT=4444\n");
        $project->write('config/websocket.php', '<?php return ["port" => env("MY_PORT"), "host" => env("NOT_SET", "::1"),
            "pid_file" => base_path("run/a.pid")];');
        $values = $this->load($project);
        self::assertSame('4444', Keys::get($values, 'port'));
        self::assertSame('::1', Keys::get($values, 'host'));
        self::assertSame($project->root . '/run/a.pid', Keys::get($values, 'pid_file'));
    }

    public function testFunctionsOfAFrameworkStayItsOwn(): void
    {
        $project = $this->project();
        $project->write('config/websocket.php', '<?php return ["host" => env("X"), "additional" => ["worker_num" => swoole_cpu_num()]];');
        $code = 'function env($key, $default = null) { return "framework"; } function swoole_cpu_num() { return 64; }
            define("SWOOLE_SOCK_TCP", 99);
            $c = Ody\Websocket\Configuration::load();
            echo json_encode([$c->get("host"), $c->get("additional.worker_num"), SWOOLE_SOCK_TCP]);';
        self::assertSame(['framework', 64, 99], $project->php($code, '-n')->json());
    }

    public function testNothingIsDefinedBeforeConfigurationIsLoaded(): void
    {
        $code = '$names = fn() => [function_exists("env"), function_exists("swoole_cpu_num"), defined("SWOOLE_SOCK_TCP")];
            $before = $names(); Ody\Websocket\Configuration::load(); echo json_encode([$before, $names()]);';
        $expected = [[false, false, false], [true, true, true]];
        self::assertSame($expected, $this->project()->php($code, '-n')->json());
    }

    public function testLegacyShapesLoad(): void
    {
        $project = $this->project();
        $project->write('config/websocket.php', <<<'PHP'
            <?php

            use Ody\Websocket\WsEvent;

            return [
                'host' => env('WEBSOCKET_HOST', '127.0.0.1'),
                'mode' => SWOOLE_PROCESS,
                'secret_key' => env('WEBSOCKET_SECRET_KEY', '123123123'),
                'sock_type' => SWOOLE_SOCK_TCP,
                'enable_api' => true,
                'callbacks' => [
                    WsEvent::ON_HAND_SHAKE => [\Ody\Websocket\WsServerCallbacks::class, 'onHandShake'],
                    WsEvent::ON_WORKER_START => [\Ody\Websocket\WsServerCallbacks::class, 'onWorkerStart'],
                    WsEvent::ON_MESSAGE => [\Ody\Websocket\WsServerCallbacks::class, 'onMessage'],
                    WsEvent::ON_CLOSE => [\Ody\Websocket\WsServerCallbacks::class, 'onClose'],
                    WsEvent::ON_DISCONNECT => [\Ody\Websocket\WsServerCallbacks::class, 'onDisconnect'],
                    WsEvent::ON_REQUEST => [\Ody\Websocket\WsServerCallbacks::class, 'onRequest'],
                ],
                'additional' => [
                    'worker_num' => 3,
                    'dispatch_mode' => 2,
                    'log_level' => SWOOLE_LOG_WARNING,
                    'log_file' => base_path('storage/logs/ody_websockets.log'),
                    'ssl_cert_file' => '/etc/ssl/a.pem',
                    'ssl_key_file' => 'ssl/a.key',
                ],
                'runtime' => ['enable_coroutine' => true, 'hook_flag' => SWOOLE_HOOK_ALL ^ SWOOLE_HOOK_FILE ^ SWOOLE_HOOK_STDIO],
                'middleware' => ['global' => [\Ody\Websocket\Middleware\LoggingMiddleware::class], 'handshake' => []],
                'middleware_params' => [],
                'rate_limits' => ['messages_per_minute' => env('WEBSOCKET_RATE_LIMIT', 60)],
            ];
            PHP);
        $values = $this->load($project);
        self::assertSame('/etc/ssl/a.pem', Keys::get($values, 'ssl.ssl_cert_file'));
        self::assertSame($project->root . '/ssl/a.key', Keys::get($values, 'ssl.ssl_key_file'));
        self::assertSame('warning', Keys::get($values, 'log.level'));
        self::assertSame($project->root . '/storage/logs/ody_websockets.log', Keys::get($values, 'log.file'));
        self::assertSame(3, Keys::get($values, 'additional.worker_num'));
        self::assertNull(Keys::get($values, 'additional.ssl_cert_file'));

        $code = 'echo json_encode(Ody\Websocket\Configuration::load()->withoutEffect());';
        self::assertSame(['callbacks', 'rate_limits'], $project->php($code, '-n')->json());
    }

    public function testNewNamesWinOverLegacyOnes(): void
    {
        $project = $this->project();
        $project->write('config/websocket.php', '<?php return ["additional" => ["ssl_cert_file" => "/old"], "ssl" => ["ssl_cert_file" => "/new"]];');
        self::assertSame('/new', Keys::get($this->load($project), 'ssl.ssl_cert_file'));
    }

    public function testItIsReadOnceAndAgainWhenAsked(): void
    {
        $project = $this->project();
        $project->write('.env', "WEBSOCKET_PORT=1\n");
        $code = sprintf('$read = fn() => Ody\Websocket\Configuration::load()->get("port");
            $first = $read(); file_put_contents(%s, "WEBSOCKET_PORT=2\n"); $cached = $read();
            Ody\Websocket\Configuration::reload(); echo json_encode([$first, $cached, $read()]);', var_export($project->root . '/.env', true));
        self::assertSame(['1', '1', '2'], $project->php($code, '-n')->json());
    }

    public function testAFailedReloadKeepsWhatWasThere(): void
    {
        $project = $this->project();
        $code = sprintf('use Ody\Websocket\Configuration; Configuration::load(); file_put_contents(%s, "NO GOOD LINE=1\n");
            try { Configuration::reload(); echo "reloaded"; }
            catch (Configuration\ConfigurationFileException) { echo json_encode(Configuration::load()->get("port")); }', var_export($project->root . '/.env', true));
        self::assertSame(9502, $project->php($code, '-n')->json());
    }

    public function testAFileThatIsNoArrayIsRefused(): void
    {
        $project = $this->project();
        $file = $project->write('config/websocket.php', '<?php return 5;');
        $this->expectException(ConfigurationFileException::class);
        $this->expectExceptionMessage($file . ' must return an array.');
        Configuration::ofRoot($project->root);
    }

    public function testAFileThatFailsIsNamed(): void
    {
        $project = $this->project();
        $file = $project->write('config/websocket.php', '<?php return ["port" => NOT_DEFINED_ANYWHERE];');
        $this->expectException(ConfigurationFileException::class);
        $this->expectExceptionMessage($file . ' cannot be loaded: Undefined constant "NOT_DEFINED_ANYWHERE"');
        Configuration::ofRoot($project->root);
    }

    public function testAMistakeInAFileThatItRequiresIsShownWithItsPlace(): void
    {
        $project = $this->project();
        $handler = $project->write('handler.php', "<?php\n\nclass {");
        $file = $project->write('config/websocket.php', '<?php require __DIR__ . "/../handler.php"; return [];');
        try {
            Configuration::ofRoot($project->root);
            self::fail('It was loaded.');
        } catch (ConfigurationFileException $error) {
            self::assertStringStartsWith($file . ' cannot be loaded: syntax error, ', $error->getMessage());
            self::assertMatchesRegularExpression('~ in \S+/handler\.php on line 3$~', $error->getMessage());
            self::assertSame(realpath($handler), $error->getPrevious()?->getFile());
        }
    }

    public function testNumbersMayBeTexts(): void
    {
        $project = $this->project();
        $project->write('.env', "WEBSOCKET_TIMEOUT=2.5\nWEBSOCKET_CONNECT_TIMEOUT=soon\n");
        $configuration = Configuration::ofRoot($project->root);
        self::assertSame(2.5, $configuration->number('timeout', 1.0));
        self::assertSame(9502.0, $configuration->number('port', 1.0));
        $this->expectExceptionMessage('"connect_timeout" must be a number');
        $configuration->number('connect_timeout', 1.0);
    }

    public function testTheSecretIsNotDumped(): void
    {
        $project = $this->project();
        $project->write('.env', "WEBSOCKET_SECRET_KEY=hunter2\n");
        $configuration = Configuration::ofRoot($project->root);
        self::assertSame('hunter2', $configuration->get('secret_key'));
        ob_start();
        var_dump($configuration);
        self::assertStringNotContainsString('hunter2', (string) ob_get_clean());
        self::assertStringNotContainsString('hunter2', print_r($configuration, true));
    }

    public function testOtherSecretsAreNotDumpedEither(): void
    {
        $project = $this->project();
        $hook = ['url' => 'https://hunter2.example'];
        $values = ['secret_key' => 'hunter2', 'previous_secret_key' => 'hunter2', 'redis' => ['url' => 'redis://:hunter2@a', 'channel' => 'events'],
            'http_api' => ['broadcast_key' => 'hunter2', 'metrics_token' => 'hunter2', 'port' => 9503], 'inspector' => ['password' => 'hunter2-hunter2'], 'webhooks' => [$hook, 'hunter2'],
            'apps' => [['id' => 'shop', 'key' => 'of-shop', 'secret' => 'hunter2', 'previous_secret' => 'hunter2', 'webhooks' => [$hook]], 'hunter2']];
        $dump = print_r(Configuration::ofValues($project->root, $values), true);
        self::assertStringNotContainsString('hunter2', $dump);
        foreach (['of-shop', 'shop', 'events', '9503'] as $shown) {
            self::assertStringContainsString($shown, $dump);
        }
        self::assertStringNotContainsString('hunter2', print_r(Configuration::ofValues($project->root, ['apps' => '{"hunter2"', 'webhooks' => 'hunter2']), true));
    }

    public function testAVariableHoldsListsAsJson(): void
    {
        $project = $this->project();
        $project->write('.env', 'WEBSOCKET_APPS=\'[{"id":"shop","key":"k","secret":"s","limits":{"json_depth":5}}]\'' . "\n");
        $project->environment['WEBSOCKET_WEBHOOKS'] = '[{"url":"https://example.com"}]';
        $project->write('config/websocket.php', '<?php return ["apps" => [["id" => "blog"]]];');
        $values = $this->load($project);
        self::assertSame([['id' => 'shop', 'key' => 'k', 'secret' => 's', 'limits' => ['json_depth' => 5]]], Keys::get($values, 'apps'));
        self::assertSame([['url' => 'https://example.com']], Keys::get($values, 'webhooks'));
        $project->write('.env', "WEBSOCKET_APPS=\n");
        self::assertNull(Keys::get($this->load($project), 'apps.0'));
    }

    public function testATextThatIsNoListIsRefusedByTheServer(): void
    {
        $project = $this->projectWithServer();
        foreach (['[{"id":"hunter2"', '7', '"text"'] as $text) {
            $project->environment['WEBSOCKET_APPS'] = $text;
            $errors = $project->artisan('websocket:start', '-d')->refused('"apps" must be a list of arrays; as a text it must be one in JSON')->errors;
            self::assertStringNotContainsString('hunter2', $errors);
        }
        $project->environment['WEBSOCKET_APPS'] = '{"id":"shop"}';
        $project->artisan('websocket:start', '-d')->refused('"apps" must be a list of arrays');
    }

    public function testAnEnvFileThatIsNotOursCountsAsMissing(): void
    {
        $project = $this->project();
        $file = $project->write('.env', "WEBSOCKET_PORT=1\n");
        $code = '$c = Ody\Websocket\Configuration::load(); echo json_encode([$c->isComplete(), $c->get("port")]);';
        self::assertSame([true, '1'], $project->php($code)->json());

        // No mode keeps root out, so root becomes somebody else first.
        chmod($file, 0);
        $code = 'posix_getuid() !== 0 || (posix_setgid(65534) && posix_setuid(65534)) || exit(2);' . $code;
        self::assertSame([false, 9502], $project->php($code)->json());
    }

    /**
     * @return array<array-key, mixed>
     */
    private function load(Project $project): array
    {
        $values = $project->php('echo json_encode(Ody\Websocket\Configuration::load()->all());', '-n')->json();
        self::assertIsArray($values);

        return $values;
    }
}
