<?php

declare(strict_types=1);

/*
 * Clients whose events a PHP handler decides about, for run.php. Prints nanoseconds until the last one
 * was handled.
 *
 *   php worker_load.php PORT KEY SOCKET CLIENTS MESSAGES
 */

[, $port, $key, $socket, $clients, $messages] = $argv;

function frame(string $text): string
{
    $length = strlen($text);

    // A mask of zeros is a mask.
    return "\x81" . ($length < 126 ? chr(0x80 | $length) : chr(0x80 | 126) . pack('n', $length)) . "\0\0\0\0" . $text;
}

function connect(int $port, string $key): mixed
{
    $stream = stream_socket_client("tcp://127.0.0.1:$port") ?: throw new RuntimeException('no connection');
    fwrite($stream, "GET /app/$key?protocol=7 HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        . "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
    $seen = '';
    while (!str_contains($seen, 'connection_established')) {
        $seen .= fread($stream, 4096);
    }
    fwrite($stream, frame('{"event":"pusher:subscribe","data":{"channel":"bench-room"}}'));
    while (!str_contains($seen, 'subscription_succeeded')) {
        $seen .= fread($stream, 4096);
    }
    stream_set_blocking($stream, false);

    return $stream;
}

function handled(Ody\Websocket\Channel\ChannelClient $client): int
{
    $workers = $client->status()['php_workers'] ?? null;

    return is_array($workers) ? $workers['handled'] : throw new RuntimeException('no PHP workers');
}

$client = new Ody\Websocket\Channel\ChannelClient($socket, 10.0, 30.0);
$streams = [];
$rests = [];
for ($index = 0; $index < (int) $clients; $index++) {
    $streams[] = connect((int) $port, $key);
    $rests[] = '';
}
$burst = str_repeat(frame('{"event":"client-bench","channel":"bench-room","data":{"number":12345,"text":"' . str_repeat('x', 40) . '"}}'), 50);
$bursts = intdiv((int) $messages, 50);
$goal = handled($client) + $bursts * 50;
$start = hrtime(true);
$written = 0;
while ($written < $bursts || array_filter($rests) !== []) {
    $read = null;
    $except = null;
    $write = array_filter($streams, static fn(mixed $stream, int $index): bool => $written < $bursts || $rests[$index] !== '', ARRAY_FILTER_USE_BOTH);
    stream_select($read, $write, $except, 1);
    foreach ($write as $index => $stream) {
        if ($rests[$index] === '' && $written < $bursts) {
            $rests[$index] = $burst;
            $written++;
        }
        $sent = fwrite($stream, $rests[$index]);
        $rests[$index] = substr($rests[$index], (int) $sent);
    }
}
while (handled($client) < $goal) {
    time_nanosleep(0, 2_000_000);
}
echo hrtime(true) - $start, "\n";
