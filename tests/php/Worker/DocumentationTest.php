<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Worker;

use Ody\Websocket\Channel\ChannelAuthGenerator;
use Ody\Websocket\Tests\Support\Json;
use Ody\Websocket\Tests\Support\WorkerProject;
use Ody\Websocket\Tests\Support\WorkerTestCase;

/**
 * What docs/extending.md shows, in a project of its own.
 */
final class DocumentationTest extends WorkerTestCase
{
    public function testTheDocumentedCodeDoesWhatIsSaid(): void
    {
        $files = self::files();
        self::assertSame(['src/AuctionHandler.php', 'src/QuietHours.php', 'src/Journal.php', 'config/websocket.php'], array_keys($files));
        $project = $this->projectWithServer();
        foreach ($files as $path => $code) {
            $project->write($path, "<?php\n" . $code);
        }
        $load = 'spl_autoload_register(function (string $class): void { if (str_starts_with($class, "App\\\\")) { '
            . 'require dirname(__DIR__) . "/src/" . substr($class, 4) . ".php"; } });';
        $project->write('config/websocket.php', "<?php\n" . $load . $files['config/websocket.php']);
        $server = new WorkerProject($project);

        $one = $server->client()->open();
        $two = $server->client()->open();
        $one->send(['event' => 'pusher:subscribe', 'data' => ['channel' => 'private-auction-7', 'auth' => 'wrong']]);
        self::assertSame('Subscription to private-auction-7 not authorized', Json::at($one->next('pusher:error'), 'message'));
        $one->next('pusher:subscription_error');
        $generator = new ChannelAuthGenerator('test-secret', 'test-key');
        foreach ([$one, $two] as $client) {
            $client->subscribe('private-auction-7', ['auth' => $generator->generatePrivateAuth($client->socketId, 'private-auction-7')]);
        }
        $one->event('private-auction-7', 'client-bid', []);
        self::assertSame('A bid needs an amount.', Json::at($one->next('pusher:error'), 'message'));
        $one->event('private-auction-7', 'client-bid', ['amount' => 5000]);
        self::assertSame(['limit' => 1000], $one->next('ask-first'));
        $one->event('private-auction-7', 'client-bid', ['amount' => 50]);
        self::assertSame(['amount' => 50], $two->next('client-bid'));
        $one->send(['event' => 'pusher:unsubscribe', 'data' => ['channel' => 'private-auction-7']]);
        $two->send(['event' => 'pusher:unsubscribe', 'data' => ['channel' => 'private-auction-7']]);
        foreach ([$one, $two] as $client) {
            $client->subscribe('lobby');
        }
        $one->event('lobby', 'client-time', []);
        self::assertSame(['is' => 'late'], $one->next('time'));
        $one->event('lobby', 'client-say', ['shout' => 'HELLO']);
        self::assertSame(['text' => 'hello'], $two->next('client-say'));
        $one->event('lobby', 'client-noise', []);
        self::assertSame('Quiet, please', Json::at($one->next('pusher:error'), 'message'));
        $project->write('config/closed', '');
        $late = $server->client();
        self::assertSame('We are closed', Json::at($late->next('pusher:error'), 'message'));
        self::assertSame(4100, $late->closed());
        $one->leave();
        $two->leave();
        // It is there before the first line is in it.
        $journal = $project->root . '/src/journal.txt';
        for ($deadline = microtime(true) + 30; (string) @file_get_contents($journal) === '' && microtime(true) < $deadline;) {
            usleep(10_000);
        }
        self::assertMatchesRegularExpression('/^(private-auction-7|lobby)$/m', $project->read('src/journal.txt'));
    }

    /**
     * @return array<string, string> path => code
     */
    private static function files(): array
    {
        $text = file_get_contents(dirname(__DIR__, 3) . '/docs/extending.md');
        self::assertIsString($text);
        preg_match_all('~^```php\n// (\S+\.php)\n(.*?)^```$~ms', $text, $blocks);

        return array_combine($blocks[1], $blocks[2]);
    }
}
