<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Laravel;

use Ody\Websocket\Tests\Support\Subscriber;
use PHPUnit\Framework\Attributes\DataProvider;

/**
 * Laravel's own route /broadcasting/auth, and whether the server accepts what it answers.
 */
final class AuthenticationTest extends LaravelTestCase
{
    private const ADA = ['X-User' => '7 Ada'];

    public function testThePrivateTokenIsPushers(): void
    {
        $expected = ['auth' => 'test-key:' . hash_hmac('sha256', '1.2:private-orders.7', 'test-secret')];
        self::assertSame([200, $expected], $this->ask('private-orders.7', self::ADA));
    }

    public function testThePresenceTokenCarriesWhatTheCallbackReturned(): void
    {
        $laravel = $this->laravelWithRunningServer();
        $name = 'presence-rooms.blue';
        $answer = $laravel->post('/broadcasting/auth', ['socket_id' => '1.2', 'channel_name' => $name], self::ADA)[1];
        self::assertIsArray($answer);
        self::assertSame('{"user_id":7,"user_info":{"name":"Ada","room":"blue"}}', $answer['channel_data']);
        $client = new Subscriber($laravel->project->port(), 'test-key', $name, $this->asAda($laravel, $name));
        $subscribers = $laravel->run('echo json_encode(WebSocket::getSubscribers("presence-rooms.blue"));')->json();
        self::assertSame([$client->socketId], $subscribers);
    }

    public function testAGuardOfTheChannelDecidesWhoTheUserIs(): void
    {
        self::assertSame(403, $this->ask('private-staff', self::ADA)[0]);
        self::assertSame(200, $this->ask('private-staff', ['X-Staff' => '1 Bob'])[0]);
    }

    /**
     * @return array<string, array{mixed, array<string, string>}>
     */
    public static function refusals(): array
    {
        return [
            'somebody else' => ['private-orders.8', self::ADA],
            'a guest' => ['private-orders.7', []],
            'a channel that nobody declared' => ['private-unknown', self::ADA],
            'a callback that says no' => ['presence-rooms.closed', self::ADA],
            'a public channel' => ['plain', self::ADA],
            'an encrypted channel' => ['private-encrypted-orders.7', self::ADA],
            'a list of channels' => [['private-orders.7'], self::ADA],
            'no channel' => ['', self::ADA],
            'a name that no channel can have' => ['private-orders.7/x', self::ADA],
        ];
    }

    /**
     * @param array<string, string> $headers
     */
    #[DataProvider('refusals')]
    public function testRefuses(mixed $channel, array $headers): void
    {
        self::assertSame(403, $this->ask($channel, $headers)[0]);
    }

    public function testARefusalOfAnEncryptedChannelSaysWhatToDo(): void
    {
        $answer = $this->ask('private-encrypted-orders.7', self::ADA)[1];
        self::assertIsArray($answer);
        self::assertIsString($answer['message']);
        self::assertStringContainsString('"pusher" driver', $answer['message']);
    }

    public function testASocketIdThatIsNoneIsRefused(): void
    {
        $laravel = $this->laravel();
        $laravel->project->environment['ROUTES'] = 'true';
        $laravel->project->write('config/websocket.php', '<?php return ["routes" => env("ROUTES")];');
        foreach (['', 'x', '1.2:private-orders.7', ['1.2'], '1.2.3'] as $socketId) {
            foreach (['/broadcasting/auth', '/pusher/auth', '/pusher/user-auth'] as $path) {
                $input = ['socket_id' => $socketId, 'channel_name' => 'private-orders.7'];
                self::assertSame(403, $laravel->post($path, $input, self::ADA)[0], $path . json_encode($socketId));
            }
        }
    }

    public function testSignsAUserIn(): void
    {
        $laravel = $this->laravel();
        $laravel->project->write('config/websocket.php', '<?php return ["routes" => ["middleware" => []]];');
        $data = '{"id":"7","user_info":{"name":"Ada"}}';
        $expected = ['auth' => 'test-key:' . hash_hmac('sha256', '1.2::user::' . $data, 'test-secret'), 'user_data' => $data];
        self::assertSame([200, $expected], $laravel->post('/pusher/user-auth', ['socket_id' => '1.2'], self::ADA));
        self::assertSame(403, $laravel->post('/pusher/user-auth', ['socket_id' => '1.2'])[0]);
    }

    public function testACallbackMaySayThatNobodyIsLoggedIn(): void
    {
        $code = '$answers = []; foreach ([null, false, []] as $nobody) { Broadcast::resolveAuthenticatedUserUsing(fn() => $nobody);
            $answers[] = Broadcast::resolveAuthenticatedUser(request()); } echo json_encode($answers);';
        self::assertSame([null, null, null], $this->laravel()->run($code)->json());
    }

    public function testAUserWithoutAnIdIsAMistakeOfTheApplication(): void
    {
        $code = 'Broadcast::resolveAuthenticatedUserUsing(fn() => ["name" => "Ada"]);
            try { Broadcast::resolveAuthenticatedUser(request()); } catch (LogicException $error) { echo json_encode($error->getMessage()); }';
        $message = $this->laravel()->run($code)->json();
        self::assertIsString($message);
        self::assertStringContainsString('with an id', $message);
    }

    /**
     * @param array<string, string> $headers
     *
     * @return array{int, mixed}
     */
    private function ask(mixed $channel, array $headers): array
    {
        return $this->laravel()->post('/broadcasting/auth', ['socket_id' => '1.2', 'channel_name' => $channel], $headers);
    }
}
