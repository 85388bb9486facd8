<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Laravel;

use Ody\Websocket\Tests\Support\Subscriber;

/**
 * Laravel's events, published by its own BroadcastManager to a server that runs.
 */
final class BroadcastTest extends LaravelTestCase
{
    private const REFUSED = 'try { %s; echo json_encode("sent"); }
        catch (Illuminate\Broadcasting\BroadcastException $error) { echo json_encode($error->getMessage()); }';

    public function testAQueuedEventReachesWhoIsOnItsPrivateChannel(): void
    {
        $laravel = $this->laravelWithRunningServer();
        $client = new Subscriber($laravel->project->port(), 'test-key', 'private-orders.7', $this->asAda($laravel, 'private-orders.7'));
        $laravel->run('broadcast(new App\Events\OrderShipped(7));')->succeeded();
        self::assertSame('{"id":7}', $client->next('App\Events\OrderShipped'));
    }

    public function testAnEventForManyChannelsGoesOutAtOnceInPortions(): void
    {
        $laravel = $this->laravelWithRunningServer();
        $first = new Subscriber($laravel->project->port(), 'test-key', 'n0');
        $last = new Subscriber($laravel->project->port(), 'test-key', 'n249');
        $laravel->run('$names = array_map(fn($n) => "n$n", range(0, 249)); event(new App\Events\Notice($names, "to all"));')->succeeded();
        self::assertSame('{"text":"to all"}', $first->next('notice'));
        self::assertSame('{"text":"to all"}', $last->next('notice'));
    }

    public function testTheLimitOfTheConfigurationCutsThePortions(): void
    {
        $laravel = $this->laravel();
        $laravel->project->environment['WEBSOCKET_LIMIT_CHANNELS_PER_PUBLISH'] = '2';
        $laravel->artisan('websocket:start', '-d')->succeeded();
        $client = new Subscriber($laravel->project->port(), 'test-key', 'c');
        $laravel->run('event(new App\Events\Notice(["a", "b", "c"], "small portions"));')->succeeded();
        self::assertSame('{"text":"small portions"}', $client->next('notice'));
    }

    public function testToOthersLeavesOutTheSender(): void
    {
        $laravel = $this->laravelWithRunningServer();
        $sender = new Subscriber($laravel->project->port(), 'test-key', 'room');
        $other = new Subscriber($laravel->project->port(), 'test-key', 'room');
        $laravel->run(sprintf('request()->headers->set("X-Socket-ID", %s); $notice = fn($text) => new App\Events\Notice(["room"], $text);
            broadcast($notice("others"))->toOthers(); broadcast($notice("all"));', var_export($sender->socketId, true)))->succeeded();
        self::assertSame('{"text":"others"}', $other->next('notice'));
        self::assertSame('{"text":"all"}', $other->next('notice'));
        self::assertSame('{"text":"all"}', $sender->next('notice'));
    }

    public function testAHeaderThatIsNoSocketIdLeavesOutNobody(): void
    {
        $laravel = $this->laravelWithRunningServer();
        $client = new Subscriber($laravel->project->port(), 'test-key', 'room');
        foreach (['undefined', '1.', str_repeat('1', 40) . '.1', "1.2\n"] as $header) {
            $laravel->run(sprintf('$notice = new App\Events\Notice(["room"], "x"); $notice->socket = %s; event($notice);', var_export($header, true)))->succeeded();
            self::assertSame('{"text":"x"}', $client->next('notice'));
        }
    }

    public function testAFakeSeesBroadcasts(): void
    {
        $code = '$fake = WebSocket::fake(); event(new App\Events\Notice(["a", "b"], "x")); $fake->assertPublishedOn("b", "notice"); echo json_encode("seen");';
        self::assertSame('seen', $this->laravel()->run($code)->json());
    }

    public function testAnApplicationsOwnPublisherIsUsed(): void
    {
        $code = '$app->instance(Ody\Websocket\Channel\Publisher::class, $fake = new Ody\Websocket\Testing\WebSocketFake());
            event(new App\Events\Notice(["a"], "x")); $fake->assertPublishedOn("a", "notice"); echo json_encode("seen");';
        self::assertSame('seen', $this->laravel()->run($code)->json());
    }

    public function testChannelsWithoutSubscribersAndNoChannelsAreNoError(): void
    {
        $laravel = $this->laravelWithRunningServer();
        $code = 'event(new App\Events\Notice(["nobody"], "x")); event(new App\Events\Notice([], "x")); Broadcast::connection()->broadcast([], "e", []);';
        self::assertSame('"done"', $laravel->run($code . 'echo json_encode("done");')->succeeded()->output);
    }

    public function testAFailureIsLaravelsOwnExceptionAndSaysWhy(): void
    {
        $laravel = $this->laravel();
        $refused = static fn(string $code): mixed => $laravel->run(sprintf(self::REFUSED, $code))->json();
        $message = $refused('event(new App\Events\Notice(["room"], "x"))');
        self::assertIsString($message);
        self::assertStringContainsString($laravel->project->root . '/storage/websocket/ody.sock', $message);
        $laravel->artisan('websocket:start', '-d')->succeeded();
        $message = $refused('event(new App\Events\Notice(["not a channel"], "x"))');
        self::assertIsString($message);
        self::assertStringContainsString('invalid channel name', $message);
        $message = $refused('event(new App\Events\Notice(["room", "private-encrypted-room"], "x"))');
        self::assertIsString($message);
        self::assertStringContainsString('master key', $message);
    }
}
