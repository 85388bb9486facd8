<?php

/*
 * Calls the facade for the tests: reads lines [method, parameters], answers with lines
 * {"result": …} or {"error": class, "message": …}.
 */

declare(strict_types=1);

require $argv[1];

while (($line = fgets(STDIN)) !== false) {
    [$method, $parameters] = json_decode($line, true, 64, JSON_THROW_ON_ERROR);
    try {
        $answer = ['result' => [Ody\Websocket\Facades\WebSocket::class, $method](...$parameters)];
    } catch (Throwable $error) {
        $answer = ['error' => $error::class, 'message' => $error->getMessage()];
    }
    echo json_encode($answer, JSON_THROW_ON_ERROR), "\n";
}
