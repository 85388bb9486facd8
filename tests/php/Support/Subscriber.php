<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Support;

use PHPUnit\Framework\Assert;

/**
 * A client of the server: subscribes to a channel and receives. As little as tests of PHP need; other
 * tests use real clients.
 */
final class Subscriber
{
    private const PATIENCE = 30;

    public readonly string $socketId;

    /** @var resource */
    private $stream;

    private string $buffer = '';

    /**
     * @param (\Closure(string): array<string, string>)|null $authorize gets the socket id and returns `auth` and perhaps `channel_data`
     */
    public function __construct(int $port, string $key, string $channel, ?\Closure $authorize = null)
    {
        $stream = stream_socket_client("tcp://127.0.0.1:{$port}", $code, $reason, self::PATIENCE);
        Assert::assertIsResource($stream, (string) $reason);
        $this->stream = $stream;
        stream_set_blocking($stream, false);
        fwrite($stream, "GET /app/{$key}?protocol=7 HTTP/1.1\r\nHost: 127.0.0.1:{$port}\r\nUpgrade: websocket\r\n"
            . 'Connection: Upgrade' . "\r\nSec-WebSocket-Key: " . base64_encode(random_bytes(16)) . "\r\nSec-WebSocket-Version: 13\r\n\r\n");
        while (!str_contains($this->buffer, "\r\n\r\n")) {
            $this->receive();
        }
        Assert::assertStringStartsWith('HTTP/1.1 101 ', $this->buffer);
        $this->buffer = explode("\r\n\r\n", $this->buffer, 2)[1];
        $data = json_decode($this->next('pusher:connection_established'), true);
        Assert::assertIsArray($data);
        Assert::assertIsString($data['socket_id']);
        $this->socketId = $data['socket_id'];
        $more = $authorize === null ? [] : $authorize($this->socketId);
        $this->send(['event' => 'pusher:subscribe', 'data' => ['channel' => $channel] + $more]);
        $this->next('pusher_internal:subscription_succeeded');
    }

    /**
     * Waits for the next message, which must have this event, and returns its data as text.
     */
    public function next(string $event): string
    {
        $message = json_decode($this->frame(), true);
        Assert::assertIsArray($message);
        Assert::assertSame($event, $message['event'] ?? null);
        $data = $message['data'] ?? '';

        return is_string($data) ? $data : (string) json_encode($data);
    }

    /**
     * @param array<string, mixed> $message
     */
    public function send(array $message): void
    {
        $text = (string) json_encode($message);
        Assert::assertLessThan(65536, strlen($text), 'Only short messages are sent here.');
        $length = strlen($text) < 126 ? chr(0x80 | strlen($text)) : chr(0x80 | 126) . pack('n', strlen($text));
        // A mask of zeros is a mask.
        fwrite($this->stream, "\x81" . $length . "\0\0\0\0" . $text);
    }

    /**
     * Waits until the server says that it closes, and returns the code.
     */
    public function closed(): int
    {
        $head = $this->bytes(2);
        Assert::assertSame(0x88, ord($head[0]));
        $code = unpack('n', $this->bytes(ord($head[1])));
        Assert::assertIsArray($code);
        Assert::assertIsInt($code[1]);

        return $code[1];
    }

    private function frame(): string
    {
        $head = $this->bytes(2);
        Assert::assertSame(0x81, ord($head[0]), 'A text frame was expected.');
        $length = ord($head[1]);
        if ($length === 126) {
            $long = unpack('n', $this->bytes(2));
            Assert::assertIsArray($long);
            Assert::assertIsInt($long[1]);
            $length = $long[1];
        }

        return $this->bytes($length);
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
        $more = fread($this->stream, 8192);
        Assert::assertNotContains($more, ['', false], 'The server closed the connection.');
        $this->buffer .= $more;
    }
}
