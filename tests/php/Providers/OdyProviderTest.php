<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Providers;

use Ody\Websocket\Console\Commands;
use Ody\Websocket\Tests\Support\Client;
use Ody\Websocket\Tests\Support\ProjectTestCase;
use Ody\Websocket\Tests\Support\Result;
use Ody\Websocket\Tests\Support\Subscriber;
use PHPUnit\Framework\Attributes\DataProvider;

/**
 * The provider for the Ody framework, on doubles of its container and its base class.
 */
final class OdyProviderTest extends ProjectTestCase
{
    /**
     * @return array<string, array{string}>
     */
    public static function names(): array
    {
        return ['its name' => ['WebsocketChannelServiceProvider'], 'its name before' => ['WebsocketServiceProvider']];
    }

    #[DataProvider('names')]
    public function testItsServicesReachTheServer(string $name): void
    {
        $project = $this->projectWithServer();
        $project->artisan('websocket:start', '-d')->succeeded();
        $client = new Subscriber($project->port(), 'test-key', 'room');
        $code = self::boot($name) . 'use Ody\Websocket\Channel; use Ody\Websocket\Facades\WebSocket; echo json_encode([
            $container->make(Channel\Publisher::class)->publish("room", "e", ["n" => 1]),
            $container->make("websocket.channel") === $container->make(Channel\ChannelClient::class),
            WebSocket::client()::class, WebSocket::publish("room", "e", ["n" => 2]),
            $container->make(Channel\ChannelAuthGenerator::class)->generatePrivateAuth("1.2", "private-a")]);';
        $answer = $project->native($code)->json();
        self::assertIsArray($answer);
        unset($answer[2]);
        $token = 'test-key:' . hash_hmac('sha256', '1.2:private-a', 'test-secret');
        self::assertSame([1, true, 1, $token], array_values($answer));
        self::assertSame('{"n":1}', $client->next('e'));
        self::assertSame('{"n":2}', $client->next('e'));
    }

    public function testItBringsCommandsAndConfiguration(): void
    {
        $code = self::boot('WebsocketChannelServiceProvider') . 'echo json_encode([array_keys($provider->commands), $provider->published]);';
        $files = [dirname(__DIR__, 3) . '/php/src/Configuration/../../config/websocket.php' => 'websocket.php'];
        $expected = [array_values(Commands::CLASSES), ['ody/websocket' => ['config' => $files]]];
        self::assertSame($expected, $this->project()->native($code)->json());
    }

    public function testWhatAnotherProviderRegistersIsRunByWorkers(): void
    {
        $project = $this->projectWithServer();
        $project->write('ody', "<?php\n\nrequire __DIR__ . '/vendor/autoload.php';\nOdy\\Websocket\\Extension::load(\$argv);\n"
            . self::boot('WebsocketChannelServiceProvider') . <<<'PHP'

            final class Door extends Ody\Websocket\Channel\PublicChannelHandler
            {
                public function authorize(string $clientId, string $channel, array $data): bool
                {
                    return $channel === 'custom-open';
                }
            }
            $container->make(Ody\Websocket\Channel\ChannelManager::class)->registerChannelHandler('custom', new Door());
            $console = new Symfony\Component\Console\Application();
            array_map($console->add(...), array_values($provider->commands));
            exit($console->run());
            PHP);
        Result::of([PHP_BINARY, $project->root . '/ody', 'websocket:start', '-d'], $project->environment, '/')->succeeded();
        $client = (new Client($project->port(), 'test-key'))->open();
        $client->subscribe('custom-open');
        $client->send(['event' => 'pusher:subscribe', 'data' => ['channel' => 'custom-closed']]);
        $client->next('pusher:error');
    }

    public function testTheGeneratorWithoutKeysSaysHowToGetThem(): void
    {
        $code = self::boot('WebsocketChannelServiceProvider') . 'try { $container->make(Ody\Websocket\Channel\ChannelAuthGenerator::class); }
            catch (Ody\Websocket\Configuration\ConfigurationFileException $error) { echo json_encode($error->getMessage()); }';
        $message = $this->project()->native($code)->json();
        self::assertIsString($message);
        self::assertStringContainsString('websocket:keys', $message);
    }

    private static function boot(string $name): string
    {
        $doubles = dirname(__DIR__) . '/Doubles/Ody';

        return sprintf(
            'require %s; require %s; $container = new Ody\Container\Container(); $provider = new Ody\Websocket\Providers\%s($container); $provider->register(); $provider->boot(); ',
            var_export($doubles . '/Container.php', true),
            var_export($doubles . '/ServiceProvider.php', true),
            $name,
        );
    }
}
