<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Channel;

use Ody\Websocket\Tests\Support\ProjectTestCase;

/**
 * How a process reaches the server, in processes of their own.
 */
final class ConnectionTest extends ProjectTestCase
{
    private const PUBLISHER = 'use Ody\Websocket\{Configuration, Channel\Connection};
        try { echo json_encode([get_class(Connection::publisher(Configuration::load())), Connection::ofConfiguration(Configuration::load())]); }
        catch (Throwable $e) { echo json_encode($e->getMessage()); }';

    public function testWithoutAWordItIsTheSocket(): void
    {
        $project = $this->projectWithServer();
        self::assertSame(
            ['Ody\Websocket\Channel\UnixPublisher', ['http' => false, 'address' => $project->root . '/storage/websocket/ody.sock']],
            $project->native(self::PUBLISHER)->json(),
        );
    }

    public function testAnotherSocketOrAnotherMachine(): void
    {
        $project = $this->projectWithServer();
        $project->environment['WEBSOCKET_CONNECTION'] = 'unix:///run/other.sock';
        self::assertSame(['Ody\Websocket\Channel\UnixPublisher', ['http' => false, 'address' => '/run/other.sock']], $project->native(self::PUBLISHER)->json());
        $project->environment['WEBSOCKET_CONNECTION'] = 'https://ws.example.com:8443/';
        self::assertSame(['Ody\Websocket\Channel\HttpPublisher', ['http' => true, 'address' => 'https://ws.example.com:8443']], $project->php(self::PUBLISHER)->json());
    }

    public function testNonsenseIsNamed(): void
    {
        $project = $this->projectWithServer();
        foreach (['ftp://x', 'localhost:9502', 'http://', 'unix://relative', 'http://user:hidden@host', 'http://host?hidden'] as $value) {
            $project->environment['WEBSOCKET_CONNECTION'] = $value;
            $message = $project->native(self::PUBLISHER)->json();
            self::assertIsString($message);
            self::assertStringContainsString('"connection" must be', $message);
            self::assertStringNotContainsString('hidden', $message);
        }
    }

    public function testEmptyVariablesMeanTheDefaults(): void
    {
        $project = $this->projectWithServer();
        foreach (['WEBSOCKET_MISSING_CHANNEL', 'WEBSOCKET_TIMEOUT', 'WEBSOCKET_PATH', 'WEBSOCKET_APP_ID'] as $variable) {
            $project->environment[$variable] = 'null';
        }
        self::assertStringContainsString('UnixPublisher', $project->native(self::PUBLISHER)->output);
        $project->environment['WEBSOCKET_CONNECTION'] = 'http://ws.example.com';
        self::assertStringContainsString('HttpPublisher', $project->php(self::PUBLISHER)->output);
        $project->environment['WEBSOCKET_SECRET_KEY'] = '';
        self::assertSame('"connection" is an HTTP address, which needs "secret_key".', $project->php(self::PUBLISHER)->json());
    }

    public function testWithoutAnHttpClientItSaysWhatToInstall(): void
    {
        $project = $this->projectWithServer();
        $project->environment['WEBSOCKET_CONNECTION'] = 'http://ws.example.com';
        $code = 'spl_autoload_functions()[0][0]->setPsr4("GuzzleHttp\\\\", []); ' . self::PUBLISHER;
        $message = $project->php($code)->json();
        self::assertIsString($message);
        self::assertStringContainsString('composer require guzzlehttp/guzzle', $message);
    }

    public function testPublishesOverHttpWithoutTheExtension(): void
    {
        $project = $this->projectWithServer();
        $project->write('api.php', <<<'PHP'
            <?php
            file_put_contents(__DIR__ . '/seen', $_SERVER['REQUEST_METHOD'] . ' ' . $_SERVER['SCRIPT_NAME'] . ' ' . file_get_contents('php://input'));
            header('Content-Type: application/json');
            echo '{"channels":{"my-channel":{"subscription_count":3}},"sent_to":2}';
            PHP);
        $port = \Ody\Websocket\Tests\Support\Project::freePort();
        $server = proc_open(
            [PHP_BINARY, '-n', '-S', "127.0.0.1:{$port}", $project->root . '/api.php'],
            [['file', '/dev/null', 'r'], ['file', '/dev/null', 'w'], ['file', '/dev/null', 'w']],
            $pipes,
        );
        self::assertIsResource($server);
        try {
            for ($tries = 0; $tries < 1500 && @fsockopen('127.0.0.1', $port) === false; $tries++) {
                usleep(20000);
            }
            $project->environment['WEBSOCKET_CONNECTION'] = "http://127.0.0.1:{$port}";
            $project->environment['WEBSOCKET_APP_ID'] = '7';
            $code = 'var_dump(extension_loaded("ody_websocket")); echo Ody\Websocket\Facades\WebSocket::publish("my-channel", "e", ["a" => 1]);';
            self::assertStringEndsWith("bool(false)\n2", $project->php($code)->output);
            self::assertStringStartsWith('POST /apps/7/events {"name":"e","data":"{\"a\":1}"', $project->read('seen'));
        } finally {
            proc_terminate($server);
            proc_close($server);
        }
    }
}
