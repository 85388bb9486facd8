<?php

declare(strict_types=1);

namespace Ody\Websocket\Channel;

use Ody\Websocket\Channel\Exceptions\AuthorizationException;
use Ody\Websocket\Channel\Exceptions\ChannelException;
use Ody\Websocket\Channel\Exceptions\MessageException;
use Ody\Websocket\Configuration;
use Ody\Websocket\Configuration\ConfigurationFileException;
use Ody\Websocket\Exceptions\ConnectionException;
use Ody\Websocket\Exceptions\OutcomeUnknownException;
use Ody\Websocket\Exceptions\ServerException;
use Psr\Http\Client\ClientExceptionInterface;
use Psr\Http\Client\ClientInterface;
use Psr\Http\Message\RequestFactoryInterface;
use Psr\Http\Message\RequestInterface;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\StreamFactoryInterface;

/**
 * Sends signed requests to the HTTP API of one app, and turns what goes wrong into exceptions.
 */
final class HttpTransport
{
    /** Bytes of an answer that are read. */
    private const ANSWER_MAX = 64 << 20;

    /** What a 400 begins with when it is the event's name that is wrong, and not the channel's. */
    private const EVENT_NAME = 'invalid event name';

    /**
     * How clients say that they did not even reach the server. The classes of PSR-18 do not tell:
     * clients throw the same for a lost answer. What is not in here counts as sent. Guzzle without
     * ext-curl says "Connection refused for URI" whatever happened.
     */
    private const NEVER_SENT = '/cURL error (?:5|6|7|35|51|58|59|60|66|77|83|90|91)\b|(?:could not|couldn\'t|failed to) (?:connect|resolve)'
        . '|getaddrinfo|connection refused(?! for uri)|failed to open stream: (?:connection timed out|no route to host|network is unreachable)'
        . '|(?:connection|resolving|ssl connection) time(?:d )?out\b|failed to enable crypto|certificate verify failed/i';

    /**
     *     $transport = new HttpTransport('https://ws.example.com:8443', '1', new HttpRequestSigner($key, $secret), $client, $factory, $factory);
     *
     * @param string                  $base    URL of the server with a prefix, if it has one; no slash at its end
     * @param string                  $appId   id of the app
     * @param HttpRequestSigner       $signer  knows the app's keys
     * @param ClientInterface         $client  any PSR-18 client; its timeouts are its own
     * @param RequestFactoryInterface $requests any PSR-17 factory
     * @param StreamFactoryInterface  $streams  any PSR-17 factory
     */
    public function __construct(
        private readonly string $base,
        private readonly string $appId,
        private readonly HttpRequestSigner $signer,
        private readonly ClientInterface $client,
        private readonly RequestFactoryInterface $requests,
        private readonly StreamFactoryInterface $streams,
    ) {}

    /**
     * Makes one with Guzzle, where it is installed. Any other PSR-18 client goes into the constructor.
     *
     *     $publisher = new HttpPublisher(HttpTransport::ofConfiguration(Configuration::load()));
     *
     * @throws HttpClientMissingException
     * @throws ConfigurationFileException when `connection` is no HTTP address, or a key is missing
     */
    public static function ofConfiguration(Configuration $configuration): self
    {
        $connection = Connection::ofConfiguration($configuration);
        if (!$connection->http) {
            throw new ConfigurationFileException('"connection" must be an HTTP address.');
        }
        foreach (['api_key', 'secret_key'] as $key) {
            if ($configuration->text($key, '') === '') {
                throw new ConfigurationFileException(sprintf('"connection" is an HTTP address, which needs "%s".', $key));
            }
        }
        [$client, $requests, $streams] = self::installed($configuration);

        return new self(
            $connection->address . $configuration->text('path', ''),
            $configuration->text('app_id', '1'),
            new HttpRequestSigner($configuration->text('api_key'), $configuration->text('secret_key')),
            $client,
            $requests,
            $streams,
        );
    }

    /**
     * Asks.
     *
     *     $channels = $transport->get('/channels', ['filter_by_prefix' => 'presence-'])['channels'];
     *
     * @param string                $path       behind /apps/{id}, percent-encoded
     * @param array<string, string> $parameters of the query
     *
     * @return array<array-key, mixed> the decoded answer
     *
     * @throws ConnectionException                          when no server answers
     * @throws \Ody\Websocket\Exceptions\WebsocketThrowable when it refuses, as its status says
     */
    public function get(string $path, array $parameters = []): array
    {
        return $this->send('GET', $path, '', $parameters);
    }

    /**
     * Sends JSON.
     *
     *     $transport->post('/events', '{"name":"new-message","channel":"my-channel","data":"{}"}');
     *
     * @param string $path behind /apps/{id}, percent-encoded
     *
     * @return array<array-key, mixed> the decoded answer
     *
     * @throws ConnectionException                          when no server answers
     * @throws \Ody\Websocket\Exceptions\WebsocketThrowable when it refuses, as its status says
     */
    public function post(string $path, string $body): array
    {
        return $this->send('POST', $path, $body, []);
    }

    /**
     * @param array<string, string> $parameters
     *
     * @return array<array-key, mixed>
     */
    private function send(string $method, string $path, string $body, array $parameters): array
    {
        $path = '/apps/' . rawurlencode($this->appId) . $path;
        $request = $this->requests
            ->createRequest($method, sprintf('%s%s?%s', $this->base, $path, $this->signer->query($method, $path, $body, $parameters)))
            ->withHeader('Accept', 'application/json');
        if ($body !== '') {
            $request = $request->withHeader('Content-Type', 'application/json')->withBody($this->streams->createStream($body));
        }

        return $this->answer($this->exchange($request), $method === 'POST');
    }

    private function exchange(RequestInterface $request): ResponseInterface
    {
        try {
            return $this->client->sendRequest($request);
        } catch (ClientExceptionInterface $error) {
            throw $this->lost($error, $request->getMethod() === 'POST');
        }
    }

    /**
     * A request that was never sent is one thing, an answer that did not come another: then nobody
     * knows whether the request was carried out.
     */
    private function lost(\Throwable $error, bool $changes): ConnectionException
    {
        // A client's message may hold the URL, which holds the signature.
        $reason = (string) preg_replace('/\?\S*/', '', $error->getMessage());
        $message = sprintf('The server at %s did not answer: %s', $this->base, rtrim($reason, '.'));

        return $changes && preg_match(self::NEVER_SENT, $reason) !== 1
            ? new OutcomeUnknownException($message . '; whether the request was carried out is unknown', 0, $error)
            : new ConnectionException($message, 0, $error);
    }

    /**
     * @return array<array-key, mixed>
     */
    private function answer(ResponseInterface $response, bool $changes): array
    {
        try {
            $text = self::text($response);
        } catch (\RuntimeException $error) {
            throw $this->lost($error, $changes);
        }
        $status = $response->getStatusCode();
        if ($status < 200 || $status > 299) {
            throw self::failure($status, trim($text));
        }
        $answer = json_decode($text, true);
        if (!is_array($answer)) {
            $message = sprintf('What answers at %s is not this server: its answer is no JSON', $this->base);
            throw $changes ? new OutcomeUnknownException($message) : new ConnectionException($message);
        }

        return $answer;
    }

    private static function text(ResponseInterface $response): string
    {
        $body = $response->getBody();
        $text = '';
        while (!$body->eof() && strlen($text) <= self::ANSWER_MAX) {
            $text .= $body->read(65536);
        }

        return $text;
    }

    private static function failure(int $status, string $reason): \Exception
    {
        $decoded = json_decode($reason, true);
        if (is_array($decoded) && is_string($decoded['error'] ?? null)) {
            $reason = $decoded['error'];
        }
        $message = sprintf('The server answered %d: %s', $status, mb_scrub(substr($reason, 0, 500)));

        return match ($status) {
            400 => str_starts_with($reason, self::EVENT_NAME) ? new MessageException($message) : new ChannelException($message),
            401, 403 => new AuthorizationException($message),
            // A channel without subscribers is no 404: the address or the app is wrong.
            404 => new ServerException($message . '; are "connection", "path" and "app_id" right?'),
            413, 429 => new MessageException($message),
            default => new ServerException($message),
        };
    }

    /**
     * @return array{ClientInterface, RequestFactoryInterface, StreamFactoryInterface}
     */
    private static function installed(Configuration $configuration): array
    {
        if (class_exists(\GuzzleHttp\Client::class) && class_exists(\GuzzleHttp\Psr7\HttpFactory::class)) {
            $factory = new \GuzzleHttp\Psr7\HttpFactory();

            return [new \GuzzleHttp\Client([
                'connect_timeout' => $configuration->number('connect_timeout', 1.0),
                'timeout' => $configuration->number('timeout', 5.0),
                'allow_redirects' => false,
            ]), $factory, $factory];
        }
        throw new HttpClientMissingException();
    }
}
