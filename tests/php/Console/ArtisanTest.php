<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Console;

use Ody\Websocket\Extension;
use Ody\Websocket\Tests\Support\Foreground;
use Ody\Websocket\Tests\Support\Project;
use Ody\Websocket\Tests\Support\ProjectTestCase;
use Ody\Websocket\Tests\Support\Result;
use Ody\Websocket\Tests\Support\Subscriber;
use PHPUnit\Framework\Attributes\DataProvider;

/**
 * The console against the real server.
 */
final class ArtisanTest extends ProjectTestCase
{
    protected function setUp(): void
    {
        self::assertFileExists(Extension::file(), 'The extension is not built: run bin/start.');
    }

    public function testALifeInTheBackground(): void
    {
        $project = $this->projectWithServer();
        $started = $project->artisan('websocket:start', '-d')->succeeded();
        $pid = (int) trim($project->read('storage/websocket/ody.pid'));
        self::assertStringContainsString("process {$pid} on ws://127.0.0.1:{$project->port()}", $started->output);
        self::assertSame('', $started->errors);

        $status = $project->artisan('websocket:status', '--json')->json();
        self::assertIsArray($status);
        self::assertSame($pid, $status['pid']);
        self::assertSame($project->port(), $status['port']);
        self::assertSame(0, $status['connections']);
        self::assertSame(0, $status['channels']);

        $project->artisan('websocket:start', '-d')->refused("process {$pid} serves port {$project->port()}");
        $project->artisan('websocket:start')->refused("process {$pid} serves port {$project->port()}");

        $stopped = $project->artisan('websocket:stop')->succeeded();
        self::assertStringContainsString((string) $pid, $stopped->output);
        self::assertFileDoesNotExist($project->root . '/storage/websocket/ody.pid');
        self::assertFileDoesNotExist($project->root . '/storage/websocket/ody.sock');
        self::assertTrue(self::ends($pid));

        $project->artisan('websocket:status')->refused('not running', 'websocket:start');
        $project->artisan('websocket:status', '--json')->refused('not running');
        $project->artisan('websocket:stop')->refused('No server');
    }

    public function testTheLogOfTheBackgroundIsJson(): void
    {
        $project = $this->projectWithServer();
        $project->environment['WEBSOCKET_LOG_FILE'] = 'var/log/a.log';
        $output = $project->artisan('websocket:start', '-d')->succeeded()->output;
        self::assertStringContainsString($project->root . '/var/log/a.log', $output);
        $project->artisan('websocket:stop')->succeeded();
        foreach (explode("\n", trim($project->read('var/log/a.log'))) as $line) {
            self::assertIsArray(json_decode($line, true), $line);
        }
    }

    public function testTheTableIsForPeople(): void
    {
        $project = $this->projectWithServer();
        $project->artisan('websocket:start', '-d')->succeeded();
        $client = new Subscriber($project->port(), 'test-key', 'orders');
        $output = $project->artisan('websocket:status')->succeeded()->output;
        self::assertMatchesRegularExpression('/^connections +1$/m', $output);
        self::assertMatchesRegularExpression('/^channels +1$/m', $output);
        self::assertMatchesRegularExpression('/^up for +00:00:\d\d$/m', $output);
        self::assertStringNotContainsString('test-secret', $output);
        $project->artisan('websocket:stop')->succeeded();
        self::assertSame(4200, $client->closed());
    }

    public function testStopsAServerWhoseConfigurationBecameInvalid(): void
    {
        $project = $this->projectWithServer();
        $project->artisan('websocket:start', '-d')->succeeded();
        $project->write('config/websocket.php', '<?php return ["prot" => 1];');
        $project->artisan('websocket:stop')->succeeded();
    }

    public function testOptionsWinOverVariables(): void
    {
        $project = $this->projectWithServer();
        $port = Project::freePort();
        $project->artisan('websocket:start', '-d', '--host=127.0.0.2', "--port={$port}", '--workers=3')->succeeded();
        $status = $project->artisan('websocket:status', '--json')->json();
        self::assertIsArray($status);
        self::assertSame(['127.0.0.2', $port, 3], [$status['host'], $status['port'], $status['workers']]);
    }

    /**
     * @param array<string, string> $environment
     * @param list<string>          $words
     */
    #[DataProvider('mistakes')]
    public function testAMistakeIsOneSentenceThatNamesTheKey(array $environment, string $file, array $words): void
    {
        $project = $this->projectWithServer();
        $project->environment = $environment + $project->environment;
        if ($file !== '') {
            $project->write('config/websocket.php', $file);
        }
        foreach ([[], ['-d']] as $options) {
            $result = $project->artisan('websocket:start', ...$options)->refused(...$words);
            self::assertStringNotContainsString('test-secret', $result->errors);
        }
        self::assertDirectoryDoesNotExist($project->root . '/storage/websocket');
    }

    /**
     * @return iterable<string, array{array<string, string>, string, list<string>}>
     */
    public static function mistakes(): iterable
    {
        $return = static fn(string $array): string => "<?php return {$array};";
        yield 'port too high' => [['WEBSOCKET_PORT' => '70000'], '', ['"port"', '65535', '70000']];
        yield 'port no number' => [['WEBSOCKET_PORT' => 'http'], '', ['"port"', 'http']];
        yield 'unknown key' => [[], $return('["prot" => 1]'), ['"prot"', '"port"']];
        yield 'unknown limit' => [[], $return('["limits" => ["conections" => 1]]'), ['"limits.conections"', '"limits.connections"']];
        yield 'certificate' => [
            ['WEBSOCKET_SSL_CERT_FILE' => 'no.pem', 'WEBSOCKET_SSL_KEY_FILE' => 'no.key'], '', ['ssl.ssl_cert_file', '/no.pem'],
        ];
        yield 'placeholder key' => [
            ['WEBSOCKET_HOST' => '0.0.0.0', 'WEBSOCKET_API_KEY' => 'your-api-key'], '', ['"api_key"', 'placeholder', 'websocket:keys'],
        ];
        yield 'placeholder secret' => [
            ['WEBSOCKET_HOST' => '::', 'WEBSOCKET_SECRET_KEY' => 'your-secret-key'], '', ['"secret_key"', 'placeholder', 'websocket:keys'],
        ];
        yield 'no key' => [['WEBSOCKET_API_KEY' => ''], '', ['"api_key"', 'websocket:keys']];
        yield 'file' => [[], '<?php return 1;', ['config/websocket.php must return an array']];
    }

    public function testAPortInUseIsNamedWithItsProcess(): void
    {
        $project = $this->projectWithServer();
        $listener = stream_socket_server('tcp://127.0.0.1:' . $project->port());
        self::assertIsResource($listener);
        $words = ['"port" ' . $project->port(), 'process ' . getmypid()];
        $project->artisan('websocket:start')->refused(...$words);
        $project->artisan('websocket:start', '-d')->refused(...$words);
        fclose($listener);
        $project->artisan('websocket:start', '-d')->succeeded();
    }

    public function testTwoProjectsDoNotShareAPort(): void
    {
        $one = $this->projectWithServer();
        $two = $this->projectWithServer();
        $two->environment['WEBSOCKET_PORT'] = $one->environment['WEBSOCKET_PORT'];
        $one->artisan('websocket:start', '-d')->succeeded();
        $pid = trim($one->read('storage/websocket/ody.pid'));
        $result = $two->artisan('websocket:start', '-d')->refused('"port" ' . $one->port());
        self::assertMatchesRegularExpression('/process \d+/', $result->errors);
        self::assertStringContainsString($pid, $result->errors);
    }

    public function testTheForegroundLogsJsonWithoutATerminal(): void
    {
        $server = new Foreground($this->projectWithServer(), false);
        $line = strtok($server->sees('server ready'), "\n");
        self::assertIsArray(json_decode((string) $line, true));
        $server->signal(SIGTERM);
        self::assertSame('', $server->output());
        self::assertSame(0, $server->status());
    }

    public function testCtrlCEndsTheForeground(): void
    {
        $project = $this->projectWithServer();
        $server = new Foreground($project, true);
        $shown = $server->sees('server ready');
        self::assertStringContainsString('ws://127.0.0.1:' . $project->port(), $shown);
        self::assertStringContainsString($project->root . '/storage/websocket/ody.sock', $shown);
        self::assertStringContainsString('Ctrl-C', $shown);
        self::assertStringContainsString("\e[", $shown);
        $client = new Subscriber($project->port(), 'test-key', 'orders');
        $server->press("\x03");
        self::assertSame(4200, $client->closed());
        self::assertSame(0, $server->status());
        self::assertFileDoesNotExist($project->root . '/storage/websocket/ody.sock');
    }

    public function testClosingTheTerminalEndsTheForeground(): void
    {
        $project = $this->projectWithServer();
        $server = new Foreground($project, true);
        $server->sees('server ready');
        $client = new Subscriber($project->port(), 'test-key', 'orders');
        $server->closeTerminal();
        self::assertSame(4200, $client->closed());
        self::assertSame(0, $server->status());
        self::assertFileDoesNotExist($project->root . '/storage/websocket/ody.sock');
        self::assertFileDoesNotExist($project->root . '/storage/websocket/ody.pid');
    }

    public function testNoColourWhereNoneIsWanted(): void
    {
        $project = $this->projectWithServer();
        $project->environment['NO_COLOR'] = '1';
        $server = new Foreground($project, true);
        self::assertStringNotContainsString("\e[", $server->sees('server ready'));
        $server->press("\x03");
        self::assertSame(0, $server->status());
    }

    public function testSaysWhatHasNoEffect(): void
    {
        $project = $this->projectWithServer();
        $project->write('config/websocket.php', '<?php return ["callbacks" => ["message" => ["A", "b"]], "rate_limits" => []];');
        $result = $project->artisan('websocket:start', '-d')->succeeded();
        self::assertSame("Has no effect in this version: callbacks.\n", $result->errors);
    }

    public function testATraceOnlyWhenAskedFor(): void
    {
        $project = $this->projectWithServer();
        $project->environment['WEBSOCKET_PORT'] = '70000';
        $result = $project->artisan('websocket:start', '-vvv');
        self::assertSame(1, $result->status);
        self::assertStringContainsString('Exception trace', $result->errors);
        self::assertStringNotContainsString('test-secret', $result->errors);
    }

    #[DataProvider('commands')]
    public function testHelpHasAnExample(string $command): void
    {
        $output = $this->project()->artisan('help', $command)->succeeded()->output;
        self::assertMatchesRegularExpression(sprintf('/^ +php artisan %s( |$)/m', $command), $output);
    }

    /**
     * @return iterable<array{string}>
     */
    public static function commands(): iterable
    {
        yield ['websocket:start'];
        yield ['websocket:stop'];
        yield ['websocket:reload'];
        yield ['websocket:restart'];
        yield ['websocket:status'];
        yield ['websocket:keys'];
    }

    public function testAnUnknownCommandFails(): void
    {
        $result = $this->project()->artisan('websocket:strat');
        self::assertSame(1, $result->status);
        self::assertStringContainsString('websocket:start', $result->errors);
    }

    public function testTheConsoleOfThePackageLoadsTheExtension(): void
    {
        $artisan = dirname(__DIR__, 3) . '/artisan';
        foreach ([[$artisan], [PHP_BINARY, $artisan], [PHP_BINARY, '-n', '-d', 'memory_limit=300M', $artisan]] as $command) {
            $output = Result::of([...$command, '--version'], ['PATH' => (string) getenv('PATH')], '/')->succeeded()->output;
            self::assertMatchesRegularExpression('/^Ody WebSocket \d+\.\d+\.\d+/', $output);
        }
    }

    public function testAnExtensionThatCannotBeLoadedIsTriedOnce(): void
    {
        $project = $this->project();
        $project->environment['ODY_WEBSOCKET_EXTENSION_TRIED'] = '1';
        $command = [PHP_BINARY, '-n', $project->root . '/artisan', 'websocket:status'];
        Result::of($command, $project->environment, '/')->refused('cannot load ' . Extension::file(), 'bin/start');
    }

    public function testPhpKeepsItsOptionsAndItsEnvironment(): void
    {
        $project = $this->project();
        $script = $project->write('show.php', "<?php require __DIR__ . '/vendor/autoload.php'; Ody\Websocket\Extension::load(\$argv);
            echo json_encode([extension_loaded('ody_websocket'), ini_get('memory_limit'), getenv('MINE'), count(getenv()), array_slice(\$argv, 1)]);");
        $environment = ['PATH' => (string) getenv('PATH'), 'MINE' => 'a b'];
        $command = [PHP_BINARY, '-n', '-d', 'memory_limit=300M', $script, '-d', 'x y', ''];
        self::assertSame([true, '300M', 'a b', 2, ['-d', 'x y', '']], Result::of($command, $environment, '/')->json());
    }

    /**
     * Waits until a process has ended; whoever inherits it may take its time to notice.
     */
    private static function ends(int $pid): bool
    {
        $deadline = microtime(true) + 10;
        do {
            $state = @file_get_contents("/proc/{$pid}/stat");
            if ($state === false || str_contains($state, ') Z ')) {
                return true;
            }
            usleep(1_000);
        } while (microtime(true) < $deadline);

        return false;
    }
}
