<?php

declare(strict_types=1);

/*
 * Looks at a server as the page of the inspector does when everything of it is in use at the same time: numbers
 * every second, connections, channels and one channel's people every three, and the messages of that channel as they come.
 *
 *   inspector_look.php PORT PASSWORD CHANNEL
 *
 *   look    begins, and answers at once
 *   rest    ends, and answers with a line of JSON: how many requests and messages there were
 */

[, $port, $password, $channel] = $argv;

/** A kept connection, one request at a time. */
final class Line
{
    /** @var resource */
    private $socket;
    public int $requests = 0;

    public function __construct(private readonly string $port, public string $token = 'none')
    {
        $this->socket = stream_socket_client("tcp://127.0.0.1:$port") ?: throw new RuntimeException('no server');
    }

    /** @return resource */
    public function socket()
    {
        return $this->socket;
    }

    public function send(string $method, string $path, string $body = ''): void
    {
        $this->requests++;
        fwrite($this->socket, "$method /inspector/api/$path HTTP/1.1\r\nHost: 127.0.0.1:{$this->port}\r\nX-Inspector: {$this->token}\r\nContent-Length: " . strlen($body) . "\r\n\r\n$body");
    }

    /** @return array<string, mixed> */
    public function answer(): array
    {
        $head = '';
        while (!str_ends_with($head, "\r\n\r\n")) {
            $head .= fgets($this->socket);
        }
        preg_match('~^Content-Length: (\d+)~mi', $head, $match);
        $body = stream_get_contents($this->socket, (int) $match[1]);
        if (!str_starts_with($head, 'HTTP/1.1 200')) {
            throw new RuntimeException("$head$body");
        }
        return json_decode((string) $body, true, 64, JSON_THROW_ON_ERROR);
    }

    /** @return array<string, mixed> */
    public function ask(string $method, string $path, string $body = ''): array
    {
        $this->send($method, $path, $body);
        return $this->answer();
    }
}

$line = new Line($port);
$line->token = $line->ask('POST', 'login', http_build_query(['password' => $password]))['token'];
$tailLine = new Line($port, $line->token);
$looking = false;
$messages = 0;
while (true) {
    $read = [STDIN];
    $waiting = $looking && $tail['asked'];
    if ($waiting) {
        $read[] = $tailLine->socket();
    }
    $write = $except = null;
    $pause = $looking ? max(0.0, min($next, $waiting ? INF : $tail['next']) - microtime(true)) : 3600.0;
    stream_select($read, $write, $except, (int) $pause, (int) (fmod($pause, 1) * 1e6));
    if (in_array(STDIN, $read, true)) {
        $command = fgets(STDIN);
        if ($command === false) {
            exit;
        }
        if (trim($command) === 'look') {
            $tail = ['id' => $line->ask('POST', 'begin-tail', http_build_query(['channel' => $channel]))['tail'], 'after' => 0, 'asked' => false, 'next' => 0.0];
            [$looking, $next, $second, $messages, $line->requests, $tailLine->requests] = [true, 0.0, 0, 0, 0, 0];
            echo "{}\n";
        } else {
            $line->ask('POST', 'end-tail', http_build_query(['tail' => $tail['id']]));
            if ($tail['asked']) {
                try {
                    $tailLine->answer();
                } catch (RuntimeException) {
                    // It has ended meanwhile.
                }
            }
            $looking = false;
            echo json_encode(['requests' => $line->requests + $tailLine->requests, 'messages' => $messages]), "\n";
        }
        continue;
    }
    if ($waiting && count($read) > 0) {
        $answer = $tailLine->answer();
        $messages += count($answer['messages']);
        $tail['after'] = $answer['messages'] === [] ? $tail['after'] : end($answer['messages'])['number'];
        $tail['asked'] = false;
        $tail['next'] = microtime(true) + ($answer['messages'] === [] ? 0 : 0.15);
    }
    if (!$tail['asked'] && microtime(true) >= $tail['next']) {
        $tailLine->send('GET', 'tail?' . http_build_query(['tail' => $tail['id'], 'after' => $tail['after']]));
        $tail['asked'] = true;
    }
    if (microtime(true) >= $next) {
        $next = ($next ?: microtime(true)) + 1;
        $line->ask('GET', 'overview');
        if ($second++ % 3 === 0) {
            $line->ask('GET', 'connections?limit=50');
            $line->ask('GET', 'channels?limit=50');
            $line->ask('GET', 'channel?' . http_build_query(['name' => $channel]));
            $line->ask('GET', 'subscribers?' . http_build_query(['name' => $channel, 'limit' => 12]));
        }
    }
}
