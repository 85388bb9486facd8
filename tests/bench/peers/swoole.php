<?php

declare(strict_types=1);

/*
 * As little of a Pusher server as the load generator needs, on Swoole: public channels and POST /apps/ID/events. One
 * process (base mode), no coroutines. Generous to it: a frame is encoded once, what is published in one turn of the
 * loop is sent together, no signature is checked and nothing is limited.
 *
 *   php -d extension=swoole swoole.php PORT
 */

use Swoole\Event;
use Swoole\Http\Request;
use Swoole\Http\Response;
use Swoole\WebSocket\Frame;
use Swoole\WebSocket\Server;

$port = (int) ($argv[1] ?? 0);
$server = new Server('127.0.0.1', $port, SWOOLE_BASE);
$server->set(['worker_num' => 1, 'enable_coroutine' => false, 'max_connection' => 20000, 'log_level' => SWOOLE_LOG_ERROR]);

/** @var array<string, array<int, int>> $channels descriptors of each */
$channels = [];
/** @var array<int, list<string>> $joined channels of each descriptor */
$joined = [];
/** @var array<string, string> $frames what the turn has collected for each channel */
$frames = [];

function message(string $event, string $channel, string $data): string
{
    return json_encode(['event' => $event, 'channel' => $channel, 'data' => $data], JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR);
}

$flush = static function () use ($server, &$channels, &$frames): void {
    $collected = $frames;
    $frames = [];
    foreach ($collected as $channel => $bytes) {
        foreach ($channels[$channel] ?? [] as $descriptor) {
            $server->send($descriptor, $bytes);
        }
    }
};

$server->on('start', static function () use ($port): void {
    printf("%d listens on %d\n", getmypid(), $port);
});

$server->on('open', static function (Server $server, Request $request): void {
    $data = json_encode(['socket_id' => "1.{$request->fd}", 'activity_timeout' => 120], JSON_THROW_ON_ERROR);
    $server->push($request->fd, json_encode(['event' => 'pusher:connection_established', 'data' => $data], JSON_THROW_ON_ERROR));
});

$server->on('message', static function (Server $server, Frame $frame) use (&$channels, &$joined): void {
    $message = json_decode($frame->data, true);
    if ($message['event'] === 'pusher:ping') {
        $server->push($frame->fd, '{"event":"pusher:pong","data":"{}"}');
    } elseif ($message['event'] === 'pusher:subscribe') {
        $channel = $message['data']['channel'];
        $channels[$channel][$frame->fd] = $frame->fd;
        $joined[$frame->fd][] = $channel;
        $server->push($frame->fd, message('pusher_internal:subscription_succeeded', $channel, '{}'));
    }
});

$server->on('request', static function (Request $request, Response $response) use (&$frames, $flush): void {
    $body = json_decode((string) $request->getContent(), true);
    foreach ($body['channels'] as $channel) {
        if ($frames === []) {
            Event::defer($flush);
        }
        $frames[$channel] = ($frames[$channel] ?? '') . Server::pack(message($body['name'], $channel, $body['data']));
    }
    $response->header('Content-Type', 'application/json');
    $response->end('{}');
});

$server->on('close', static function (Server $server, int $descriptor) use (&$channels, &$joined): void {
    foreach ($joined[$descriptor] ?? [] as $channel) {
        unset($channels[$channel][$descriptor]);
    }
    unset($joined[$descriptor]);
});

$server->start();
