<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Webhooks;

use Ody\Websocket\Tests\Support\Client;
use Ody\Websocket\Tests\Support\Project;
use Ody\Websocket\Tests\Support\ProjectTestCase;

/**
 * The receiver of docs/webhooks.md, as it stands there, told by a real server.
 */
final class DocumentationTest extends ProjectTestCase
{
    public function testTheDocumentedReceiverTakesWhatIsSignedAndNothingElse(): void
    {
        $project = $this->projectWithServer();
        $text = file_get_contents(dirname(__DIR__, 3) . '/docs/webhooks.md');
        self::assertSame(1, preg_match('~^```php\n// public/hook\.php\n(.*?)^```$~ms', (string) $text, $block));
        $project->write('public/hook.php', "<?php\n" . $block[1]);
        $port = Project::freePort();
        $project->write('config/websocket.php', "<?php return ['webhooks' => [['url' => 'http://127.0.0.1:$port/hook.php']]];");
        $environment = ['WEBSOCKET_API_KEY' => 'test-key', 'WEBSOCKET_SECRET_KEY' => 'test-secret'] + getenv();
        $log = $project->root . '/hook.log';
        $receiver = proc_open(
            [PHP_BINARY, '-d', 'log_errors=1', '-d', "error_log=$log", '-S', "127.0.0.1:$port", '-t', $project->root . '/public'],
            [1 => ['file', '/dev/null', 'w'], 2 => ['file', '/dev/null', 'w']],
            $pipes,
            null,
            $environment,
        );
        self::assertIsResource($receiver);
        $project->artisan('websocket:start', '-d')->succeeded();
        $client = (new Client($project->port(), 'test-key'))->open();
        $client->subscribe('orders');
        try {
            self::awaitLine($log, 'channel_occupied in orders');
            self::assertSame(401, self::statusOf($port, []));
            self::assertSame(401, self::statusOf($port, ['X-Pusher-Key: test-key', 'X-Pusher-Signature: ' . str_repeat('0', 64)]));
            self::assertSame(401, self::statusOf($port, ['X-Pusher-Key: other', 'X-Pusher-Signature: ' . hash_hmac('sha256', '{}', '')]));
            self::assertStringNotContainsString('Warning', (string) file_get_contents($log));
        } finally {
            proc_terminate($receiver);
            proc_close($receiver);
        }
    }

    private static function awaitLine(string $file, string $line): void
    {
        for ($deadline = microtime(true) + 20; microtime(true) < $deadline; usleep(10_000)) {
            if (is_file($file) && str_contains((string) file_get_contents($file), $line)) {
                return;
            }
        }
        self::fail("\"$line\" did not come.");
    }

    /**
     * @param list<string> $headers
     */
    private static function statusOf(int $port, array $headers): int
    {
        $context = stream_context_create(['http' => ['method' => 'POST', 'content' => '{}', 'header' => ['Content-Type: application/json', ...$headers], 'ignore_errors' => true]]);
        file_get_contents("http://127.0.0.1:$port/hook.php", false, $context);

        return (int) explode(' ', $http_response_header[0] ?? ' 0')[1];
    }
}
