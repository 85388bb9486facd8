<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Worker;

use Ody\Websocket\Channel\ChannelAuthGenerator;
use Ody\Websocket\Tests\Support\Client;
use Ody\Websocket\Tests\Support\Json;
use Ody\Websocket\Tests\Support\WorkerTestCase;

/**
 * Handlers of channels in workers of a real server.
 */
final class HandlersTest extends WorkerTestCase
{
    private const AUCTION = <<<'PHP'
        use Ody\Websocket\Channel\ChannelHandlerInterface;
        use Ody\Websocket\Channel\ChannelManager;
        use Ody\Websocket\Channel\Exceptions\AuthorizationException;
        use Ody\Websocket\Channel\Exceptions\MessageException;
        use Ody\Websocket\Channel\Relay;

        class CustomChannelHandler implements ChannelHandlerInterface
        {
            public function authorize(string $clientId, string $channel, array $data): bool
            {
                if (($data['ticket'] ?? '') === 'expired') {
                    throw new AuthorizationException('Your ticket has expired');
                }
                return ($data['ticket'] ?? '') === 'valid';
            }
            public function onSubscribe(string $clientId, string $channel, array $data): bool
            {
                fwrite(STDERR, "subscribed $clientId $channel\n");
                return !str_ends_with($channel, 'closed');
            }
            public function onUnsubscribe(string $clientId, string $channel): bool
            {
                fwrite(STDERR, "unsubscribed $clientId $channel\n");
                return true;
            }
            public function canClientPublish(string $clientId, string $channel, string $event, array $data): bool
            {
                return $event !== 'client-forbidden';
            }
            public function onClientEvent(string $clientId, string $channel, string $event, array $data, ChannelManager $manager): mixed
            {
                if ($event === 'client-bid' && ($data['amount'] ?? 0) < 10) {
                    throw new MessageException('Bid at least 10');
                }
                return match ($event) {
                    'client-bid' => new Relay(['amount' => $data['amount'] * 2]),
                    'client-all' => $manager->broadcast($channel, 'said', $data),
                    'client-others' => $manager->broadcast($channel, 'said', $data, $clientId),
                    'client-me' => $manager->whisper($clientId, 'heard', $data, $channel),
                    'client-invite' => $manager->subscribe($clientId, 'lobby'),
                    'client-leave' => $manager->unsubscribe($clientId, $channel),
                    default => new Relay($data),
                };
            }
        }
        PHP;

    public function testACustomHandlerDecidesAboutItsChannels(): void
    {
        $server = $this->serverWith(self::AUCTION, "['channel_handlers' => ['custom' => App\\CustomChannelHandler::class]]");
        $one = $server->client()->open();
        $two = $server->client()->open();

        $one->send(['event' => 'pusher:subscribe', 'data' => ['channel' => 'custom-room']]);
        self::assertRefused($one, 'Subscription to custom-room not authorized', 403);
        $one->send(['event' => 'pusher:subscribe', 'data' => ['channel' => 'custom-room', 'ticket' => 'expired']]);
        self::assertRefused($one, 'Your ticket has expired', 403);
        $one->send(['event' => 'pusher:subscribe', 'data' => ['channel' => 'custom-closed', 'ticket' => 'valid']]);
        self::assertRefused($one, 'Subscription to custom-closed not authorized', 403);
        $one->subscribe('custom-room', ['ticket' => 'valid']);
        $two->subscribe('custom-room', ['ticket' => 'valid']);
        $server->awaitLog("subscribed {$two->socketId} custom-room");

        $one->event('custom-room', 'client-bid', ['amount' => 21]);
        self::assertSame(['amount' => 42], $two->next('client-bid'));
        $one->event('custom-room', 'client-bid', ['amount' => 1]);
        self::assertSame('Bid at least 10', Json::at($one->next('pusher:error'), 'message'));
        $one->event('custom-room', 'client-forbidden', []);
        self::assertSame('Client is not authorized to publish to custom-room', Json::at($one->next('pusher:error'), 'message'));
        $one->event('custom-room', 'client-plain', ['deep' => ['empty' => new \stdClass()]]);
        self::assertSame(['deep' => ['empty' => []]], $two->next('client-plain'));
        $one->event('custom-room', 'client-all', ['n' => 1]);
        self::assertSame(['n' => 1], $one->next('said'));
        self::assertSame(['n' => 1], $two->next('said'));
        $one->event('custom-room', 'client-others', ['n' => 2]);
        self::assertSame(['n' => 2], $two->next('said'));
        $one->event('custom-room', 'client-me', ['n' => 3]);
        self::assertSame(['n' => 3], $one->next('heard'));
        $one->event('custom-room', 'client-invite', []);
        $one->next('pusher_internal:subscription_succeeded');

        $one->event('custom-room', 'client-leave', []);
        $server->awaitLog("unsubscribed {$one->socketId} custom-room");
        $two->leave();
        $server->awaitLog("unsubscribed {$two->socketId} custom-room");
    }

    public function testOtherChannelsAreTheServersOwn(): void
    {
        $server = $this->serverWith(self::AUCTION, "['channel_handlers' => ['custom' => App\\CustomChannelHandler::class]]");
        $client = $server->client()->open();
        $client->subscribe('customs-office');
        $client->send(['event' => 'pusher:subscribe', 'data' => ['channel' => 'private-room']]);
        self::assertRefused($client, 'Auth info required to subscribe to private-room', 401);
        $auth = (new ChannelAuthGenerator('test-secret', 'test-key'))->generatePrivateAuth($client->socketId, 'private-room');
        $client->subscribe('private-room', ['auth' => $auth]);
        self::assertStringNotContainsString('subscribed', $server->log());
    }

    public function testAnExtendedPresenceHandlerSaysWhoTheMemberIs(): void
    {
        $code = <<<'PHP'
            use Ody\Websocket\Channel\PresenceChannelHandler;

            class Members extends PresenceChannelHandler
            {
                public function authorize(string $clientId, string $channel, array $data): bool
                {
                    return $channel === 'presence-open' || parent::authorize($clientId, $channel, $data);
                }
                public function canClientPublish(string $clientId, string $channel, string $event, array $data): bool
                {
                    $ids = array_column($this->getChannelMembers($channel), 'user_id');
                    sort($ids);
                    return $event !== 'client-count' || $ids === $data['expected'];
                }
                public function member(string $clientId, string $channel, array $data): ?array
                {
                    return $channel === 'presence-open' ? ['user_id' => 7, 'user_info' => ['name' => 'Ada']] : null;
                }
            }
            PHP;
        $server = $this->serverWith($code, "['channel_handlers' => ['presence' => App\\Members::class]]");
        $one = $server->client()->open();
        $answer = $one->subscribe('presence-open');
        self::assertSame(['7' => ['name' => 'Ada']], Json::at($answer, 'presence.hash'));

        $one->send(['event' => 'pusher:subscribe', 'data' => ['channel' => 'presence-room', 'auth' => 'test-key:00', 'channel_data' => '{"user_id":"1"}']]);
        self::assertRefused($one, 'Subscription to presence-room not authorized', 403);

        $two = $server->client()->open();
        self::signIn($one, '1');
        self::signIn($two, '2');
        self::assertSame('2', Json::at($one->next('pusher_internal:member_added'), 'user_id'));
        $one->event('presence-room', 'client-count', ['expected' => ['1', '2']]);
        self::assertSame(['expected' => ['1', '2']], $two->next('client-count'));
        $two->event('presence-room', 'client-typing', ['a' => 1]);
        $message = $one->message();
        self::assertSame('2', $message['user_id'] ?? null, (string) json_encode($message));
        self::assertSame(['a' => 1], json_decode(Json::text($message, 'data'), true));
    }

    private static function signIn(Client $client, string $user): void
    {
        $generator = new ChannelAuthGenerator('test-secret', 'test-key');
        $client->subscribe('presence-room', [
            'auth' => $generator->generatePresenceAuth($client->socketId, 'presence-room', ['user_id' => $user]),
            'channel_data' => $generator->channelData(['user_id' => $user]),
        ]);
    }

    private static function assertRefused(Client $client, string $message, int $status): void
    {
        self::assertSame($message, Json::at($client->next('pusher:error'), 'message'));
        $error = $client->next('pusher:subscription_error');
        self::assertSame($message, Json::at($error, 'error'));
        self::assertSame($status, Json::at($error, 'status'));
    }
}
