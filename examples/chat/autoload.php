<?php

/*
 * Loads the classes of the example and those of Ody WebSocket, and has what every request does first. A
 * project of its own would have this in composer.json.
 */

declare(strict_types=1);

namespace Chat;

require dirname(__DIR__, 2) . '/vendor/autoload.php';

spl_autoload_register(static function (string $class): void {
    $file = __DIR__ . '/src/' . substr($class, strlen('Chat\\')) . '.php';
    if (str_starts_with($class, 'Chat\\') && is_file($file)) {
        require $file;
    }
});

/**
 * Returns the JSON of a POST request. Only fetch() of our own pages can send this content type with
 * the cookie of the session, so no other site can post in a visitor's name.
 *
 * @return array<array-key, mixed>
 *
 * @throws Problem
 */
function request_body(): array
{
    if (($_SERVER['REQUEST_METHOD'] ?? '') !== 'POST') {
        return [];
    }
    if (($_SERVER['CONTENT_TYPE'] ?? '') !== 'application/json') {
        throw new Problem(415, 'The body must be application/json.');
    }
    $body = json_decode((string) file_get_contents('php://input', length: 65536), true, 8);

    return is_array($body) ? $body : throw new Problem(400, 'The body is no JSON object.');
}

/**
 * Opens the session of the visitor.
 */
function open_session(): void
{
    session_start([
        'name' => 'chat',
        'save_path' => dirname(__FILE__) . '/var/sessions',
        'cookie_httponly' => true,
        'cookie_samesite' => 'Lax',
        'use_strict_mode' => true,
    ]);
}
