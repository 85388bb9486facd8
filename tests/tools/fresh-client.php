<?php

/*
 * One subscriber over a bare socket and one publish through the facade, in one process without any
 * package but Composer's autoloader. Exit status 0 when the message arrived.
 */

declare(strict_types=1);

use Ody\Websocket\Facades\WebSocket;

$root = dirname(__DIR__, 2);
require "$root/vendor/autoload.php";

const DEADLINE = 30;

/** Ends with a sentence. */
function stop(string $sentence): never
{
    fwrite(STDERR, "$sentence\n");
    exit(1);
}

/** Reads exactly so many bytes. */
function read_bytes($socket, int $length): string
{
    $bytes = '';
    while (strlen($bytes) < $length) {
        $more = fread($socket, $length - strlen($bytes));
        if ($more === false || $more === '') {
            stop('The connection ended, or nothing came for ' . DEADLINE . ' s.');
        }
        $bytes .= $more;
    }

    return $bytes;
}

/** Reads one unmasked text frame and returns its message. */
function read_message($socket): array
{
    $length = ord(read_bytes($socket, 2)[1]);
    if ($length === 126) {
        $length = unpack('n', read_bytes($socket, 2))[1];
    }

    return json_decode(read_bytes($socket, $length), true, 16, JSON_THROW_ON_ERROR);
}

/** Sends one short masked text frame. */
function send_message($socket, array $message): void
{
    $text = json_encode($message, JSON_THROW_ON_ERROR);
    $mask = random_bytes(4);
    $masked = $text ^ str_repeat($mask, intdiv(strlen($text), 4) + 1);
    fwrite($socket, chr(0x81) . chr(0x80 | strlen($text)) . $mask . $masked);
}

/** Reads messages until one has that event. */
function await_event($socket, string $event): array
{
    do {
        $message = read_message($socket);
    } while ($message['event'] !== $event);

    return $message;
}

$port = getenv('WEBSOCKET_PORT');
preg_match('/^WEBSOCKET_API_KEY="?([^"\s]+)/m', file_get_contents("$root/.env"), $key) or stop('.env has no key.');
$socket = stream_socket_client("tcp://127.0.0.1:$port", $code, $reason, DEADLINE) or stop("No server: $reason");
stream_set_timeout($socket, DEADLINE);
fwrite($socket, "GET /app/$key[1]?protocol=7 HTTP/1.1\r\nHost: 127.0.0.1:$port\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    . 'Sec-WebSocket-Key: ' . base64_encode(random_bytes(16)) . "\r\nSec-WebSocket-Version: 13\r\n\r\n");
while (($line = rtrim((string) fgets($socket))) !== '') {
    $head[] = $line;
}
str_contains($head[0] ?? '', ' 101 ') or stop('The upgrade was refused: ' . ($head[0] ?? 'no answer'));
await_event($socket, 'pusher:connection_established');
send_message($socket, ['event' => 'pusher:subscribe', 'data' => ['channel' => 'my-channel']]);
await_event($socket, 'pusher_internal:subscription_succeeded');
$reached = WebSocket::publish('my-channel', 'new-message', ['text' => 'Hello world!']);
$data = json_decode(await_event($socket, 'new-message')['data'], true);
$reached === 1 && $data === ['text' => 'Hello world!'] or stop("Published to $reached, received " . json_encode($data));
