<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Configuration;

use Ody\Websocket\Configuration;
use Ody\Websocket\Configuration\Environment;
use Ody\Websocket\Configuration\ForeignVariables;
use Ody\Websocket\Extension;
use Ody\Websocket\Tests\Support\Client;
use Ody\Websocket\Tests\Support\Project;
use Ody\Websocket\Tests\Support\ProjectTestCase;
use PHPUnit\Framework\Attributes\DataProvider;

/**
 * The variables of Laravel Reverb and soketi take the place of ours where none of ours is set.
 */
final class ForeignVariablesTest extends ProjectTestCase
{
    private const KEY = 'gq1bvnzdhlfhrvrgdm2h';

    private const SECRET = 'rn0f4e8xvlnxnoxq4tb5';

    public function testReverb(): void
    {
        $expected = [
            'app_id' => '637184', 'api_key' => self::KEY, 'secret_key' => self::SECRET, 'host' => '127.0.0.1', 'port' => '8080', 'path' => '',
            'activity_timeout' => '30', 'pong_timeout' => '60', 'client_events' => 'members', 'limits.app_connections' => '500',
            'limits.message_size' => '20000', 'http_api.request_size' => '250000', 'cache_time' => 1800,
        ];
        $this->assertValues($expected, $this->fixture('reverb'));
    }

    public function testReverbListensWhereItDoesByDefault(): void
    {
        $expected = ['host' => '0.0.0.0', 'port' => '8080', 'app_id' => '1', 'api_key' => 'k', 'activity_timeout' => 120, 'limits.message_size' => 65536];
        $this->assertValues($expected, "REVERB_APP_KEY=k\nREVERB_HOST=ws.example.com\nREVERB_PORT=443\nREVERB_APP_MAX_CONNECTIONS=\n");
    }

    public function testReverbsAllIsNotOffered(): void
    {
        $this->assertValues(['client_events' => 'members'], "REVERB_APP_KEY=k\nREVERB_APP_ACCEPT_CLIENT_EVENTS_FROM=all\n");
        $this->assertValues(['client_events' => 'none'], "REVERB_APP_KEY=k\nREVERB_APP_ACCEPT_CLIENT_EVENTS_FROM=none\n");
    }

    public function testSoketi(): void
    {
        $hook = ['url' => 'http://127.0.0.1:9/hook', 'events' => ['channel_occupied', 'member_added'], 'channels' => ['presence-']];
        $expected = [
            'app_id' => '637184', 'api_key' => self::KEY, 'secret_key' => self::SECRET, 'app_enabled' => true, 'host' => '127.0.0.1', 'port' => '6001',
            'client_events' => 'private', 'user_authentication' => true, 'authorized_time' => 30.0, 'webhooks' => [$hook], 'cache_time' => '3600',
            'drain_time' => 1.0, 'debug' => '0', 'limits.app_connections' => 0, 'limits.events_per_second' => 0, 'limits.client_events_per_second' => '50',
            'limits.event_data_size' => 102400, 'limits.client_event_data_size' => 102400, 'limits.message_size' => 208896, 'limits.outbound_hard' => 1048576,
            'limits.events_per_batch' => '10', 'limits.channels_per_publish' => '100', 'limits.presence_members' => '100', 'limits.presence_user_info_size' => 2048,
            'limits.event_name_length' => '200', 'limits.channel_name_length' => '200',
        ];
        $this->assertValues($expected, $this->fixture('soketi'));
    }

    public function testSoketiListensWhereItDoesByDefault(): void
    {
        $expected = ['host' => '0.0.0.0', 'port' => '6001', 'app_id' => 'app-id', 'api_key' => 'app-key', 'secret_key' => 's', 'client_events' => 'none', 'limits.event_data_size' => 102400, 'limits.message_size' => 65536];
        $this->assertValues($expected, "DEFAULT_APP_SECRET=s\nSOKETI_PORT=\nHOST=10.0.0.1\nPORT=3000\n");
    }

    public function testSoketisUnits(): void
    {
        $expected = ['limits.event_data_size' => 10_240_000, 'limits.client_event_data_size' => 10_240_000, 'limits.message_size' => 20_484_096, 'limits.outbound_hard' => 20_484_096,
            'http_api.request_size' => 104_857_600, 'drain_time' => 2.5, 'limits.presence_user_info_size' => 512, 'limits.client_events_per_second' => 0];
        $this->assertValues($expected, "SOKETI_DEFAULT_APP_SECRET=s\nSOKETI_EVENT_MAX_SIZE_IN_KB=10000\nSOKETI_HTTP_MAX_REQUEST_SIZE=100\nSOKETI_SHUTDOWN_GRACE_PERIOD=2500\n"
            . "SOKETI_PRESENCE_MAX_MEMBER_SIZE=0.5\nSOKETI_DEFAULT_APP_MAX_CLIENT_EVENTS_PER_SEC=-1\n");
        $this->assertValues(['client_events' => 'none', 'limits.event_data_size' => 'much'], "SOKETI_DEFAULT_APP_ENABLE_CLIENT_MESSAGES=false\nSOKETI_EVENT_MAX_SIZE_IN_KB=much\n");
    }

    /**
     * @param list<mixed> $expected
     */
    #[DataProvider('webhooks')]
    public function testSoketisWebhooks(string $json, mixed $expected): void
    {
        $project = $this->project();
        $project->environment['SOKETI_DEFAULT_APP_WEBHOOKS'] = $json;
        $code = 'echo json_encode(Ody\Websocket\Configuration::load()->get("webhooks"));';
        self::assertSame($expected, $project->php($code)->json());
    }

    /**
     * @return iterable<string, array{string, mixed}>
     */
    public static function webhooks(): iterable
    {
        yield 'nothing but a URL' => ['[{"url":"http://a","headers":{},"filter":{"channel_name_starts_with":""}}]', [['url' => 'http://a']]];
        yield 'what has no name here' => [
            '[{"url":"http://a","headers":{"x":"y"},"filter":{"channel_name_starts_with":"a-","channel_name_ends_with":"-b"}}]',
            [['url' => 'http://a', 'channels' => ['a-'], 'headers' => ['x' => 'y'], 'filter' => ['channel_name_ends_with' => '-b']]],
        ];
        yield 'no list' => ['http://a', 'http://a'];
        yield 'no maps' => ['["http://a"]', ['http://a']];
    }

    public function testTheServerNamesWhatItCannotDo(): void
    {
        $project = $this->project();
        $project->write('.env', "DEFAULT_APP_SECRET=s\nDEFAULT_APP_WEBHOOKS='[{\"url\":\"http://a\",\"lambda_function\":\"f\"}]'\n");
        $project->artisan('websocket:start', '-d')->refused('"webhooks.0.lambda_function" is not a configuration key');
        $project->write('.env', "DEFAULT_APP_KEY=k\n");
        $project->artisan('websocket:start', '-d')->refused('"secret_key" is still the placeholder', 'loopback only');
    }

    public function testOneVariableOfOursIsEnoughToIgnoreThem(): void
    {
        foreach (['WEBSOCKET_PORT=9600', 'WEBSOCKET_DEBUG='] as $variable) {
            $values = ['api_key' => null, 'secret_key' => null, 'host' => '127.0.0.1', 'limits.message_size' => 65536];
            $this->assertValues($values, $this->fixture('reverb') . $variable . "\n");
        }
        $project = $this->project();
        $project->write('.env', $this->fixture('soketi'));
        $project->environment['WEBSOCKET_WORKER_COUNT'] = '1';
        self::assertNull($project->php('echo json_encode(Ody\Websocket\Configuration::load()->get("api_key"));')->json());
    }

    public function testOfBothReverbsCount(): void
    {
        $this->assertValues(['port' => '8080', 'api_key' => 'r'], "SOKETI_PORT=6001\nSOKETI_DEFAULT_APP_KEY=s\nREVERB_APP_KEY=r\n");
        $this->assertValues(['port' => '6001', 'api_key' => 's'], "SOKETI_PORT=6001\nSOKETI_DEFAULT_APP_KEY=s\nREVERB_APP_ID=7\n");
    }

    public function testTheyWinOverTheProjectsFileWhereTheySaySomething(): void
    {
        $project = $this->project();
        $project->write('.env', "REVERB_APP_KEY=k\n");
        $project->write('config/websocket.php', '<?php return ["port" => 1111, "api_key" => "file", "cache_time" => 60, "limits" => ["message_size" => 3000]];');
        $code = '$c = Ody\Websocket\Configuration::load(); echo json_encode([$c->get("port"), $c->get("api_key"), $c->get("cache_time"), $c->get("limits.message_size")]);';
        self::assertSame(['8080', 'k', 60, 3000], $project->php($code)->json());
    }

    #[DataProvider('servers')]
    public function testAServerStartsWithThem(string $name, string $port): void
    {
        $project = $this->project();
        $project->write('.env', $this->fixture($name));
        chmod($project->root . '/.env', 0o600);
        $project->environment[$port] = (string) Project::freePort();
        $project->artisan('websocket:start', '-d')->succeeded();
        $client = (new Client((int) $project->environment[$port], self::KEY))->open();
        $code = '$c = Ody\Websocket\Configuration::load(); $g = Ody\Websocket\Providers\Services::generator($c);
            echo json_encode($g->generatePrivateAuth(%s, "private-room"));';
        $token = $project->php(sprintf($code, var_export($client->socketId, true)), '-d', 'extension=' . Extension::file())->json();
        $client->subscribe('private-room', ['auth' => $token]);
        $project->artisan('websocket:publish', 'private-room', 'e', '{"n":1}')->succeeded();
        self::assertSame(['n' => 1], $client->next('e'));
        $doctor = $project->artisan('websocket:doctor', '--json')->output;
        self::assertStringContainsString('which comes from the variables of ' . ($name === 'reverb' ? 'Laravel Reverb' : 'soketi'), $doctor);
        self::assertStringContainsString('"keys","level":"good"', $doctor);
        $project->write('.env', str_replace(self::SECRET, str_repeat('n', 32), $this->fixture($name)));
        $project->artisan('websocket:reload')->succeeded();
        $client->sync();
        $token = $project->php(sprintf($code, var_export($client->socketId, true)), '-d', 'extension=' . Extension::file())->json();
        self::assertSame(self::KEY . ':' . hash_hmac('sha256', $client->socketId . ':private-room', str_repeat('n', 32)), $token);
    }

    /**
     * @return iterable<string, array{string, string}>
     */
    public static function servers(): iterable
    {
        yield 'Reverb' => ['reverb', 'REVERB_SERVER_PORT'];
        yield 'soketi' => ['soketi', 'SOKETI_PORT'];
    }

    public function testInstallAddsNoVariableOfOurs(): void
    {
        $project = $this->project();
        $project->write('.env', $this->fixture('reverb'));
        $output = $project->artisan('websocket:install')->succeeded()->output;
        self::assertStringContainsString("new Pusher('" . self::KEY . "', {", $output);
        self::assertStringContainsString('wsPort: 8080,', $output);
        self::assertSame($this->fixture('reverb'), $project->read('.env'));
        $project->artisan('websocket:install')->succeeded();
        $project->write('.env', "SOKETI_DEFAULT_APP_KEY=k\n");
        $project->artisan('websocket:install')->refused('variables of soketi', 'set SOKETI_DEFAULT_APP_SECRET');
    }

    public function testKeysSaysWhatItMeansForThem(): void
    {
        $project = $this->project();
        $project->write('.env', $this->fixture('reverb'));
        self::assertStringContainsString('The variables of Laravel Reverb do not count any more', $project->artisan('websocket:keys')->succeeded()->output);
        self::assertStringNotContainsString('do not count', $project->artisan('websocket:keys', '--force')->succeeded()->output);
    }

    public function testTheDoctorMendsThemAndNotOurs(): void
    {
        $project = $this->project();
        foreach ([
            [$this->fixture('reverb') . "REVERB_APP_PING_INTERVAL=0\n", 'configuration', "sed -i -E '/^ *(export +)?REVERB_APP_PING_INTERVAL *=/d' {$project->root}/.env"],
            [str_replace('=127.0.0.1', '=192.0.2.1', $this->fixture('reverb')), 'port', "sed -i -E '/^ *(export +)?REVERB_SERVER_HOST *=/d' {$project->root}/.env; echo 'REVERB_SERVER_HOST=127.0.0.1' >> {$project->root}/.env"],
        ] as [$file, $check, $command]) {
            $project->write('.env', $file);
            self::assertSame($command, $this->mend($project, $check));
        }
        $project->write('.env', "SOKETI_DEFAULT_APP_KEY=k\n");
        self::assertMatchesRegularExpression('/echo \'SOKETI_DEFAULT_APP_SECRET=[0-9a-f]{64}\' >> /', $this->mend($project, 'keys'));
    }

    public function testTheyAreDocumented(): void
    {
        $text = (string) file_get_contents(dirname(__DIR__, 3) . '/docs/migrating.md');
        $documented = [];
        preg_match_all('/^\| (`(?:REVERB|SOKETI)_.+?) \| (.+?) \|$/m', $text, $rows, PREG_SET_ORDER);
        foreach ($rows as [, $variables, $keys]) {
            preg_match_all('/`([A-Z_]+)`/', $variables, $names);
            preg_match_all('/`([a-z_]+(?:\.[a-z_]+)*)`/', $keys, $found);
            foreach ($names[1] as $index => $name) {
                $documented[$name] = $found[1][$index] ?? $found[1][0];
            }
        }
        $used = [];
        foreach ([Configuration\ReverbVariables::class => '', Configuration\SoketiVariables::class => 'SOKETI_'] as $class => $prefix) {
            $map = (new \ReflectionClassConstant($class, 'OF_KEYS'))->getValue();
            self::assertIsArray($map);
            foreach ($map as $key => $name) {
                self::assertIsString($name);
                $used[$prefix . $name] = $key;
            }
        }
        ksort($documented);
        ksort($used);
        self::assertSame($used, $documented);
    }

    public function testWithoutAnyThereAreNone(): void
    {
        self::assertNull(ForeignVariables::find(Environment::ofRoot($this->project()->root)));
    }

    private function mend(Project $project, string $check): string
    {
        $answer = json_decode($project->artisan('websocket:doctor', '--json')->output, true);
        self::assertIsArray($answer);
        self::assertIsArray($answer['findings']);
        foreach ($answer['findings'] as $finding) {
            self::assertIsArray($finding);
            if ($finding['check'] === $check && is_string($finding['command'])) {
                return $finding['command'];
            }
        }
        self::fail(sprintf('%s finds nothing: %s', $check, (string) json_encode($answer)));
    }

    private function fixture(string $name): string
    {
        $text = file_get_contents(sprintf('%s/tests/integration/fixtures/%s.env', dirname(__DIR__, 3), $name));
        self::assertIsString($text);

        return $text;
    }

    /**
     * @param array<string, mixed> $expected dotted key => value
     */
    private function assertValues(array $expected, string $file): void
    {
        $project = $this->project();
        $project->write('.env', $file);
        $code = sprintf('$c = Ody\Websocket\Configuration::load(); $values = []; foreach (%s as $key) { $values[$key] = $c->get($key); }
            echo json_encode($values, JSON_PRESERVE_ZERO_FRACTION);', var_export(array_keys($expected), true));
        self::assertSame($expected, $project->php($code)->json());
    }
}
