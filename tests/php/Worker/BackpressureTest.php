<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Worker;

use Ody\Websocket\Tests\Support\Project;
use Ody\Websocket\Tests\Support\ProjectTestCase;
use PHPUnit\Framework\Attributes\DataProvider;

/**
 * A client that sends faster than PHP handles is read no faster, and nothing that it says is lost.
 */
final class BackpressureTest extends ProjectTestCase
{
    private const MESSAGES = 4000;

    #[DataProvider('schemes')]
    public function testEveryMessageIsHandledInOrder(string $scheme): void
    {
        $project = $this->projectWithServer();
        $project->environment['WEBSOCKET_LIMIT_CLIENT_EVENTS_PER_SECOND'] = '0';
        if ($scheme === 'tls') {
            $this->certify($project);
        }
        $project->write('config/websocket.php', <<<'PHP'
            <?php

            final class SlowHandler extends Ody\Websocket\Channel\PublicChannelHandler
            {
                public function onClientEvent(string $clientId, string $channel, string $event, array $data, Ody\Websocket\Channel\ChannelManager $manager): mixed
                {
                    usleep(100);
                    file_put_contents(__DIR__ . '/seen', $data['number'] . "\n", FILE_APPEND);

                    return null;
                }
            }

            return ['channel_handlers' => ['custom' => SlowHandler::class], 'php_workers' => ['num' => 1]];
            PHP);
        $project->artisan('websocket:start', '-d')->succeeded();
        $context = stream_context_create(['ssl' => ['verify_peer' => false, 'verify_peer_name' => false]]);
        $stream = stream_socket_client("{$scheme}://127.0.0.1:{$project->port()}", $code, $reason, 10, STREAM_CLIENT_CONNECT, $context);
        self::assertIsResource($stream, (string) $reason);
        fwrite($stream, "GET /app/test-key?protocol=7 HTTP/1.1\r\nHost: test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            . "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
        $this->await($stream, 'connection_established');
        fwrite($stream, $this->frame(['event' => 'pusher:subscribe', 'data' => ['channel' => 'custom-a']]));
        $this->await($stream, 'subscription_succeeded');
        for ($number = 0; $number < self::MESSAGES; $number++) {
            fwrite($stream, $this->frame(['event' => 'client-a', 'channel' => 'custom-a', 'data' => ['number' => $number, 'text' => str_repeat('x', 500)]]));
        }
        self::assertSame(range(0, self::MESSAGES - 1), $this->seen($project));
        fclose($stream);
    }

    /**
     * @return iterable<string, array{string}>
     */
    public static function schemes(): iterable
    {
        yield 'ws' => ['tcp'];
        yield 'wss' => ['tls'];
    }

    /**
     * @return list<int>
     */
    private function seen(Project $project): array
    {
        for ($end = microtime(true) + 60; microtime(true) < $end; usleep(50_000)) {
            $lines = is_file($project->root . '/config/seen') ? file($project->root . '/config/seen', FILE_IGNORE_NEW_LINES) : [];
            if ($lines !== false && count($lines) >= self::MESSAGES) {
                return array_map(intval(...), $lines);
            }
        }

        self::fail('Not all messages were handled.');
    }

    /**
     * @param resource $stream
     */
    private function await($stream, string $event): void
    {
        for ($seen = ''; !str_contains($seen, $event);) {
            $more = fread($stream, 4096);
            self::assertNotContains($more, ['', false], "The server closed before {$event}.");
            $seen .= $more;
        }
    }

    /**
     * @param array<string, mixed> $message
     */
    private function frame(array $message): string
    {
        $text = (string) json_encode($message);
        $length = strlen($text) < 126 ? chr(0x80 | strlen($text)) : chr(0x80 | 126) . pack('n', strlen($text));

        // A mask of zeros is a mask.
        return "\x81" . $length . "\0\0\0\0" . $text;
    }

    private function certify(Project $project): void
    {
        $project->environment['WEBSOCKET_SSL_CERT_FILE'] = $project->root . '/certificate.pem';
        $project->environment['WEBSOCKET_SSL_KEY_FILE'] = $project->root . '/key.pem';
        exec(sprintf('openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=localhost -keyout %1$s/key.pem -out %1$s/certificate.pem 2>&1', $project->root), $output, $status);
        self::assertSame(0, $status, implode("\n", $output));
    }
}
