<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Laravel;

use Ody\Websocket\Tests\Support\Project;
use Ody\Websocket\Tests\Support\Subscriber;
use PHPUnit\Framework\Attributes\DataProvider;

/**
 * Laravel's own drivers for Reverb and for Pusher, which publish with pusher-php-server over HTTP.
 */
final class OtherDriversTest extends LaravelTestCase
{
    private const REFUSED = 'try { event(new App\Events\Notice(%s, %s)); echo json_encode("sent"); }
        catch (Illuminate\Broadcasting\BroadcastException $error) { echo json_encode($error->getMessage()); }';

    /**
     * @return iterable<string, array{string}>
     */
    public static function drivers(): iterable
    {
        yield 'reverb' => ['reverb'];
        yield 'pusher' => ['pusher'];
    }

    #[DataProvider('drivers')]
    public function testAQueuedEventReachesWhoIsOnItsPrivateChannelWithTheDriversToken(string $driver): void
    {
        [$laravel, $port, $key] = $this->running($driver);
        $client = new Subscriber($port, $key, 'private-orders.7', $this->asAda($laravel, 'private-orders.7'));
        $laravel->run('broadcast(new App\Events\OrderShipped(7));')->succeeded();
        self::assertSame('{"id":7}', $client->next('App\Events\OrderShipped'));
    }

    #[DataProvider('drivers')]
    public function testTheDriversTokensOpenPresenceChannels(string $driver): void
    {
        [$laravel, $port, $key] = $this->running($driver);
        $client = new Subscriber($port, $key, 'presence-rooms.1', $this->asAda($laravel, 'presence-rooms.1'));
        $laravel->run('event(new App\Events\Notice(["presence-rooms.1"], "x"));')->succeeded();
        self::assertSame('{"text":"x"}', $client->next('notice'));
    }

    #[DataProvider('drivers')]
    public function testAnEventForManyChannelsLeavesOutTheSender(string $driver): void
    {
        [$laravel, $port, $key] = $this->running($driver);
        $sender = new Subscriber($port, $key, 'n0');
        $first = new Subscriber($port, $key, 'n0');
        $last = new Subscriber($port, $key, 'n249');
        $laravel->run(sprintf('request()->headers->set("X-Socket-ID", %s); $names = array_map(fn($n) => "n$n", range(0, 249));
            broadcast(new App\Events\Notice($names, "others"))->toOthers(); broadcast(new App\Events\Notice($names, "all"));', var_export($sender->socketId, true)))->succeeded();
        foreach ([$first, $last] as $other) {
            self::assertSame('{"text":"others"}', $other->next('notice'));
            self::assertSame('{"text":"all"}', $other->next('notice'));
        }
        self::assertSame('{"text":"all"}', $sender->next('notice'));
    }

    #[DataProvider('drivers')]
    public function testWhatTheServerRefusesIsLaravelsOwnExceptionWithItsSentence(string $driver): void
    {
        [$laravel] = $this->running($driver);
        $refused = static fn(string $channels, string $text): mixed => $laravel->run(sprintf(self::REFUSED, $channels, $text))->json();
        self::assertSame(
            'Pusher error: The data content of this event exceeds the allowed maximum (102400 bytes).',
            $refused('["room"]', 'str_repeat("x", 110000)'),
        );
        $laravel->project->environment[strtoupper($driver) . '_APP_SECRET'] = 'wrong';
        $message = $refused('["room"]', '"x"');
        self::assertIsString($message);
        self::assertStringStartsWith('Pusher error: Invalid signature: you should have sent HmacSHA256Hex("POST\n/apps/', $message);
    }

    /**
     * A server that runs, and an application that publishes to it with that driver: with nothing but the
     * variables that Reverb's own project has, or with those of Pusher beside the server's.
     *
     * @return array{LaravelProject, int, string} with port and key
     */
    private function running(string $driver): array
    {
        $laravel = $driver === 'reverb' ? $this->ofReverb() : $this->ofPusher();
        $laravel->project->environment['BROADCAST_CONNECTION'] = $driver;
        $laravel->artisan('websocket:start', '-d')->succeeded();
        $variables = $laravel->project->environment;

        return [$laravel, (int) $variables[strtoupper($driver) . '_PORT'], $variables[strtoupper($driver) . '_APP_KEY']];
    }

    private function ofReverb(): LaravelProject
    {
        $port = (string) Project::freePort();
        $laravel = new LaravelProject($this->project());
        $file = (string) file_get_contents(__DIR__ . '/../../integration/fixtures/reverb.env');
        $laravel->project->write('.env', $file);
        self::assertSame(1, preg_match('/^REVERB_APP_KEY=(.+)$/m', $file, $key));
        // Where the server listens, and where Laravel finds it without a proxy in between.
        $laravel->project->environment += [
            'REVERB_SERVER_PORT' => $port, 'REVERB_HOST' => '127.0.0.1', 'REVERB_PORT' => $port, 'REVERB_SCHEME' => 'http', 'REVERB_APP_KEY' => $key[1],
        ];

        return $laravel;
    }

    private function ofPusher(): LaravelProject
    {
        $laravel = $this->laravel();
        $laravel->project->environment += [
            'PUSHER_APP_ID' => '1', 'PUSHER_APP_KEY' => 'test-key', 'PUSHER_APP_SECRET' => 'test-secret', 'PUSHER_APP_CLUSTER' => 'mt1',
            'PUSHER_HOST' => '127.0.0.1', 'PUSHER_PORT' => (string) $laravel->project->port(), 'PUSHER_SCHEME' => 'http',
        ];

        return $laravel;
    }
}
