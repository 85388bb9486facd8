<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Support;

use PHPUnit\Framework\Assert;

/**
 * A WebSocket client that says what it is told and waits for what it expects.
 */
final class Client
{
    private const PATIENCE = 30;

    /** Empty until the server has let it in. */
    public string $socketId = '';

    /** @var resource */
    private $stream;

    private string $buffer = '';

    public function __construct(int $port, string $key, string $query = '', string $headers = '')
    {
        $stream = stream_socket_client("tcp://127.0.0.1:{$port}", $code, $reason, self::PATIENCE);
        Assert::assertIsResource($stream, (string) $reason);
        $this->stream = $stream;
        stream_set_blocking($stream, false);
        fwrite($stream, "GET /app/{$key}?protocol=7{$query} HTTP/1.1\r\nHost: 127.0.0.1:{$port}\r\nUpgrade: websocket\r\n"
            . "Connection: Upgrade\r\n{$headers}Sec-WebSocket-Key: " . base64_encode(random_bytes(16)) . "\r\nSec-WebSocket-Version: 13\r\n\r\n");
        while (!str_contains($this->buffer, "\r\n\r\n")) {
            $this->receive();
        }
        Assert::assertStringStartsWith('HTTP/1.1 101 ', $this->buffer);
        $this->buffer = explode("\r\n\r\n", $this->buffer, 2)[1];
    }

    /**
     * Waits until the server has let it in.
     */
    public function open(): self
    {
        $this->socketId = Json::text($this->next('pusher:connection_established'), 'socket_id');

        return $this;
    }

    /**
     * Subscribes and waits until it is in.
     *
     * @param array<string, mixed> $more
     *
     * @return mixed what subscription_succeeded says
     */
    public function subscribe(string $channel, array $more = []): mixed
    {
        $this->send(['event' => 'pusher:subscribe', 'data' => ['channel' => $channel] + $more]);

        return $this->next('pusher_internal:subscription_succeeded');
    }

    /**
     * @param array<string, mixed> $message
     */
    public function send(array $message): void
    {
        $text = json_encode($message, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES);
        $length = strlen($text);
        $head = $length < 126 ? chr(0x80 | $length) : chr(0x80 | 126) . pack('n', $length);
        // A mask of zeros is a mask.
        fwrite($this->stream, "\x81" . $head . "\0\0\0\0" . $text);
    }

    /**
     * @param array<string, mixed> $data
     */
    public function event(string $channel, string $event, array $data): void
    {
        $this->send(['event' => $event, 'channel' => $channel, 'data' => $data]);
    }

    /**
     * Waits for the next message, which must have this event, and returns its data, decoded.
     */
    public function next(string $event): mixed
    {
        $message = $this->message();
        Assert::assertSame($event, $message['event'] ?? null, (string) json_encode($message));
        $data = $message['data'] ?? null;

        return is_string($data) ? json_decode($data, true) ?? $data : $data;
    }

    /**
     * Waits for the next message.
     *
     * @return array<array-key, mixed>
     */
    public function message(): array
    {
        $head = $this->bytes(2);
        Assert::assertSame(0x81, ord($head[0]), 'A text frame was expected.');
        $length = ord($head[1]);
        if ($length === 126) {
            $length = ord(($more = $this->bytes(2))[0]) * 256 + ord($more[1]);
        }
        $message = json_decode($this->bytes($length), true);
        Assert::assertIsArray($message);

        return $message;
    }

    /**
     * Says something, and waits until the server has dealt with all that was said before.
     */
    public function sync(): void
    {
        $this->send(['event' => 'pusher:ping']);
        $this->next('pusher:pong');
    }

    /**
     * Waits until the server says that it closes, and returns the code.
     */
    public function closed(): int
    {
        $head = $this->bytes(2);
        Assert::assertSame(0x88, ord($head[0]));
        $payload = $this->bytes(ord($head[1]));

        return ord($payload[0]) * 256 + ord($payload[1]);
    }

    /**
     * Goes away without a word.
     */
    public function leave(): void
    {
        fclose($this->stream);
    }

    private function bytes(int $count): string
    {
        while (strlen($this->buffer) < $count) {
            $this->receive();
        }
        $bytes = substr($this->buffer, 0, $count);
        $this->buffer = substr($this->buffer, $count);

        return $bytes;
    }

    private function receive(): void
    {
        $read = [$this->stream];
        $write = $except = null;
        Assert::assertSame(1, stream_select($read, $write, $except, self::PATIENCE), 'The server sent nothing.');
        $more = fread($this->stream, 65536);
        Assert::assertNotContains($more, ['', false], 'The server closed the connection.');
        $this->buffer .= $more;
    }
}
