<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Facades;

use Ody\Websocket\Tests\Support\ProjectTestCase;
use Ody\Websocket\Tests\Support\Subscriber;

/**
 * The facade in processes of their own, against the real server.
 */
final class WebSocketTest extends ProjectTestCase
{
    private const FACADE = 'use Ody\Websocket\Facades\WebSocket;';

    public function testPublishesAndAsks(): void
    {
        $project = $this->projectWithServer();
        $project->artisan('websocket:start', '-d')->succeeded();
        $client = new Subscriber($project->port(), 'test-key', 'my-channel');
        $code = self::FACADE . sprintf('$id = %s; echo json_encode([
            WebSocket::publish("my-channel", "new-message", ["text" => "Hello world!"]),
            WebSocket::publish("my-channel", "new-message", ["text" => "not for you"], $id),
            WebSocket::publishToChannels(["my-channel", "empty"], "second", ["n" => 2]),
            WebSocket::whisper($id, "third", ["n" => 3]),
            WebSocket::whisper("1.2", "third", ["n" => 3]),
            WebSocket::getSubscribers("my-channel"),
            WebSocket::isSubscribed($id, "my-channel"),
            WebSocket::isSubscribed($id, "empty"),
            WebSocket::channelExists("my-channel"),
            WebSocket::channelExists("empty"),
            array_keys(WebSocket::getChannels()),
        ]);', var_export($client->socketId, true));
        self::assertSame(
            [1, 0, 1, true, false, [$client->socketId], true, false, true, false, ['my-channel']],
            $project->native($code)->json(),
        );
        self::assertSame('{"text":"Hello world!"}', $client->next('new-message'));
        self::assertSame('{"n":2}', $client->next('second'));
        self::assertSame('{"n":3}', $client->next('third'));
    }

    public function testAMissingChannelThrowsOrIsIgnored(): void
    {
        $project = $this->projectWithServer();
        $project->artisan('websocket:start', '-d')->succeeded();
        $code = self::FACADE . 'try { echo json_encode(WebSocket::publish("empty", "e", [])); }
            catch (Ody\Websocket\Channel\Exceptions\ChannelNotFoundException $e) { echo json_encode($e->getMessage()); }';
        $message = $project->native($code)->json();
        self::assertIsString($message);
        self::assertStringContainsString('empty', $message);
        $project->environment['WEBSOCKET_MISSING_CHANNEL'] = 'ignore';
        self::assertSame(0, $project->native($code)->json());
    }

    public function testWithoutAServerTheSocketIsNamed(): void
    {
        $project = $this->projectWithServer();
        $code = self::FACADE . 'try { WebSocket::getChannels(); }
            catch (Ody\Websocket\Exceptions\ConnectionException $e) { echo json_encode($e->getMessage()); }';
        $message = $project->native($code)->json();
        self::assertIsString($message);
        self::assertStringContainsString($project->root . '/storage/websocket/ody.sock', $message);
    }

    public function testWithoutTheExtensionItSaysHowToGetIt(): void
    {
        $code = self::FACADE . 'try { WebSocket::publish("a", "b", []); }
            catch (Ody\Websocket\Exceptions\ExtensionMissingException $e) { echo json_encode($e->getMessage()); }';
        $message = $this->project()->php($code, '-n')->json();
        self::assertIsString($message);
        self::assertStringContainsString('ody_websocket', $message);
        self::assertStringContainsString('bin/install-extension', $message);
    }

    public function testOneClientForTheProcess(): void
    {
        $code = self::FACADE . '$first = WebSocket::client(); $same = $first === WebSocket::client();
            WebSocket::swap($other = new Ody\Websocket\Channel\ChannelClient("/nowhere.sock"));
            $swapped = WebSocket::client()->client() === $other; WebSocket::swap(null);
            echo json_encode([$same, $swapped, WebSocket::client()->client() === $other]);';
        self::assertSame([true, true, false], $this->projectWithServer()->native($code)->json());
    }

    public function testEveryCallGoesToTheClientAsItIs(): void
    {
        $code = self::FACADE . '
            final class Fake extends Ody\Websocket\Channel\ChannelClient {
                public array $calls = [];
                public function publish(string $channel, string $event, array $data, ?string $except = null): int { $this->calls[] = func_get_args(); return 7; }
                public function publishToChannels(array $channels, string $event, array $data, ?string $except = null): int { $this->calls[] = func_get_args(); return 8; }
                public function whisper(string $clientId, string $event, array $data, ?string $channel = null): bool { $this->calls[] = func_get_args(); return true; }
            }
            WebSocket::swap($fake = new Fake("/nowhere.sock"));
            echo json_encode([WebSocket::publish("c", "e", [1], "1.2"), WebSocket::publishToChannels(["c", "d"], "e", [2], "1.3"),
                WebSocket::whisper("1.4", "e", [3], "c"), $fake->calls]);';
        $calls = [['c', 'e', [1], '1.2'], [['c', 'd'], 'e', [2], '1.3'], ['1.4', 'e', [3], 'c']];
        self::assertSame([7, 8, true, $calls], $this->project()->native($code)->json());
    }
}
