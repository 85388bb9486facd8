<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Console;

use Ody\Websocket\Configuration;
use Ody\Websocket\Configuration\Environment;
use Ody\Websocket\Console\Doctor\Finding;
use Ody\Websocket\Console\Doctor\HttpCheck;
use Ody\Websocket\Console\HttpAddress;
use Ody\Websocket\Tests\Support\Project;
use Ody\Websocket\Tests\Support\ProjectTestCase;
use PHPUnit\Framework\Attributes\DataProvider;

/**
 * Where the HTTP API is, and what the doctor says about it.
 */
final class HttpCheckTest extends ProjectTestCase
{
    /** Answers one request, which it prints. */
    private const ANSWERS = '$server = stream_socket_server("tcp://127.0.0.1:0"); echo stream_socket_get_name($server, false), "\n";
        $client = stream_socket_accept($server, 20); echo fgets($client); fwrite($client, "HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n");';

    /**
     * @param array<string, mixed> $values
     */
    #[DataProvider('addresses')]
    public function testTheAddress(array $values, ?string $url, ?string $socket): void
    {
        // The packaged file reads the variables of whatever project was loaded last.
        Environment::use(Environment::ofThisProcess());
        $configuration = Configuration::ofValues('/', $values);
        self::assertSame([$url, $socket], [HttpAddress::of($configuration)?->url(), HttpAddress::of($configuration)?->socket()]);
    }

    /**
     * @return iterable<string, array{array<string, mixed>, string|null, string|null}>
     */
    public static function addresses(): iterable
    {
        $tls = ['ssl' => ['ssl_cert_file' => '/a.pem', 'ssl_key_file' => '/a.key']];
        yield 'the port of the WebSocket' => [[], 'http://127.0.0.1:9502', 'tcp://127.0.0.1:9502'];
        yield 'every address, and a path' => [['host' => '0.0.0.0', 'port' => '80', 'path' => 'ws/'], 'http://127.0.0.1:80/ws', 'tcp://127.0.0.1:80'];
        yield 'every address of IPv6' => [['host' => '::', 'http_api' => ['port' => 9503]], 'http://[::1]:9503', 'tcp://[::1]:9503'];
        yield 'an address of its own' => [['http_api' => ['listen' => '[fd00::1]:9503']], 'http://[fd00::1]:9503', 'tcp://[fd00::1]:9503'];
        yield 'TLS' => [$tls + ['http_api' => ['port' => '9503']], 'https://127.0.0.1:9503', 'tls://127.0.0.1:9503'];
        yield 'TLS without a port' => [$tls, null, null];
        yield 'off' => [['http_api' => ['enabled' => 'false']], null, null];
    }

    public function testWhatTheDoctorSays(): void
    {
        $project = $this->project();
        $project->write('.env', sprintf("WEBSOCKET_API_KEY=k\nWEBSOCKET_SECRET_KEY=s\nWEBSOCKET_WORKER_COUNT=1\nWEBSOCKET_DRAIN_TIME=0\nWEBSOCKET_PORT=%d\n", Project::freePort()));
        $configuration = Configuration::ofRoot($project->root);
        self::assertSame([], (new HttpCheck())->findings($configuration));
        $project->artisan('websocket:start', '-d')->succeeded();
        $this->says('good The HTTP API answers at http://%s.', $configuration, '200 OK', 'GET /up HTTP/1.1');
        $this->says('good The HTTP API answers at http://%s/ws.', $configuration->with('path', '/ws'), '200 OK', 'GET /ws/up HTTP/1.1');
        $this->says('failure The HTTP API at http://%s answers "HTTP/1.1 503 Not now" to /up.', $configuration, '503 Not now', 'GET /up HTTP/1.1');
        $nobody = $configuration->with('http_api.listen', '127.0.0.1:' . Project::freePort());
        self::assertStringContainsString('does not answer at http://127.0.0.1:', self::only($nobody)->message);
        self::assertStringContainsString('there is no HTTP API', self::only($configuration->with('http_api.enabled', false))->message);
        self::assertStringContainsString('"http_api.port" is not set', self::only($configuration->with('ssl.ssl_cert_file', '/a.pem'))->message);
    }

    private static function only(Configuration $configuration): Finding
    {
        $findings = (new HttpCheck())->findings($configuration);
        self::assertCount(1, $findings);

        return $findings[0];
    }

    /**
     * Lets another program answer.
     *
     * @param string $expected level and message, with the address as %s
     */
    private function says(string $expected, Configuration $configuration, string $answer, string $request): void
    {
        $process = proc_open([PHP_BINARY, '-n', '-r', sprintf(self::ANSWERS, $answer)], [1 => ['pipe', 'w']], $pipes);
        self::assertIsResource($process);
        $address = trim((string) fgets($pipes[1]));
        $finding = self::only($configuration->with('http_api.listen', $address));
        self::assertSame($request, trim((string) fgets($pipes[1])));
        proc_close($process);
        self::assertSame(sprintf($expected, $address), $finding->level->value . ' ' . $finding->message);
    }
}
