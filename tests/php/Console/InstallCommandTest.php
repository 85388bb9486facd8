<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Console;

use Ody\Websocket\Tests\Support\Project;
use Ody\Websocket\Tests\Support\ProjectTestCase;
use Ody\Websocket\Tests\Support\Terminal;

final class InstallCommandTest extends ProjectTestCase
{
    public function testSetsAProjectUpSoThatItsServerStarts(): void
    {
        $project = $this->project();
        $port = Project::freePort();
        $project->write('.env', "APP=x\nWEBSOCKET_PORT={$port}\n");
        $output = $project->artisan('websocket:install')->succeeded()->output;
        $key = self::variable($project, 'API_KEY');
        $secret = self::variable($project, 'SECRET_KEY');
        self::assertMatchesRegularExpression('/^[0-9a-f]{20}$/', $key);
        self::assertMatchesRegularExpression('/^[0-9a-f]{64}$/', $secret);
        self::assertStringStartsWith("APP=x\nWEBSOCKET_PORT={$port}\nWEBSOCKET_HOST=127.0.0.1\n", $project->read('.env'));
        self::assertSame(0o600, fileperms($project->root . '/.env') & 0o777);
        self::assertFileEquals(dirname(__DIR__, 3) . '/php/config/websocket.php', $project->root . '/config/websocket.php');
        self::assertDirectoryExists($project->root . '/storage/websocket');
        self::assertDirectoryExists($project->root . '/storage/logs');
        self::assertStringContainsString("new Pusher('{$key}', {", $output);
        self::assertStringContainsString("wsPort: {$port},", $output);
        self::assertStringContainsString('php artisan websocket:start', $output);
        self::assertStringContainsString("host: 127.0.0.1, port: {$port}, TLS: no\n   app id: 1, key: {$key}, secret: the value of secret_key\n", $output);
        self::assertStringNotContainsString($secret, $output);
        self::assertStringNotContainsString('BROADCAST_CONNECTION', $output);
        $project->artisan('websocket:start', '-d')->succeeded();
        $status = $project->artisan('websocket:status', '--json')->json();
        self::assertIsArray($status);
        self::assertSame($port, $status['port']);
    }

    public function testASecondRunChangesNothing(): void
    {
        $project = $this->project();
        $project->artisan('websocket:install')->succeeded();
        $before = [$project->read('.env'), $project->read('config/websocket.php')];
        $output = $project->artisan('websocket:install')->succeeded()->output;
        self::assertStringStartsWith("Everything is in place already.\n", $output);
        self::assertStringNotContainsString('✓', $output);
        self::assertSame($before, [$project->read('.env'), $project->read('config/websocket.php')]);
    }

    public function testWhatIsSetStays(): void
    {
        $project = $this->project();
        $project->write('.env', "WEBSOCKET_API_KEY=mine\nWEBSOCKET_SECRET_KEY=your-secret-key\n");
        $project->write('config/websocket.php', '<?php return ["port" => 9600, "host" => "127.0.0.2"];');
        $project->artisan('websocket:install')->succeeded();
        self::assertSame('mine', self::variable($project, 'API_KEY'));
        self::assertSame(64, strlen(self::variable($project, 'SECRET_KEY')));
        self::assertSame(['9600', '127.0.0.2'], [self::variable($project, 'PORT'), self::variable($project, 'HOST')]);
        self::assertStringContainsString('9600', $project->read('config/websocket.php'));
    }

    public function testKeysOfTheConfigurationFileAndOfTheEnvironmentCount(): void
    {
        $project = $this->project();
        $project->write('config/websocket.php', '<?php return ["api_key" => "from-file"];');
        $project->environment['WEBSOCKET_SECRET_KEY'] = 'from-environment';
        $output = $project->artisan('websocket:install')->succeeded()->output;
        self::assertStringNotContainsString('_KEY', $project->read('.env'));
        self::assertStringContainsString("'from-file'", $output);
        $project->environment['WEBSOCKET_SECRET_KEY'] = 'your-secret-key';
        $project->artisan('websocket:install')->refused('WEBSOCKET_SECRET_KEY', 'environment');
    }

    public function testForceAsksOnATerminalAndNotInAScript(): void
    {
        $project = $this->project();
        $project->write('config/websocket.php', '<?php return [];');
        foreach (['n', 'y'] as $answer) {
            $terminal = new Terminal($project->command('websocket:install', '--force'), $project->environment);
            $terminal->sees('[y/N]');
            $terminal->press($answer . "\n");
            self::assertSame(0, $terminal->status());
            self::assertSame($answer === 'n', $project->read('config/websocket.php') === '<?php return [];');
        }
        $project->write('config/websocket.php', '<?php return [];');
        $project->artisan('websocket:install', '--no-interaction')->succeeded();
        self::assertSame('<?php return [];', $project->read('config/websocket.php'));
        $project->artisan('websocket:install', '--no-interaction', '--force')->succeeded();
        self::assertNotSame('<?php return [];', $project->read('config/websocket.php'));
    }

    public function testALaravelApplicationIsToldWhatToSet(): void
    {
        $project = $this->project();
        $project->write('bootstrap/app.php', '<?php');
        $project->environment += ['WEBSOCKET_PATH' => '/ws', 'WEBSOCKET_HOST' => 'ws.example.org'];
        $output = $project->artisan('websocket:install')->succeeded()->output;
        self::assertStringContainsString('BROADCAST_CONNECTION=ody', $output);
        self::assertStringContainsString('new Echo({', $output);
        self::assertStringContainsString("wsPath: '/ws',", $output);
        self::assertStringContainsString("wsHost: 'ws.example.org',", $output);
        self::assertStringContainsString('forceTLS: false,', $output);
    }

    /**
     * Laravel loads the file before this package has defined any function.
     */
    public function testTheConfigurationFileNeedsNothingButEnv(): void
    {
        $project = $this->project();
        $project->artisan('websocket:install')->succeeded();
        $code = 'function env($name, $default = null) { return $default; } echo json_encode(require %s);';
        $values = $project->php(sprintf($code, var_export($project->root . '/config/websocket.php', true)))->json();
        self::assertIsArray($values);
        self::assertSame(9502, $values['port']);
    }

    public function testAFileInTheWayIsOneSentence(): void
    {
        $project = $this->project();
        $project->write('storage', '');
        $result = $project->artisan('websocket:install');
        self::assertSame(1, $result->status);
        self::assertSame(sprintf("The folder %s/storage/websocket cannot be made.\n", $project->root), $result->errors);
    }

    private static function variable(Project $project, string $name): string
    {
        self::assertSame(1, preg_match("/^WEBSOCKET_{$name}=(.*)$/m", $project->read('.env'), $match));

        return $match[1];
    }
}
