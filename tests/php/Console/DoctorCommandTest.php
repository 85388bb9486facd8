<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Console;

use Ody\Websocket\Extension;
use Ody\Websocket\Tests\Support\Project;
use Ody\Websocket\Tests\Support\ProjectTestCase;
use Ody\Websocket\Tests\Support\Result;
use PHPUnit\Framework\Attributes\DataProvider;

/**
 * Each test breaks something for real, sees what websocket:doctor says, types the command that it names
 * into a shell, and sees that all is well.
 */
final class DoctorCommandTest extends ProjectTestCase
{
    /** Root without the right to pass over the rights of files. */
    private const WITHOUT_PRIVILEGES = ['setpriv', '--bounding-set=-all', '--inh-caps=-all'];

    private Project $project;

    protected function setUp(): void
    {
        self::assertFileExists(Extension::file(), 'The extension is not built: run bin/start.');
        $this->project = $this->project();
        $this->project->environment['WEBSOCKET_LOG_LEVEL'] = 'info';
        $port = Project::freePort();
        $keys = sprintf("WEBSOCKET_API_KEY=test-key\nWEBSOCKET_SECRET_KEY=%s\n", str_repeat('s', 32));
        $this->project->write('.env', "WEBSOCKET_PORT={$port}\nWEBSOCKET_WORKER_COUNT=1\nWEBSOCKET_DRAIN_TIME=1\n" . $keys);
        chmod($this->project->root . '/.env', 0o600);
        mkdir($this->project->root . '/storage/websocket', 0o755, true);
        mkdir($this->project->root . '/storage/logs');
    }

    public function testAllIsWell(): void
    {
        $this->project->artisan('websocket:start', '-d')->succeeded();
        $result = $this->project->artisan('websocket:doctor')->succeeded();
        self::assertStringEndsWith("\nAll is well.\n", $result->output);
        self::assertStringNotContainsString(str_repeat('s', 32), $result->output);
        self::assertSame('', $result->errors);
        foreach (explode("\n", trim(explode("\n\n", $result->output)[0])) as $line) {
            self::assertStringStartsWith('✓ ', $line);
        }
        $answer = $this->project->artisan('websocket:doctor', '--json')->json();
        self::assertIsArray($answer);
        self::assertTrue($answer['ok']);
    }

    public function testTheVersionIsThatOfTheEngine(): void
    {
        $header = (string) file_get_contents(dirname(__DIR__, 3) . '/engine/include/ody/version.h');
        self::assertSame(1, preg_match('/#define ODY_VERSION "(.*)"/', $header, $match));
        self::assertSame(Extension::VERSION, $match[1]);
    }

    public function testAProblemIsALineAndACommandForPeople(): void
    {
        chmod($this->project->root . '/.env', 0o644);
        $this->project->write('storage/websocket/ody.sock', '');
        $result = $this->project->artisan('websocket:doctor');
        self::assertSame(1, $result->status);
        $root = $this->project->root;
        self::assertStringContainsString("! .env          Every user of this machine can read {$root}/.env, which holds the secret key.\n"
            . "                chmod 600 {$root}/.env\n", $result->output);
        self::assertStringContainsString("✗ socket        {$root}/storage/websocket/ody.sock is in the way: it is not a socket.\n", $result->output);
        self::assertStringEndsWith("1 failure, 2 warnings.\nRun the commands in {$root}.\n", $result->output);
    }

    public function testMemoryLimit(): void
    {
        $this->settings("memory_limit=48M\n");
        $this->mends('php', 'warning', 'memory_limit is 48M');
    }

    public function testDisabledFunctions(): void
    {
        $this->settings("disable_functions=pcntl_signal,posix_kill\n");
        $this->mends('php', 'warning', 'has no pcntl_signal()');
        self::assertStringContainsString('disable_functions=posix_kill', $this->project->read('ini/99-ody-websocket-functions.ini'));
    }

    public function testExtensionNotLoaded(): void
    {
        $this->settings('');
        $this->project->environment['ODY_WEBSOCKET_EXTENSION_TRIED'] = '1';
        $this->mends('extension', 'failure', 'is not loaded');
    }

    public function testExtensionOfAnotherVersion(): void
    {
        $this->settings('extension=' . $this->oldExtension(), '30-ody_websocket.ini');
        $this->mends('extension', 'failure', 'is version 0.0.9, but the PHP part is version ' . Extension::VERSION);
    }

    public function testServerOfAnotherVersion(): void
    {
        $this->settings('extension=' . $this->oldExtension(), '30-ody_websocket.ini');
        $this->project->artisan('websocket:start', '-d')->succeeded();
        $this->settings('extension=' . Extension::file(), '30-ody_websocket.ini');
        $this->mends('server', 'failure', '0.0.9');
    }

    public function testServerNotRunning(): void
    {
        $this->mends('server', 'warning', 'The server is not running.');
    }

    public function testServerWithAnotherPort(): void
    {
        $this->project->artisan('websocket:start', '-d', '--port=' . Project::freePort())->succeeded();
        $this->mends('server', 'warning', 'the configuration says');
    }

    /**
     * @param list<string> $words
     */
    #[DataProvider('variables')]
    public function testVariables(string $check, string $level, string $variable, array $words): void
    {
        $this->replace($variable);
        $this->mends($check, $level, ...$words);
    }

    /**
     * @return iterable<string, array{string, string, string, list<string>}>
     */
    public static function variables(): iterable
    {
        yield 'value' => ['configuration', 'failure', 'WEBSOCKET_PONG_TIMEOUT=0', ['"pong_timeout"', '86400']];
        yield 'placeholder' => ['keys', 'failure', 'WEBSOCKET_SECRET_KEY=your-secret-key', ['"secret_key"', 'placeholder']];
        yield 'digits' => ['keys', 'failure', 'WEBSOCKET_SECRET_KEY=123123123', ['"secret_key"', 'placeholder']];
        yield 'no api key' => ['keys', 'failure', 'WEBSOCKET_API_KEY=', ['"api_key"', 'not set']];
        yield 'short' => ['keys', 'warning', 'WEBSOCKET_SECRET_KEY=short', ['only 5 characters']];
        yield 'address of another machine' => ['port', 'failure', 'WEBSOCKET_HOST=192.0.2.1', ['192.0.2.1']];
        yield 'unknown name' => ['port', 'failure', 'WEBSOCKET_HOST=nowhere.invalid', ['nowhere.invalid']];
        yield 'certificate alone' => ['certificate', 'failure', 'WEBSOCKET_SSL_CERT_FILE=a.pem', ['"ssl.ssl_cert_file" is set alone']];
        yield 'key alone' => ['certificate', 'failure', 'WEBSOCKET_SSL_KEY_FILE=a.pem', ['"ssl.ssl_key_file" is set alone']];
    }

    public function testNoKeysAtAll(): void
    {
        $this->replace('WEBSOCKET_API_KEY=');
        $this->replace('WEBSOCKET_SECRET_KEY=');
        self::assertSame('php artisan websocket:keys', $this->mends('keys', 'failure', '"api_key" is not set, "secret_key" is not set.'));
    }

    public function testAVariableOfTheEnvironment(): void
    {
        $this->project->environment['WEBSOCKET_SECRET_KEY'] = 'your-secret-key';
        $this->mends('keys', 'failure', 'placeholder');
        $this->project->environment = ['WEBSOCKET_PONG_TIMEOUT' => 'x'] + array_diff_key($this->project->environment, ['WEBSOCKET_SECRET_KEY' => 1]);
        self::assertSame('unset WEBSOCKET_PONG_TIMEOUT', $this->mends('configuration', 'failure', '"pong_timeout"'));
    }

    public function testAMistakeInAConfigurationFile(): void
    {
        $this->project->environment['EDITOR'] = 'sed -i s/prot/port/';
        $this->project->write('config/websocket.php', '<?php return ["prot" => 9600];');
        $this->mends('configuration', 'failure', '"prot"');
        $this->project->environment['EDITOR'] = 'sed -i s/retrun/return/';
        $this->project->write('config/websocket.php', '<?php retrun ["host" => "127.0.0.1"];');
        $this->mends('configuration', 'failure', 'config/websocket.php cannot be loaded');
        $this->project->environment['EDITOR'] = 'sed -i $d';
        $this->project->write('.env', $this->project->read('.env') . "not a line\n");
        $this->mends('configuration', 'failure', '.env cannot be read: line 6');
    }

    public function testKeysAndValuesOfAnApp(): void
    {
        $secret = str_repeat('s', 32);
        $this->project->environment['EDITOR'] = "sed -i s/your-secret-key/{$secret}/";
        $this->project->write('config/websocket.php', '<?php return ["apps" => [["id" => "2", "key" => "of-2", "secret" => "your-secret-key"]]];');
        $this->mends('keys', 'failure', '"apps.0.secret" is the placeholder of an example.');
        $this->project->environment['EDITOR'] = "sed -i s/short/{$secret}/";
        $this->project->write('config/websocket.php', '<?php return ["apps" => [["id" => "2", "key" => "of-2", "secret" => "short"]]];');
        $this->mends('keys', 'warning', '"apps.0.secret" has only 5 characters');
        $this->project->environment['EDITOR'] = 'sed -i s/json_deep/json_depth/';
        $this->project->write('config/websocket.php', sprintf('<?php return ["apps" => [["id" => "2", "key" => "of-2", "secret" => "%s", "limits" => ["json_deep" => 5]]]];', $secret));
        self::assertStringEndsWith('/config/websocket.php', $this->mends('configuration', 'failure', '"apps.0.limits.json_deep"', 'json_depth'));
        $this->replace(sprintf("WEBSOCKET_APPS='[{\"id\":\"2\",\"key\":\"of-2\",\"secret\":\"%s\",\"limits\":{\"json_deep\":5}}]'", $secret));
        self::assertStringEndsWith('/.env', $this->mends('configuration', 'failure', '"apps.0.limits.json_deep"'));
        $this->project->environment['WEBSOCKET_APPS'] = '[7]';
        self::assertNull($this->finding($this->doctor(), 'configuration', 'failure')['command']);
    }

    public function testAHandlerThatCannotBeLoaded(): void
    {
        $this->project->environment['EDITOR'] = 'sed -i s/clas/class/';
        $this->projectWithHandler('clas App_Handler extends Ody\Websocket\Channel\PublicChannelHandler {}');
        $command = $this->mends('php workers', 'failure', '"channel_handlers.custom": App_Handler cannot be made: syntax error, ', '/handler.php on line 2.');
        self::assertStringEndsWith('/handler.php', $command);
    }

    public function testWorkersThatCannotStart(): void
    {
        $this->project->environment['WEBSOCKET_PHP_WORKERS'] = '1';
        $code = 'class App_Handler extends Ody\Websocket\Channel\PublicChannelHandler {}';
        $this->projectWithHandler($code . ' if (in_array("websocket:worker", $_SERVER["argv"])) { throw new Exception("Not today"); }');
        $this->project->artisan('websocket:start', '-d')->succeeded();
        $finding = $this->finding($this->doctor(), 'php workers', 'failure');
        self::assertSame(sprintf('0 of 1 PHP workers are connected; the log says why: %s/storage/logs/websocket.log.', $this->project->root), $finding['message']);
        $this->projectWithHandler($code);
        $deadline = microtime(true) + 20;
        while (!str_contains($this->project->read('storage/logs/websocket.log'), 'php worker ready') && microtime(true) < $deadline) {
            usleep(20_000);
        }
        self::assertSame('PHP workers that are connected: 1.', $this->finding($this->doctor(), 'php workers', 'good')['message']);
    }

    public function testEnvironmentFileThatOthersCanRead(): void
    {
        chmod($this->project->root . '/.env', 0o644);
        $this->mends('.env', 'warning', 'Every user');
    }

    public function testEnvironmentFileThatThisUserMayNotRead(): void
    {
        $file = $this->project->root . '/.env';
        chmod($file, 0);
        self::assertSame("chmod u+r {$file}", $this->mendsAs(self::WITHOUT_PRIVILEGES, '.env', 'failure', 'This user may not read'));
        chown($file, 65534);
        chgrp($file, 65534);
        self::assertSame("chgrp root {$file} && chmod g+r {$file}", $this->mendsAs(self::WITHOUT_PRIVILEGES, '.env', 'failure', 'may not read'));
        self::assertSame(65534, fileowner($file));
    }

    public function testOpenFilesWhereTheyCanBeRaised(): void
    {
        $status = (string) file_get_contents('/proc/self/status');
        self::assertSame(1, preg_match('/^CapEff:\s+([0-9a-f]+)/m', $status, $match));
        $this->replace('WEBSOCKET_LIMIT_CONNECTIONS=900');
        $limited = 'ulimit -n 1000; ';
        if ((hexdec($match[1]) & 1 << 24) === 0) {
            // Here the kernel lets nobody raise a limit.
            self::assertSame(1, $this->shell($limited . 'ulimit -n 1156')->status);

            return;
        }
        $doctor = implode(' ', array_map(escapeshellarg(...), $this->project->command('websocket:doctor', '--json')));
        $finding = $this->finding($this->shell($limited . $doctor), 'open files', 'failure');
        self::assertSame('ulimit -n 1156', $finding['command']);
        $this->finding($this->shell($limited . $finding['command'] . '; ' . $doctor), 'open files', 'good');
    }

    public function testOpenFilesWhereTheyCannotBeRaised(): void
    {
        $limited = ['setpriv', '--bounding-set=-sys_resource', '--inh-caps=-sys_resource', 'bash', '-c', 'ulimit -n 500; exec "$@"', 'bash'];
        $finding = $this->finding($this->doctor($limited), 'open files', 'warning');
        self::assertStringContainsString('500 files, enough for 250 connections only', $finding['message']);
        self::assertStringContainsString('--ulimit nofile=', $finding['message']);
        self::assertNull($finding['command']);
        $limited[5] = 'ulimit -n 2000; exec "$@"';
        $this->replace('WEBSOCKET_LIMIT_CONNECTIONS=1900');
        $this->mendsAs($limited, 'open files', 'failure', '2,000 files', '"limits.connections" is 1,900');
    }

    public function testPortInUse(): void
    {
        $port = Project::freePort();
        $this->replace('WEBSOCKET_PORT=' . $port);
        $listener = stream_socket_server('tcp://127.0.0.1:' . $port);
        self::assertIsResource($listener);
        $this->mends('port', 'failure', "Port {$port}", 'process ' . getmypid());
    }

    public function testPortThatOnlyRootMayUse(): void
    {
        $this->replace('WEBSOCKET_PORT=81');
        $limit = trim((string) file_get_contents('/proc/sys/net/ipv4/ip_unprivileged_port_start'));
        $expected = (int) $limit > 81 ? 'failure' : 'good';
        $finding = $this->finding($this->doctor(self::WITHOUT_PRIVILEGES), 'port', $expected);
        if ($expected === 'failure') {
            self::assertStringContainsString('permission denied', $finding['message']);
            $this->mendsAs(self::WITHOUT_PRIVILEGES, 'port', 'failure', 'port 81');
        }
    }

    public function testCertificate(): void
    {
        $this->replace('WEBSOCKET_SSL_CERT_FILE=tls/a.pem');
        $this->replace('WEBSOCKET_SSL_KEY_FILE=tls/a.key');
        $this->mends('certificate', 'failure', 'tls/a.pem does not exist');
        $this->certificate(-1);
        $this->mends('certificate', 'failure', 'expired on ');
        self::assertStringContainsString('/CN=ws.test ', $this->certificate(13));
        self::assertStringContainsString('CN=ws.test ', $this->mends('certificate', 'warning', 'expires in 1'));
        $this->certificate(400, 2);
        $this->mends('certificate', 'failure', 'is valid only from');
        $this->shell('openssl genrsa -out tls/a.key 2048');
        $this->mends('certificate', 'failure', 'is not the key of');
        $this->project->write('tls/a.pem', 'x');
        $this->mends('certificate', 'failure', 'a.pem is no certificate');
        $this->project->write('tls/a.key', 'x');
        $this->mends('certificate', 'failure', 'a.key is no private key');
        chmod($this->project->root . '/tls/a.key', 0o644);
        $this->mends('certificate', 'warning', 'can read the private key');
        chmod($this->project->root . '/tls/a.key', 0);
        $this->mendsAs(self::WITHOUT_PRIVILEGES, 'certificate', 'failure', 'may not read');
        chown($this->project->root . '/tls/a.key', 65534);
        $this->mendsAs(self::WITHOUT_PRIVILEGES, 'certificate', 'failure', 'may not read');
        $this->project->artisan('websocket:start', '-d')->succeeded();
    }

    public function testACertificateOfAnAuthorityComesFromThere(): void
    {
        $this->replace('WEBSOCKET_SSL_CERT_FILE=a.pem');
        $this->replace('WEBSOCKET_SSL_KEY_FILE=a.key');
        $this->shell('openssl req -x509 -newkey rsa:2048 -nodes -days 9 -subj /CN=authority -keyout ca.key -out ca.pem'
            . ' && openssl req -newkey rsa:2048 -nodes -subj /CN=ws.test -keyout a.key -out a.csr'
            . ' && openssl x509 -req -in a.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 9 -out a.pem');
        $finding = $this->finding($this->doctor(), 'certificate', 'warning');
        self::assertSame('certbot renew --force-renewal', $finding['command']);
    }

    public function testFolderOfTheSocket(): void
    {
        $folder = $this->project->root . '/storage/websocket';
        chmod($folder, 0o777);
        $this->mends('socket', 'failure', 'Others than its owner can write');
        chown($folder, 65534);
        $this->mends('socket', 'failure', 'belongs to another user');
        rmdir($folder);
        $this->mends('socket', 'warning', 'does not exist yet');
        rmdir($folder);
        $this->project->write('storage/websocket', '');
        $this->mends('socket', 'failure', 'is not a folder');
        $this->project->write('storage/websocket/ody.sock', '');
        $this->mends('socket', 'failure', 'is in the way');
        $this->project->artisan('websocket:start', '-d')->succeeded();
    }

    public function testRightsOfTheSocket(): void
    {
        $this->project->artisan('websocket:start', '-d')->succeeded();
        $socket = $this->project->root . '/storage/websocket/ody.sock';
        chown($socket, 65534);
        chgrp($socket, 65534);
        self::assertStringNotContainsString('"check":"server"', $this->doctor(self::WITHOUT_PRIVILEGES)->output);
        $this->mendsAs(self::WITHOUT_PRIVILEGES, 'socket', 'failure', 'root may not connect', '"socket.group"');
    }

    public function testAServerOfAnotherUserConcernsOnlyWhoPublishes(): void
    {
        foreach (['storage/websocket', 'storage/logs'] as $folder) {
            chown($this->project->root . '/' . $folder, 65534);
        }
        chmod($this->project->root . '/.env', 0o644);
        $code = '$server = (new Ody\Websocket\Server())->configure(Ody\Websocket\Configuration::load()->all());
            posix_setgid(65534) && posix_setuid(65534) || exit(1); echo $server->start(true);';
        $this->project->php($code, '-d', 'extension=' . Extension::file())->succeeded();
        $result = $this->doctor();
        self::assertStringContainsString('The server runs as nobody. For root only', $this->finding($result, 'user', 'good')['message']);
        $this->finding($result, 'socket', 'good');
        $this->finding($result, 'server', 'good');
        self::assertStringNotContainsString('"check":".env"', $result->output);
        $this->mendsAs(self::WITHOUT_PRIVILEGES, 'socket', 'failure', 'root may not connect');
    }

    public function testAPathThatNoSocketCanHave(): void
    {
        $this->replace('WEBSOCKET_SOCKET=storage/' . str_repeat('x', 100));
        $this->mends('configuration', 'failure', '"socket.path"');
        $this->project->environment['EDITOR'] = 'sed -i s/7/"x"/';
        $this->project->write('config/websocket.php', '<?php return ["log" => ["file" => 7.5]];');
        self::assertStringContainsString('"log.file"', $this->finding($this->doctor(), 'log', 'failure')['message']);
    }

    public function testGroupOfTheSocket(): void
    {
        $group = 'ody' . bin2hex(random_bytes(4));
        $this->replace('WEBSOCKET_SOCKET_GROUP=' . $group);
        try {
            self::assertSame('groupadd ' . $group, $this->mends('socket', 'failure', 'no such group'));
        } finally {
            $this->shell('groupdel ' . $group);
        }
    }

    public function testLog(): void
    {
        rmdir($this->project->root . '/storage/logs');
        $this->mends('log', 'warning', 'does not exist yet');
        chmod($this->project->root . '/storage/logs', 0o555);
        $this->mendsAs(self::WITHOUT_PRIVILEGES, 'log', 'failure', 'may not write to the folder');
        $file = $this->project->write('storage/logs/websocket.log', '');
        chown($file, 65534);
        $this->mendsAs(self::WITHOUT_PRIVILEGES, 'log', 'failure', 'websocket.log');
        unlink($file);
        rmdir($this->project->root . '/storage/logs');
        $this->project->write('storage/logs', '');
        $this->mends('log', 'failure', 'is not a folder');
    }

    public function testRedis(): void
    {
        $port = Project::freePort();
        $this->project->write('config/websocket.php', sprintf('<?php return ["redis" => ["url" => "redis://127.0.0.1:%d"]];', $port));
        try {
            $this->mends('redis', 'failure', 'does not answer at tcp://127.0.0.1:' . $port);
            $this->shell("redis-cli -p {$port} config set requirepass pass-of-redis");
            self::assertStringContainsString('wants a password', $this->finding($this->doctor(), 'redis', 'failure')['message']);
            $this->project->write('config/websocket.php', sprintf('<?php return ["redis" => ["url" => "redis://:wrong@127.0.0.1:%d"]];', $port));
            self::assertStringContainsString('refuses the password', $this->finding($this->doctor(), 'redis', 'failure')['message']);
            $this->project->write('config/websocket.php', sprintf('<?php return ["redis" => ["url" => "redis://:pass-of-redis@127.0.0.1:%d/2"]];', $port));
            $this->finding($this->doctor(), 'redis', 'good');
            $this->project->write('config/websocket.php', sprintf('<?php return ["redis" => ["url" => "redis://:pass-of-redis@127.0.0.1:%d/99"]];', $port));
            self::assertStringContainsString('no such database', $this->finding($this->doctor(), 'redis', 'failure')['message']);
            $this->shell("redis-cli --no-auth-warning -a pass-of-redis -p {$port} acl setuser reader on '>of@reader' '+@all' 'resetchannels' '&laravel_*'");
            $reader = 'redis://reader:of%40reader@127.0.0.1:' . $port;
            $this->project->write('config/websocket.php', sprintf('<?php return ["redis" => ["url" => "%s"]];', $reader));
            self::assertStringContainsString('does not let this user listen', $this->finding($this->doctor(), 'redis', 'failure')['message']);
            $this->project->write('config/websocket.php', sprintf('<?php return ["redis" => ["url" => "%s", "prefix" => "laravel_"]];', $reader));
            $this->finding($this->doctor(), 'redis', 'good');
        } finally {
            $this->shell("redis-cli --no-auth-warning -a pass-of-redis -p {$port} shutdown nosave || redis-cli -p {$port} shutdown nosave");
        }
    }

    public function testRedisOnAUnixSocket(): void
    {
        $socket = $this->project->root . '/redis.sock';
        $this->project->write('config/websocket.php', sprintf('<?php return ["redis" => ["url" => "unix://%s?database=2"]];', $socket));
        self::assertStringContainsString('does not answer at unix://' . $socket, $this->finding($this->doctor(), 'redis', 'failure')['message']);
        $this->shell("redis-server --port 0 --unixsocket {$socket} --save '' --daemonize yes && until redis-cli -s {$socket} ping; do sleep 0.05; done");
        try {
            $this->finding($this->doctor(), 'redis', 'good');
        } finally {
            $this->shell("redis-cli -s {$socket} shutdown nosave");
        }
    }

    private function projectWithHandler(string $code): void
    {
        $this->project->write('handler.php', "<?php\n" . $code);
        $this->project->write('config/websocket.php', '<?php
            spl_autoload_register(static function (string $class): void { if ($class === "App_Handler") { require __DIR__ . "/../handler.php"; } });
            return ["channel_handlers" => ["custom" => "App_Handler"]];');
    }

    /**
     * Sees a problem, types the command that is named, sees that the check passes, and returns the command.
     */
    private function mends(string $check, string $level, string ...$words): string
    {
        return $this->mendsAs([], $check, $level, ...$words);
    }

    /**
     * @param list<string> $before what stands before the command line of the doctor
     */
    private function mendsAs(array $before, string $check, string $level, string ...$words): string
    {
        $finding = $this->finding($this->doctor($before), $check, $level);
        foreach ($words as $word) {
            self::assertStringContainsString($word, $finding['message']);
        }
        self::assertIsString($finding['command']);
        // In one shell, because a command may change the environment of the shell.
        $doctor = implode(' ', array_map(escapeshellarg(...), [...$before, ...$this->project->command('websocket:doctor', '--json')]));
        $this->finding($this->shell("{ {$finding['command']}; } >&2; {$doctor}"), $check, 'good');

        return $finding['command'];
    }

    /**
     * @param list<string> $before
     */
    private function doctor(array $before = []): Result
    {
        return Result::of([...$before, ...$this->project->command('websocket:doctor', '--json')], $this->project->environment, '/');
    }

    /**
     * Returns the worst finding of a check.
     *
     * @return array{message: string, command: string|null}
     */
    private function finding(Result $result, string $check, string $level): array
    {
        $answer = json_decode($result->output, true);
        self::assertIsArray($answer, $result->output . $result->errors);
        self::assertSame($answer['ok'] === true ? 0 : 1, $result->status);
        self::assertIsArray($answer['findings']);
        $found = null;
        foreach ($answer['findings'] as $finding) {
            self::assertIsArray($finding);
            if ($finding['check'] === $check && ($found === null || $finding['level'] !== 'good')) {
                $found = $finding;
            }
        }
        self::assertNotNull($found, $result->output);
        self::assertSame($level, $found['level'], $result->output . $result->errors);
        self::assertIsString($found['message']);
        self::assertTrue(is_string($found['command']) || $found['command'] === null);

        return ['message' => $found['message'], 'command' => $found['command']];
    }

    private function shell(string $line): Result
    {
        return Result::of(['bash', '-c', $line], $this->project->environment, $this->project->root);
    }

    /**
     * Sets a variable in .env.
     */
    private function replace(string $assignment): void
    {
        $name = strtok($assignment, '=');
        $lines = (string) preg_replace("/^{$name}=.*\n/m", '', $this->project->read('.env'));
        $this->project->write('.env', $lines . $assignment . "\n");
    }

    /**
     * Gives PHP a setting in a folder of its own, besides those of the machine.
     */
    private function settings(string $text, string $file = '10-test.ini'): void
    {
        $this->project->write('ini/' . $file, $text);
        $this->project->environment['PHP_INI_SCAN_DIR'] = PATH_SEPARATOR . $this->project->root . '/ini';
    }

    /**
     * The extension as an earlier version had it: only the number is another one.
     */
    private function oldExtension(): string
    {
        $content = (string) file_get_contents(Extension::file());

        /* The linker lets a text that ends with the version share its bytes. */
        return $this->project->write('old.so', str_replace(Extension::VERSION . "\0", "0.0.9\0", $content));
    }

    private function certificate(int $days, int $from = -9): string
    {
        $format = static fn(int $days): string => gmdate('YmdHis\Z', time() + $days * 86_400 + 3_600);
        $command = sprintf(
            'mkdir -p tls && cd tls && openssl req -newkey rsa:2048 -nodes -subj /CN=ws.test -keyout a.key -out a.csr && chmod 600 a.key && : > index'
            . ' && printf "[ca]\ndefault_ca=c\n[c]\ndatabase=index\nnew_certs_dir=.\nrand_serial=yes\ndefault_md=sha256\npolicy=p\n[p]\nCN=supplied\n" > ca.cnf'
            . ' && openssl ca -batch -config ca.cnf -selfsign -keyfile a.key -in a.csr -startdate %s -enddate %s -out a.pem -notext',
            $format($from),
            $format($days),
        );
        $this->shell($command)->succeeded();

        return $command;
    }
}
