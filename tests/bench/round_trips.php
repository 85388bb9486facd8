<?php

declare(strict_types=1);

/*
 * Measures from one PHP process, for run.php. Prints nanoseconds of wall time.
 *
 *   php round_trips.php bare COUNT REQUEST_BYTES ANSWER_BYTES   with a second PHP process
 *   php round_trips.php publish COUNT SOCKET PAYLOAD_BYTES      to a server with one subscriber
 *   php round_trips.php pusher COUNT PORT PAYLOAD_BYTES         to the same with pusher/pusher-php-server
 */

[, $what, $count] = $argv;
$count = (int) $count;

/** Request and answer over a Unix socket between two PHP processes, nothing else. */
function bare(int $count, int $request, int $answer): int
{
    $pair = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0) ?: throw new RuntimeException('no socket pair');
    $child = pcntl_fork();
    if ($child === 0) {
        fclose($pair[0]);
        stream_set_read_buffer($pair[1], 0);
        $reply = str_repeat('a', $answer);
        while (($got = fread($pair[1], $request)) !== false && $got !== '') {
            fwrite($pair[1], $reply);
        }
        exit(0);
    }
    fclose($pair[1]);
    stream_set_read_buffer($pair[0], 0);
    $text = str_repeat('q', $request);
    $start = hrtime(true);
    for ($index = 0; $index < $count; $index++) {
        fwrite($pair[0], $text);
        fread($pair[0], $answer);
    }
    $time = hrtime(true) - $start;
    fclose($pair[0]);
    pcntl_waitpid($child, $status);

    return $time;
}

/** Publishes and waits for each answer. */
function publish(int $count, string $socket, int $payload): int
{
    $client = new Ody\Websocket\Channel\ChannelClient($socket);
    $data = ['d' => str_repeat('x', $payload - 8)];
    $start = hrtime(true);
    for ($index = 0; $index < $count; $index++) {
        $client->publish('load', 'e', $data);
    }

    return hrtime(true) - $start;
}

/** The same with Pusher's library, over HTTP. */
function pusher(int $count, int $port, int $payload): int
{
    require dirname(__DIR__) . '/pusher-php/7/vendor/autoload.php';
    $client = new Pusher\Pusher('bench-key', 'bench-secret', '1', ['host' => '127.0.0.1', 'port' => $port, 'scheme' => 'http', 'useTLS' => false]);
    $data = ['d' => str_repeat('x', $payload - 8)];
    $start = hrtime(true);
    for ($index = 0; $index < $count; $index++) {
        $client->trigger('load', 'e', $data);
    }

    return hrtime(true) - $start;
}

echo match ($what) {
    'bare' => bare($count, (int) $argv[3], (int) $argv[4]),
    'publish' => publish($count, $argv[3], (int) $argv[4]),
    'pusher' => pusher($count, (int) $argv[3], (int) $argv[4]),
    default => throw new InvalidArgumentException("there is no measurement \"$what\""),
}, "\n";
