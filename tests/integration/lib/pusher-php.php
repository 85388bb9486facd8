<?php

/*
 * Calls an unmodified pusher/pusher-php-server for the tests: pusher-php.php <vendor/autoload.php>
 * <arguments of Pusher's constructor as JSON>. Reads lines [method, parameters], answers with lines
 * {"result": …} or {"error": class, "message": …, "code": …}. "all" takes a list of such calls, whose
 * promises are under way at the same time.
 */

declare(strict_types=1);

use GuzzleHttp\Promise\PromiseInterface;
use GuzzleHttp\Promise\Utils;
use Pusher\Pusher;
use Pusher\Webhook;

ini_set('display_errors', 'stderr');
error_reporting(E_ALL & ~E_DEPRECATED);

require $argv[1];

$pusher = new Pusher(...json_decode($argv[2], true, 64, JSON_THROW_ON_ERROR));

$call = static fn(array $one): mixed => $pusher->{$one[0]}(...$one[1]);

while (($line = fgets(STDIN)) !== false) {
    $one = json_decode($line, true, 64, JSON_THROW_ON_ERROR);
    try {
        $result = match (true) {
            $one[0] === 'all' => Utils::all(array_map($call, $one[1][0]))->wait(),
            default => $call($one),
        };
        if ($result instanceof PromiseInterface) {
            $result = $result->wait();
        }
        if ($result instanceof Webhook) {
            $result = ['time_ms' => $result->get_time_ms(), 'events' => $result->get_events()];
        }
        $answer = ['result' => $result];
    } catch (Throwable $error) {
        $answer = ['error' => $error::class, 'message' => $error->getMessage(), 'code' => $error->getCode()];
    }
    echo json_encode($answer, JSON_THROW_ON_ERROR), "\n";
}
