<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Worker;

use Ody\Websocket\Middleware\AuthorizationMiddleware;
use Ody\Websocket\Tests\Support\Client;
use Ody\Websocket\Tests\Support\ProjectTestCase;
use Ody\Websocket\Tests\Support\WorkerProject;

/**
 * While keys are changed, the workers' own handlers and middleware take what the previous ones have signed.
 */
final class KeyRotationTest extends ProjectTestCase
{
    /** Handlers of one's own, because the server does by itself what those of the package do. */
    private const CONFIGURATION = <<<'PHP'
        <?php

        if (!class_exists(PrivateHandler::class, false)) {
            class PrivateHandler extends Ody\Websocket\Channel\PrivateChannelHandler {}
            class PresenceHandler extends Ody\Websocket\Channel\PresenceChannelHandler {}
        }

        return [
            'channel_handlers' => ['private' => PrivateHandler::class, 'presence' => PresenceHandler::class],
            'middleware' => ['handshake' => [Ody\Websocket\Middleware\AuthenticationMiddleware::class, Ody\Websocket\Middleware\AuthorizationMiddleware::class]],
        ];
        PHP;

    private const OLD = ['test-key', 'test-secret'];

    private const NEW = ['new-key', 'new-secret'];

    public function testBothPairsCountUntilThePreviousOneIsTakenAway(): void
    {
        $project = $this->projectWithServer();
        unset($project->environment['WEBSOCKET_API_KEY'], $project->environment['WEBSOCKET_SECRET_KEY']);
        $project->write('config/websocket.php', self::CONFIGURATION);
        $project->write('.env', "WEBSOCKET_API_KEY=test-key\nWEBSOCKET_SECRET_KEY=test-secret\n");
        $server = new WorkerProject($project);
        $stays = $this->entered($server, ...self::OLD);
        self::assertTrue($this->joins($stays, 'private-a', ...self::OLD));

        $new = "WEBSOCKET_API_KEY=new-key\nWEBSOCKET_SECRET_KEY=new-secret\n";
        $project->write('.env', $new . "WEBSOCKET_PREVIOUS_API_KEY=test-key\nWEBSOCKET_PREVIOUS_SECRET_KEY=test-secret\n");
        $project->artisan('websocket:reload')->succeeded();
        $server->awaitLog('php worker ready', 2);
        foreach ([self::OLD, self::NEW] as $pair) {
            $client = $this->entered($server, ...$pair);
            self::assertTrue($this->joins($client, 'private-a', ...$pair));
            self::assertTrue($this->joins($client, 'presence-a', ...$pair));
            self::assertFalse($this->joins($client, 'private-b', $pair[0], 'another'));
        }

        $project->write('.env', $new);
        $project->artisan('websocket:reload')->succeeded();
        $server->awaitLog('php worker ready', 3);
        self::assertTrue($this->joins($stays, 'private-c', ...self::NEW));
        self::assertFalse($this->joins($stays, 'private-d', ...self::OLD));
        $refused = $this->client($server, 'new-key', 'test-secret');
        self::assertSame('pusher:error', $refused->message()['event'] ?? null);
    }

    private function client(WorkerProject $server, string $key, string $secret): Client
    {
        return new Client($server->project->port(), $key, '&token=' . AuthorizationMiddleware::issue(7, 60, $secret));
    }

    private function entered(WorkerProject $server, string $key, string $secret): Client
    {
        return $this->client($server, $key, $secret)->open();
    }

    /**
     * Subscribes, and says whether that was allowed.
     */
    private function joins(Client $client, string $channel, string $key, string $secret): bool
    {
        $data = str_starts_with($channel, 'presence-') ? '{"user_id":"7"}' : null;
        $signed = $client->socketId . ':' . $channel . ($data === null ? '' : ':' . $data);
        $client->send(['event' => 'pusher:subscribe', 'data' => ['channel' => $channel, 'auth' => $key . ':' . hash_hmac('sha256', $signed, $secret)]
            + ($data === null ? [] : ['channel_data' => $data])]);
        $event = $client->message()['event'] ?? null;
        if ($event === 'pusher:error') {
            $client->next('pusher:subscription_error');
        }

        return $event === 'pusher_internal:subscription_succeeded';
    }
}
