<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Laravel;

use Ody\Websocket\Console\Commands;
use Ody\Websocket\Tests\Support\Subscriber;

/**
 * What the provider brings into a Laravel application, which finds it by itself.
 */
final class ProviderTest extends LaravelTestCase
{
    public function testServicesAreInTheContainerOnce(): void
    {
        $code = 'echo json_encode([
            $app->make(Ody\Websocket\Channel\Publisher::class) === $app->make(Ody\Websocket\Channel\Publisher::class),
            $app->make("websocket.channel") === $app->make(Ody\Websocket\Channel\ChannelClient::class),
            $app->make(Ody\Websocket\Worker\ResetsState::class)::class,
            $app->make(Ody\Websocket\Channel\ChannelAuthGenerator::class)->generatePrivateAuth("1.2", "private-a"),
        ]);';
        $token = 'test-key:' . hash_hmac('sha256', '1.2:private-a', 'test-secret');
        self::assertSame([true, true, 'Ody\Websocket\Laravel\LaravelState', $token], $this->laravel()->run($code)->json());
    }

    public function testTheFacadeAndThePublisherReachTheServer(): void
    {
        $laravel = $this->laravelWithRunningServer();
        $client = new Subscriber($laravel->project->port(), 'test-key', 'room');
        $code = 'echo json_encode([WebSocket::publish("room", "e", ["n" => 1]),
            $app->make(Ody\Websocket\Channel\Publisher::class)->publish("room", "e", ["n" => 2])]);';
        self::assertSame([1, 1], $laravel->run($code)->json());
        self::assertSame('{"n":1}', $client->next('e'));
        self::assertSame('{"n":2}', $client->next('e'));
    }

    public function testThePublisherAsksWhatTheClientAsks(): void
    {
        $laravel = $this->laravelWithRunningServer();
        $client = new Subscriber($laravel->project->port(), 'test-key', 'room');
        $code = sprintf('$publisher = $app->make(Ody\Websocket\Channel\Publisher::class); $id = %s; echo json_encode([
            $publisher->publishToChannels(["room", "empty"], "e", ["n" => 1], $id), $publisher->whisper($id, "e", ["n" => 2], "room"),
            $publisher->getSubscribers("room"), $publisher->isSubscribed($id, "empty"), $publisher->channelExists("room"),
            array_keys($publisher->getChannels())]);', var_export($client->socketId, true));
        self::assertSame([0, true, [$client->socketId], false, true, ['room']], $laravel->run($code)->json());
        self::assertSame('{"n":2}', $client->next('e'));
    }

    public function testConfigurationOfLaravelIsTheConfiguration(): void
    {
        $laravel = $this->laravel();
        $laravel->project->write('config/websocket.php', '<?php return ["api_key" => "of-laravel", "socket" => ["group" => "www-data"],
            "additional" => ["log_file" => "storage/old.log"], "routes" => true];');
        $code = '$c = Ody\Websocket\Configuration::load(); echo json_encode([$c->root(), $c->get("api_key"), $c->get("secret_key"),
            $c->get("socket"), $c->get("log.file"), $c->get("routes"), config("websocket.port"), config("websocket.routes"),
            $c === $app->make(Ody\Websocket\Configuration::class)]);';
        $root = $laravel->project->root;
        $socket = ['path' => $root . '/storage/websocket/ody.sock', 'group' => 'www-data'];
        $expected = [$root, 'of-laravel', 'test-secret', $socket, $root . '/storage/old.log', null, (string) $laravel->project->port(), true, true];
        self::assertSame($expected, $laravel->run($code)->json());
    }

    public function testReloadReadsLaravelsConfigurationAnew(): void
    {
        $code = 'use Ody\Websocket\Configuration; $keys = [Configuration::load()->get("api_key")]; config(["websocket.api_key" => "new"]);
            $keys[] = Configuration::load()->get("api_key"); $keys[] = Configuration::reload()->get("api_key"); echo json_encode($keys);';
        self::assertSame(['test-key', 'test-key', 'new'], $this->laravel()->run($code)->json());
    }

    public function testACachedConfigurationNeedsNoVariables(): void
    {
        $laravel = $this->laravel();
        $port = $laravel->project->port();
        $laravel->project->write('config/websocket.php', '<?php return ["socket" => ["group" => env("GROUP")]];');
        $laravel->project->environment['GROUP'] = 'www-data';
        $laravel->artisan('config:cache')->succeeded();
        $variables = ['PATH' => true, 'HOME' => true, 'QUEUE_CONNECTION' => true];
        $laravel->project->environment = array_intersect_key($laravel->project->environment, $variables);
        $code = '$c = Ody\Websocket\Configuration::load(); echo json_encode([$c->get("api_key"), $c->get("port"), $c->get("socket.group"),
            get_class(Broadcast::connection())]);';
        $expected = ['test-key', (string) $port, 'www-data', 'Ody\Websocket\Laravel\OdyBroadcaster'];
        self::assertSame($expected, $laravel->run($code)->json());
    }

    public function testTheVariablesOfReverbCountWhereNoneOfOursIsSet(): void
    {
        $laravel = $this->laravel();
        $laravel->artisan('vendor:publish', '--tag=websocket-config')->succeeded();
        $laravel->project->write('.env', "REVERB_APP_KEY=of-reverb\nREVERB_APP_SECRET=secret-of-reverb\nREVERB_PORT=443\n");
        $code = '$c = Ody\Websocket\Configuration::load(); echo json_encode([$c->get("api_key"), $c->get("host"), $c->get("port"), config("websocket.port"),
            $app->make(Ody\Websocket\Channel\ChannelAuthGenerator::class)->generatePrivateAuth("1.2", "private-a")]);';
        self::assertIsArray($ours = $laravel->run($code)->json());
        self::assertSame('test-key', $ours[0]);
        $isOther = static fn(string $name): bool => !str_starts_with($name, 'WEBSOCKET_');
        $laravel->project->environment = array_filter($laravel->project->environment, $isOther, ARRAY_FILTER_USE_KEY);
        $token = 'of-reverb:' . hash_hmac('sha256', '1.2:private-a', 'secret-of-reverb');
        self::assertSame(['of-reverb', '0.0.0.0', '8080', '8080', $token], $laravel->run($code)->json());
        $laravel->project->write('config/websocket.php', '<?php return ["port" => 9600, "api_key" => env("WEBSOCKET_API_KEY")];');
        self::assertSame(['of-reverb', '0.0.0.0', 9600, 9600, $token], $laravel->run($code)->json());
        $laravel->artisan('config:cache')->succeeded();
        $laravel->project->write('.env', '');
        self::assertSame(['of-reverb', '0.0.0.0', 9600, 9600, $token], $laravel->run($code)->json());
    }

    public function testAConnectionOfTheApplicationStays(): void
    {
        $laravel = $this->laravel();
        $laravel->project->write('config/broadcasting.php', '<?php return ["connections" => ["ody" => ["driver" => "log"]]];');
        self::assertSame('log', $laravel->run('echo json_encode(config("broadcasting.connections.ody.driver"));')->json());
    }

    public function testThePublishedFileLoads(): void
    {
        $laravel = $this->laravel();
        $laravel->artisan('vendor:publish', '--tag=websocket-config')->succeeded();
        $packaged = dirname(__DIR__, 3) . '/php/config/websocket.php';
        self::assertFileEquals($packaged, $laravel->project->root . '/config/websocket.php');
        self::assertSame('test-key', $laravel->run('echo json_encode(config("websocket.api_key"));')->json());
    }

    public function testCommandsRunInArtisan(): void
    {
        $laravel = $this->laravel();
        $list = $laravel->artisan('list', '--raw', 'websocket')->succeeded()->output;
        foreach (Commands::CLASSES as $name => $class) {
            self::assertSame(!(new $class())->isHidden(), str_contains($list, $name), $name);
        }
        $laravel->project->write('config/websocket.php', '<?php return ["activity_timeout" => 77];');
        $laravel->artisan('websocket:start', '-d')->succeeded();
        self::assertFileExists($laravel->project->root . '/storage/websocket/ody.sock');
        $status = $laravel->artisan('websocket:status', '--json')->json();
        self::assertIsArray($status);
        self::assertSame($laravel->project->port(), $status['port']);
        $laravel->artisan('websocket:stop')->succeeded();
        $failed = $laravel->artisan('websocket:status');
        self::assertSame(1, $failed->status);
        self::assertStringContainsString('not running', $failed->output . $failed->errors);
    }

    public function testAnApplicationWithoutKeysBootsAndMakesThem(): void
    {
        $laravel = $this->laravel();
        unset($laravel->project->environment['WEBSOCKET_API_KEY'], $laravel->project->environment['WEBSOCKET_SECRET_KEY']);
        self::assertSame(500, $laravel->post('/broadcasting/auth', ['socket_id' => '1.2', 'channel_name' => 'private-orders.7'], ['X-User' => '7 Ada'])[0]);
        $laravel->artisan('websocket:keys')->succeeded();
        self::assertStringContainsString('WEBSOCKET_SECRET_KEY=', $laravel->project->read('.env'));
        self::assertSame(200, $laravel->post('/broadcasting/auth', ['socket_id' => '1.2', 'channel_name' => 'private-orders.7'], ['X-User' => '7 Ada'])[0]);
    }

    public function testAnApplicationWithoutTheExtensionBootsAndSaysHowToGetIt(): void
    {
        $code = 'Broadcast::channel("x", fn() => true); try { event(new App\Events\Notice(["room"], "x")); }
            catch (Illuminate\Broadcasting\BroadcastException $error) { echo json_encode($error->getMessage()); }';
        $message = $this->laravel()->runBare($code)->json();
        self::assertIsString($message);
        self::assertStringContainsString('bin/install-extension', $message);
    }

    public function testARefusalOfACommandIsNoErrorInTheLog(): void
    {
        $laravel = $this->laravel();
        self::assertSame(1, $laravel->artisan('websocket:stop')->status);
        self::assertFileDoesNotExist($laravel->project->root . '/storage/logs/laravel.log');
        $laravel->project->environment['WEBSOCKET_ACTIVITY_TIMEOUT'] = 'no';
        self::assertSame(1, $laravel->artisan('websocket:start', '-d')->status);
        self::assertStringContainsString('"activity_timeout"', $laravel->project->read('storage/logs/laravel.log'));
    }

    public function testRoutesAreOptIn(): void
    {
        $laravel = $this->laravel();
        $paths = 'echo json_encode(array_values(array_filter(array_map(fn($route) => $route->uri(), Route::getRoutes()->getRoutes()),
            fn($uri) => str_starts_with($uri, "pusher/"))));';
        self::assertSame([], $laravel->run($paths)->json());
        self::assertSame(['pusher/auth', 'pusher/user-auth'], $laravel->run('Ody\Websocket\Laravel\WebsocketServiceProvider::routes();' . $paths)->json());
        foreach (['["routes" => true]', '["routes" => "true"]', '["routes" => ["middleware" => ["api"]]]'] as $values) {
            $laravel->project->write('config/websocket.php', '<?php return ' . $values . ';');
            self::assertSame(['pusher/auth', 'pusher/user-auth'], $laravel->run($paths)->json());
        }
    }

    /**
     * The name that the middleware has from Laravel 13 on is given to a class here where it is not there yet.
     */
    public function testRoutesNeedNoCsrfTokenByEitherName(): void
    {
        $later = 'Illuminate\Foundation\Http\Middleware\PreventRequestForgery';
        $code = sprintf('class_exists(%1$s) || class_alias(App\User::class, %1$s);
            Route::middlewareGroup("web", [Illuminate\Foundation\Http\Middleware\VerifyCsrfToken::class, %1$s, "stays"]);
            Ody\Websocket\Laravel\WebsocketServiceProvider::routes();
            echo json_encode(array_map(fn($route) => Route::gatherRouteMiddleware($route), array_values(array_filter(
                Route::getRoutes()->getRoutes(), fn($route) => str_starts_with($route->uri(), "pusher/")))));', var_export($later, true));
        self::assertSame([['stays'], ['stays']], $this->laravel()->run($code)->json());
    }

    public function testCachedRoutesAreNotRegisteredTwice(): void
    {
        $laravel = $this->laravel();
        $laravel->project->write('config/websocket.php', '<?php return ["routes" => true];');
        $laravel->artisan('route:cache')->succeeded();
        $code = 'echo json_encode(count(array_filter(Route::getRoutes()->getRoutes(), fn($route) => $route->uri() === "pusher/auth")));';
        self::assertSame(1, $laravel->run($code)->json());
    }
}
