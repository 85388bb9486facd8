<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Worker;

use Ody\Websocket\Tests\Support\Client;
use Ody\Websocket\Tests\Support\WorkerTestCase;
use PHPUnit\Framework\Attributes\DataProvider;

/**
 * The server's own supervision of PHP workers: it starts them, replaces them, and lets them run new code.
 */
final class ReplacementTest extends WorkerTestCase
{
    private const CONFIGURATION = "['channel_handlers' => ['custom' => App\\Versioned::class], 'listeners' => []]";

    public function testAReloadBringsNewCodeToConnectionsThatStay(): void
    {
        $server = $this->serverWith(self::code('one'), self::CONFIGURATION, 2);
        $client = $server->client()->open();
        $client->subscribe('custom-room');
        self::assertSame('one', $this->version($client));

        $server->project->write('app.php', "<?php\nnamespace App;\n" . self::code('two'));
        self::assertSame('one', $this->version($client));
        $server->project->artisan('websocket:reload')->succeeded();
        $server->awaitLog('php worker ready', 4);
        self::assertSame('two', $this->version($client));
        self::assertStringNotContainsString('"level":"error"', $server->log());
    }

    public function testARestartBringsNewCodeToo(): void
    {
        $server = $this->serverWith(self::code('one'), self::CONFIGURATION, 2);
        $client = $server->client()->open();
        $client->subscribe('custom-room');
        $server->project->write('app.php', "<?php\nnamespace App;\n" . self::code('two'));
        $server->project->artisan('websocket:restart')->succeeded();
        self::assertSame(4200, $client->closed());
        $again = $server->client()->open();
        $again->subscribe('custom-room');
        self::assertSame('two', $this->version($again));
        $server->awaitLog('the replaced engine is gone');
        self::assertStringNotContainsString('"level":"error"', $server->log());
    }

    public function testCodeThatCannotBeLoadedIsSaidAgainAndAgainButNotTooOften(): void
    {
        $server = $this->serverWith(self::code('one'), self::CONFIGURATION);
        $server->project->write('app.php', '<?php namespace App; throw new \LogicException("no luck today");');
        // The configuration loads the same file, so nothing is changed.
        $server->project->artisan('websocket:reload')->refused('no luck today');
        posix_kill($server->workers()[0], SIGKILL);
        $server->awaitLog('a php worker failed', 2);
        self::assertStringContainsString('no luck today', $server->log());
        $server->project->write('app.php', "<?php\nnamespace App;\n" . self::code('two'));
        $server->awaitLog('php worker ready', 2);
        $client = $server->client()->open();
        $client->subscribe('custom-room');
        self::assertSame('two', $this->version($client));
    }

    /**
     * What no exception tells of is in the log too.
     */
    #[DataProvider('ends')]
    public function testAnEndBeforeAWorkerIsReadyIsLogged(string $code, string $logged): void
    {
        $server = $this->serverWith(self::code('one'), self::CONFIGURATION);
        $server->project->write('config/websocket.php', '<?php
            spl_autoload_register(static function (string $class): void { require __DIR__ . "/../broken.php"; });
            return ["channel_handlers" => ["custom" => "App\\Broken"]];');
        $server->project->write('broken.php', "<?php\nnamespace App;\n" . $code);
        posix_kill($server->workers()[0], SIGKILL);
        $server->awaitLog($logged);
    }

    /**
     * @return array<string, array{string, string}>
     */
    public static function ends(): array
    {
        return [
            'a fatal error' => ['class Broken implements \Countable {}', 'a fatal error ended the PHP worker: Class App\Broken contains 1 abstract method'],
            'exit()' => ['exit("no more");', 'the application ended the PHP worker before it was ready'],
        ];
    }

    public function testTheFirstHandlerComesWithARestart(): void
    {
        $server = $this->serverWith('', '[]', 0);
        $client = $server->client()->open();
        $server->project->environment['WEBSOCKET_PHP_WORKERS'] = '1';
        $server->project->write('app.php', "<?php\nnamespace App;\n" . self::code('one'));
        $server->project->write('config/websocket.php', "<?php\nrequire_once __DIR__ . '/../app.php';\nreturn ['php_workers' => ['num' => 1]] + " . self::CONFIGURATION . ';');
        $server->project->artisan('websocket:restart')->succeeded();
        self::assertSame(4200, $client->closed());
    }

    private function version(Client $client): mixed
    {
        $client->event('custom-room', 'client-version', []);
        $answer = $client->next('version');

        return is_array($answer) ? $answer['version'] ?? null : null;
    }

    private static function code(string $version): string
    {
        return sprintf(<<<'PHP'
            class Versioned extends \Ody\Websocket\Channel\PublicChannelHandler
            {
                public function onClientEvent(string $clientId, string $channel, string $event, array $data, \Ody\Websocket\Channel\ChannelManager $manager): mixed
                {
                    $manager->whisper($clientId, 'version', ['version' => '%s'], $channel);
                    return false;
                }
            }
            PHP, $version);
    }
}
