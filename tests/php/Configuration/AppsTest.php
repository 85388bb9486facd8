<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Configuration;

use Ody\Websocket\Extension;
use Ody\Websocket\Tests\Support\Client;
use Ody\Websocket\Tests\Support\Project;
use Ody\Websocket\Tests\Support\ProjectTestCase;

/**
 * Several apps in a project, as docs/apps.md has them.
 */
final class AppsTest extends ProjectTestCase
{
    public function testPhpReachesAnotherAppOverHttp(): void
    {
        $project = $this->started(false);
        $client = self::subscriber($project);
        self::assertSame(1, self::publish($project, $project->port()));
        self::assertSame(['id' => 7], $client->next('shipped'));
    }

    public function testTheHttpApiHasAnAddressOfItsOwn(): void
    {
        $project = $this->started(true);
        $port = (int) $project->environment['WEBSOCKET_HTTP_PORT'];
        $client = self::subscriber($project);
        self::assertSame(1, self::publish($project, $port));
        self::assertSame(['id' => 7], $client->next('shipped'));
        self::assertStringContainsString('404', self::shown($project->port()));
        self::assertStringContainsString("answers at http://127.0.0.1:{$port}.", $project->artisan('websocket:doctor')->output);
    }

    public function testTheStatusHasANumberForEach(): void
    {
        $project = $this->started(false);
        $client = self::subscriber($project);
        $lines = $project->artisan('websocket:status')->succeeded()->output;
        $client->sync();
        self::assertStringContainsString("apps                2\n  1                 0 connections, 0 channels, 0 subscriptions, 0 messages published\n  shop              1 connections, 1 channels, 1 subscriptions, 0 messages published\n", $lines);
    }

    private function started(bool $http): Project
    {
        $project = $this->projectWithServer();
        $project->environment += $http ? ['WEBSOCKET_HTTP_PORT' => (string) Project::freePort()] : [];
        $project->write('config/websocket.php', '<?php return ["apps" => [["id" => "shop", "key" => "shop-key", "secret" => "shop-secret"]]];');
        $project->artisan('websocket:start', '-d')->succeeded();

        return $project;
    }

    private static function subscriber(Project $project): Client
    {
        $client = (new Client($project->port(), 'shop-key'))->open();
        $client->subscribe('orders');

        return $client;
    }

    private static function publish(Project $project, int $port): mixed
    {
        $text = (string) file_get_contents(dirname(__DIR__, 3) . '/docs/apps.md');
        self::assertSame(1, preg_match('/^(\$publisher = .*?\(\'orders\'.*?\);)$/ms', $text, $snippet));
        $code = 'use Ody\Websocket\Configuration; use Ody\Websocket\Channel\HttpPublisher; $key = "shop-key"; $secret = "shop-secret"; '
            . str_replace(['127.0.0.1:9502', '$publisher->publish'], ['127.0.0.1:' . $port, 'echo $publisher->publish'], $snippet[1]);

        return $project->php($code, '-d', 'extension=' . Extension::file())->json();
    }

    /**
     * What a port says to somebody who wants the API.
     */
    private static function shown(int $port): string
    {
        $stream = stream_socket_client('tcp://127.0.0.1:' . $port);
        self::assertIsResource($stream);
        fwrite($stream, "GET /up HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        return (string) fgets($stream);
    }
}
