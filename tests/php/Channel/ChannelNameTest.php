<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Channel;

use Ody\Websocket\Channel\ChannelAuthGenerator;
use Ody\Websocket\Channel\ChannelName;
use Ody\Websocket\Testing\WebSocketFake;
use Ody\Websocket\Tests\Support\ProjectTestCase;
use Ody\Websocket\Tests\Support\Subscriber;

/**
 * Over the socket, over HTTP and in the fake a channel is of the same type, and as present.
 */
final class ChannelNameTest extends ProjectTestCase
{
    private const NAMES = [
        'news', '7', 'privateer', 'presence', 'cache-a', 'private-a', 'private-cache-a', 'private-encrypted-a',
        'private-encrypted-cache-a', 'presence-a', 'presence-cache-a',
    ];

    public function testTypesAreThoseOfTheServer(): void
    {
        $project = $this->projectWithServer();
        $project->artisan('websocket:start', '-d')->succeeded();
        $generator = new ChannelAuthGenerator('test-secret', 'test-key');
        $open = [];
        foreach (self::NAMES as $name) {
            $open[] = new Subscriber($project->port(), 'test-key', $name, static fn(string $id): array => match (explode('-', $name)[0] . (str_contains($name, '-') ? '-' : '')) {
                'private-' => ['auth' => $generator->generatePrivateAuth($id, $name)],
                'presence-' => [
                    'auth' => $generator->generatePresenceAuth($id, $name, ['user_id' => '7']),
                    'channel_data' => $generator->channelData(['user_id' => '7']),
                ],
                default => [],
            });
        }
        $server = $project->native('echo json_encode(Ody\Websocket\Facades\WebSocket::getChannels());')->json();
        self::assertIsArray($server);
        $fake = new WebSocketFake();
        $kinds = [];
        foreach (self::NAMES as $name) {
            $fake->withSubscribers($name, ['1.1']);
            $kinds[$name] = ChannelName::kind($name);
        }
        ksort($server);
        ksort($kinds);
        $faked = $fake->getChannels();
        ksort($faked);
        self::assertSame($server, $faked);
        self::assertSame(array_column($server, 'type', 'name'), $kinds);
    }

    public function testWhatAlwaysExistsAsksNobody(): void
    {
        $project = $this->projectWithServer();
        $project->artisan('websocket:start', '-d')->succeeded();
        $names = [...self::NAMES, '#server-to-user-7', 'private-encrypted-cache-b'];
        $code = sprintf('foreach (%s as $name) { $exists[$name] = Ody\Websocket\Facades\WebSocket::channelExists($name); } echo json_encode($exists);', var_export($names, true));
        $expected = [];
        foreach ($names as $name) {
            $expected[$name] = ChannelName::alwaysExists($name);
        }
        self::assertSame($expected, $project->native($code)->json());
    }
}
