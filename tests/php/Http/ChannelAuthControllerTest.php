<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Http;

use GuzzleHttp\Psr7\HttpFactory;
use Nyholm\Psr7\Factory\Psr17Factory;
use Nyholm\Psr7\Response;
use Nyholm\Psr7\ServerRequest;
use Ody\Websocket\Channel\ChannelAuthGenerator;
use Ody\Websocket\Channel\Exceptions\MessageException;
use Ody\Websocket\Http\Controllers\ChannelAuthController;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;

final class ChannelAuthControllerTest extends TestCase
{
    private const ALICE = ['id' => 7, 'name' => 'Alice', 'email' => 'alice@example.com', 'password' => 'hidden'];

    private static function generator(): ChannelAuthGenerator
    {
        return new ChannelAuthGenerator('secret', 'key');
    }

    /**
     * @param array<string, mixed>|string      $body
     * @param array<array-key, mixed>|null $user
     */
    private static function request(array|string $body, ?array $user = self::ALICE, string $type = 'application/json'): ServerRequestInterface
    {
        $text = is_string($body) ? $body : json_encode($body, JSON_THROW_ON_ERROR);

        return (new ServerRequest('POST', '/broadcasting/auth', ['Content-Type' => $type], $text))->withAttribute('user', $user);
    }

    /**
     * @return array{int, mixed}
     */
    private static function answer(ResponseInterface $response): array
    {
        self::assertSame('application/json', $response->getHeaderLine('Content-Type'));
        self::assertSame('no-store', $response->getHeaderLine('Cache-Control'));

        return [$response->getStatusCode(), json_decode((string) $response->getBody(), true, 16, JSON_THROW_ON_ERROR)];
    }

    /**
     * @param array<string, mixed>|string      $body
     * @param array<array-key, mixed>|null $user
     *
     * @return array{int, mixed}
     */
    private static function auth(array|string $body, ?array $user = self::ALICE, string $type = 'application/json'): array
    {
        return self::answer((new ChannelAuthController(self::generator()))->auth(self::request($body, $user, $type), new Response()));
    }

    public function testAPrivateChannelGetsAToken(): void
    {
        $token = self::generator()->generatePrivateAuth('1.2', 'private-a');
        self::assertSame([200, ['auth' => $token]], self::auth(['socket_id' => '1.2', 'channel_name' => 'private-a']));
        $encrypted = self::generator()->generatePrivateAuth('1.2', 'private-encrypted-a');
        self::assertSame([200, ['auth' => $encrypted]], self::auth(['socket_id' => '1.2', 'channel_name' => 'private-encrypted-a']));
    }

    public function testAFormIsReadAsWell(): void
    {
        $form = 'application/x-www-form-urlencoded';
        [$status] = self::auth('socket_id=1.2&channel_name=private-a%40b', type: $form);
        self::assertSame(200, $status);
        $parsed = self::request('', type: $form)->withParsedBody(['socket_id' => '1.2', 'channel_name' => 'private-a']);
        self::assertSame(200, (new ChannelAuthController(self::generator()))->auth($parsed, new Response())->getStatusCode());
        $object = self::request('', type: $form)->withParsedBody((object) ['socket_id' => '1.2', 'channel_name' => 'private-a']);
        self::assertSame(200, (new ChannelAuthController(self::generator()))->auth($object, new Response())->getStatusCode());
    }

    public function testABodyThatWasReadBeforeIsReadAgain(): void
    {
        $request = self::request(['socket_id' => '1.2', 'channel_name' => 'private-a']);
        $request->getBody()->getContents();
        self::assertSame(200, (new ChannelAuthController(self::generator()))->auth($request, new Response())->getStatusCode());
    }

    public function testAPresenceChannelSaysWhoTheMemberIs(): void
    {
        [$status, $answer] = self::auth(['socket_id' => '1.2', 'channel_name' => 'presence-a']);
        self::assertSame(200, $status);
        self::assertIsArray($answer);
        self::assertSame('{"user_id":"7","user_info":{"name":"Alice","email":"alice@example.com"}}', $answer['channel_data']);
        self::assertIsString($answer['auth']);
        self::assertNotFalse(self::generator()->validatePresenceAuth('1.2', 'presence-a', $answer['auth'], $answer['channel_data']));
    }

    public function testAUserWithAnIdOnlyIsAMemberToo(): void
    {
        [, $answer] = self::auth(['socket_id' => '1.2', 'channel_name' => 'presence-a'], ['id' => 'x']);
        self::assertIsArray($answer);
        self::assertSame('{"user_id":"x","user_info":{}}', $answer['channel_data']);
    }

    /**
     * @return iterable<string, array{array<string, mixed>|string, int, string}>
     */
    public static function refusals(): iterable
    {
        yield 'public' => [['socket_id' => '1.2', 'channel_name' => 'news'], 400, 'Public channels do not need authentication'];
        yield 'nothing' => ['', 422, 'Socket ID and channel name are required'];
        yield 'no socket' => [['channel_name' => 'private-a'], 422, 'Socket ID and channel name are required'];
        yield 'empty channel' => [['socket_id' => '1.2', 'channel_name' => ''], 422, 'Socket ID and channel name are required'];
        yield 'socket' => [['socket_id' => '1.2:private-b', 'channel_name' => 'private-a'], 422, 'The socket ID is invalid'];
        yield 'long socket' => [['socket_id' => str_repeat('1', 40) . '.2', 'channel_name' => 'private-a'], 422, 'The socket ID is invalid'];
        yield 'channel' => [['socket_id' => '1.2', 'channel_name' => 'private-a:b'], 422, 'The channel name is invalid'];
        yield 'line' => [['socket_id' => "1.2\n", 'channel_name' => 'private-a'], 422, 'The socket ID is invalid'];
        yield 'types' => [['socket_id' => ['1.2'], 'channel_name' => 'private-a'], 422, 'socket_id must be a text'];
        yield 'no JSON' => ['{"socket_id"', 400, 'The request is not valid JSON'];
        yield 'scalar' => ['"1.2"', 400, 'The request is not valid JSON'];
        yield 'deep' => [str_repeat('[', 100) . str_repeat(']', 100), 400, 'The request is not valid JSON'];
        yield 'large' => ['{"socket_id":"' . str_repeat('1', 70000) . '"}', 413, 'The request is too large'];
    }

    /**
     * @param array<string, mixed>|string $body
     */
    #[DataProvider('refusals')]
    public function testWhatIsAskedWrongly(array|string $body, int $status, string $message): void
    {
        self::assertSame([$status, ['error' => $message]], self::auth($body));
    }

    public function testWithoutAUserNobodyGetsAToken(): void
    {
        $refused = [403, ['error' => 'Unauthorized']];
        self::assertSame($refused, self::auth(['socket_id' => '1.2', 'channel_name' => 'private-a'], null));
        self::assertSame($refused, self::auth(['socket_id' => '1.2', 'channel_name' => 'presence-a'], null));
    }

    public function testASubclassDecides(): void
    {
        $controller = new class (self::generator()) extends ChannelAuthController {
            protected function getCurrentUser(ServerRequestInterface $request): ?array
            {
                return $request->hasHeader('X-User') ? ['id' => $request->getHeaderLine('X-User')] : null;
            }

            protected function authorizeChannel(?array $user, string $channel): bool|array
            {
                return match ($channel) {
                    'private-closed', 'presence-closed' => false,
                    'presence-named' => ['user_id' => 12, 'user_info' => ['nick' => 'Al']],
                    'presence-info' => ['nick' => 'Al'],
                    'presence-info-only' => ['user_info' => ['nick' => 'Al']],
                    'presence-bare' => [],
                    default => true,
                };
            }

            protected function allowsGuests(string $channel): bool
            {
                return $channel === 'private-lobby';
            }
        };
        $ask = static fn(string $channel, string $user = ''): array => self::answer($controller->auth(
            ($user === '' ? self::request(['socket_id' => '1.2', 'channel_name' => $channel]) : self::request(['socket_id' => '1.2', 'channel_name' => $channel])->withHeader('X-User', $user)),
            new Response(),
        ));
        self::assertSame([403, ['error' => 'Unauthorized']], $ask('private-a'));
        self::assertSame(200, $ask('private-lobby')[0]);
        self::assertSame([403, ['error' => 'Forbidden']], $ask('private-closed', '7'));
        self::assertSame([403, ['error' => 'Forbidden']], $ask('presence-closed', '7'));
        $members = [
            'presence-named' => '{"user_id":"12","user_info":{"nick":"Al"}}',
            'presence-info' => '{"user_id":"7","user_info":{"nick":"Al"}}',
            'presence-info-only' => '{"user_id":"7","user_info":{"nick":"Al"}}',
            'presence-bare' => '{"user_id":"7","user_info":{}}',
        ];
        foreach ($members as $channel => $member) {
            [$status, $answer] = $ask($channel, '7');
            self::assertSame(200, $status);
            self::assertIsArray($answer);
            self::assertSame($member, $answer['channel_data']);
        }
    }

    public function testSigningIn(): void
    {
        $controller = new ChannelAuthController(self::generator());
        $expected = [
            '{"id":"7","user_info":{"name":"Alice","email":"alice@example.com"}}' => self::ALICE,
            '{"id":"x","user_info":{}}' => ['id' => 'x', 'token' => 'hidden'],
            '{"id":"x","user_info":{"nick":"Al"},"watchlist":["8"]}' => ['id' => 'x', 'user_info' => ['nick' => 'Al'], 'watchlist' => ['8']],
        ];
        foreach ($expected as $text => $user) {
            [$status, $answer] = self::answer($controller->userAuth(self::request(['socket_id' => '1.2'], $user), new Response()));
            self::assertSame(200, $status);
            self::assertSame(['auth' => 'key:' . hash_hmac('sha256', '1.2::user::' . $text, 'secret'), 'user_data' => $text], $answer);
        }
        self::assertSame([403, ['error' => 'Unauthorized']], self::answer($controller->userAuth(self::request(['socket_id' => '1.2'], null), new Response())));
        self::assertSame([422, ['error' => 'Socket ID is required']], self::answer($controller->userAuth(self::request([]), new Response())));
        self::assertSame([422, ['error' => 'The socket ID is invalid']], self::answer($controller->userAuth(self::request(['socket_id' => 'x']), new Response())));
    }

    public function testAFormOfManyFieldsIsRefusedWithoutAWarning(): void
    {
        $refused = [422, ['error' => 'The request has too many fields']];
        self::assertSame($refused, self::auth(str_repeat('a&', 2000), type: 'application/x-www-form-urlencoded'));
    }

    public function testAFactoryMakesTheResponseWhereNoneIsGiven(): void
    {
        $request = self::request(['socket_id' => '1.2', 'channel_name' => 'private-a']);
        foreach ([new Psr17Factory(), new HttpFactory()] as $factory) {
            $controller = new ChannelAuthController(self::generator(), $factory);
            self::assertSame(200, self::answer($controller->auth($request))[0]);
            self::assertSame(200, self::answer($controller->userAuth($request))[0]);
        }
        $this->expectException(\LogicException::class);
        $this->expectExceptionMessage('response factory');
        (new ChannelAuthController(self::generator()))->auth($request);
    }

    public function testNoErrorTellsTheSecret(): void
    {
        $controller = new ChannelAuthController(new ChannelAuthGenerator('the-secret', 'key'));
        $request = self::request(['socket_id' => '1.2', 'channel_name' => 'presence-a'], ['id' => 7, 'name' => "\xff"]);
        try {
            $controller->auth($request, new Response());
            self::fail('Nothing was thrown.');
        } catch (MessageException $error) {
            self::assertStringContainsString('not valid UTF-8', $error->getMessage());
            self::assertStringNotContainsString('the-secret', $error . print_r($controller, true));
        }
    }

    public function testAUserWithoutAnIdIsAFaultOfTheApplication(): void
    {
        $this->expectException(\UnexpectedValueException::class);
        self::auth(['socket_id' => '1.2', 'channel_name' => 'presence-a'], ['name' => 'nobody']);
    }

    public function testAnotherPsr7ImplementationWorks(): void
    {
        $request = new \GuzzleHttp\Psr7\ServerRequest('POST', '/', ['Content-Type' => 'application/json'], '{"socket_id":"1.2","channel_name":"private-a"}');
        $response = (new ChannelAuthController(self::generator()))->auth($request->withAttribute('user', self::ALICE), new \GuzzleHttp\Psr7\Response());
        self::assertSame(200, self::answer($response)[0]);
    }
}
