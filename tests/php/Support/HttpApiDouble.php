<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Support;

use Nyholm\Psr7\Response;
use PHPUnit\Framework\Assert;
use Psr\Http\Client\ClientInterface;
use Psr\Http\Message\RequestInterface;
use Psr\Http\Message\ResponseInterface;

/**
 * An HTTP API that answers what it was told to. It checks the signature of each request by itself.
 */
final class HttpApiDouble implements ClientInterface
{
    public const KEY = '278d425bdf160c739803';
    public const SECRET = '7ad3773142a6692b25b8';

    /** @var list<RequestInterface> */
    public array $requests = [];

    /** @var list<ResponseInterface|\Throwable> */
    private array $answers;

    public function __construct(ResponseInterface|\Throwable|string ...$answers)
    {
        $this->answers = array_values(array_map(
            static fn(ResponseInterface|\Throwable|string $answer): ResponseInterface|\Throwable => is_string($answer) ? new Response(200, [], $answer) : $answer,
            $answers,
        ));
    }

    public function sendRequest(RequestInterface $request): ResponseInterface
    {
        self::verify($request);
        $this->requests[] = $request;
        $answer = array_shift($this->answers);
        Assert::assertNotNull($answer, 'More was asked than expected.');

        return $answer instanceof \Throwable ? throw $answer : $answer;
    }

    /**
     * The decoded body of a request.
     *
     * @return array<array-key, mixed>
     */
    public function body(int $index): array
    {
        $body = json_decode((string) $this->requests[$index]->getBody(), true);
        Assert::assertIsArray($body);

        return $body;
    }

    /**
     * Checks a request as Pusher's documentation says: every parameter but the signature, sorted.
     */
    public static function verify(RequestInterface $request): void
    {
        $signed = [];
        $signature = '';
        foreach (explode('&', $request->getUri()->getQuery()) as $pair) {
            [$name, $value] = array_map('rawurldecode', explode('=', $pair, 2) + [1 => '']);
            if ($name === 'auth_signature') {
                $signature = $value;
            } else {
                $signed[] = strtolower($name) . '=' . $value;
            }
        }
        sort($signed, SORT_STRING);
        $body = (string) $request->getBody();
        $path = (string) preg_replace('#^/ws#', '', $request->getUri()->getPath());
        $text = $request->getMethod() . "\n" . $path . "\n" . implode('&', $signed);
        Assert::assertSame(hash_hmac('sha256', $text, self::SECRET), $signature);
        Assert::assertContains('auth_key=' . self::KEY, $signed);
        Assert::assertSame($body === '' ? [] : ['body_md5=' . md5($body)], array_values(array_filter($signed, static fn(string $pair): bool => str_starts_with($pair, 'body_md5'))));
    }
}
