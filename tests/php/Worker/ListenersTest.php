<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Worker;

use Ody\Websocket\Channel\ChannelAuthGenerator;
use Ody\Websocket\Tests\Support\WorkerTestCase;

/**
 * Listeners in workers of a real server.
 */
final class ListenersTest extends WorkerTestCase
{
    public function testListenersAreToldWhatHappens(): void
    {
        $code = <<<'PHP'
            class Journal
            {
                public function __invoke(object $event): void
                {
                    fwrite(STDERR, (new \ReflectionClass($event))->getShortName() . ' ' . json_encode($event) . "\n");
                }
            }
            class Broken
            {
                public function handle(object $event): void
                {
                    throw new \DomainException('The listener is broken');
                }
            }
            PHP;
        $configuration = <<<'PHP'
            ['listeners' => [
                \Ody\Websocket\Events\ConnectionOpened::class => [App\Broken::class, App\Journal::class],
                \Ody\Websocket\Events\ConnectionClosed::class => App\Journal::class,
                \Ody\Websocket\Events\ChannelOccupied::class => [App\Journal::class],
                \Ody\Websocket\Events\ChannelVacated::class => [fn (object $event) => (new App\Journal())($event)],
                \Ody\Websocket\Events\MemberAdded::class => [App\Journal::class],
                \Ody\Websocket\Events\MemberRemoved::class => [App\Journal::class],
                \Ody\Websocket\Events\ClientEventPublished::class => [App\Journal::class],
            ]]
            PHP;
        $server = $this->serverWith($code, $configuration);
        $client = $server->client()->open();
        $generator = new ChannelAuthGenerator('test-secret', 'test-key');
        $user = ['user_id' => '7', 'user_info' => ['name' => 'Ada']];
        $client->subscribe('presence-room', [
            'auth' => $generator->generatePresenceAuth($client->socketId, 'presence-room', $user),
            'channel_data' => $generator->channelData($user),
        ]);
        $client->event('presence-room', 'client-wave', ['to' => 'all']);
        $client->sync();
        $server->awaitLog('ClientEventPublished');
        $client->leave();

        $id = $client->socketId;
        $told = [
            'ConnectionOpened {"clientId":"' . $id . '","address":"127.0.0.1"}',
            'ChannelOccupied {"channel":"presence-room"}',
            'MemberAdded {"channel":"presence-room","userId":"7","userInfo":{"name":"Ada"}}',
            'ClientEventPublished {"clientId":"' . $id . '","channel":"presence-room","event":"client-wave","data":{"to":"all"},"userId":"7"}',
            'MemberRemoved {"channel":"presence-room","userId":"7"}',
            'ChannelVacated {"channel":"presence-room"}',
            'ConnectionClosed {"clientId":"' . $id . '"}',
            'The listener is broken',
        ];
        foreach ($told as $line) {
            self::assertStringContainsString($line, $server->awaitLog($line));
        }
    }

    public function testOnlyWhatSomebodyListensToIsTold(): void
    {
        $code = 'class Journal { public function handle(object $event): void { fwrite(STDERR, $event::class . "\n"); } }';
        $server = $this->serverWith($code, "['listeners' => [\\Ody\\Websocket\\Events\\ChannelVacated::class => [App\\Journal::class]]]");
        $client = $server->client()->open();
        $client->subscribe('room');
        $client->leave();
        $log = $server->awaitLog('ChannelVacated');
        self::assertStringNotContainsString('ChannelOccupied', $log);
        self::assertStringNotContainsString('ConnectionOpened', $log);
    }
}
