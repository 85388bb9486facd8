<?php

/*
 * Every request of the built-in web server comes here: files of public/ are sent as they are, the rest is
 * answered by the Api.
 */

declare(strict_types=1);

use Chat\Api;
use Chat\Channels;
use Chat\Problem;
use Chat\Rooms;
use Ody\Websocket\Channel\ChannelAuthGenerator;
use Ody\Websocket\Configuration;

require __DIR__ . '/autoload.php';

return (static function (): bool {
    $uri = is_string($_SERVER['REQUEST_URI'] ?? null) ? $_SERVER['REQUEST_URI'] : '/';
    $path = (string) parse_url($uri, PHP_URL_PATH);
    if (!str_starts_with($path, '/api/')) {
        return false;
    }
    try {
        Chat\open_session();
        $configuration = Configuration::load();
        $rooms = new Rooms(__DIR__ . '/var');
        $generator = new ChannelAuthGenerator($configuration->text('secret_key'), $configuration->text('api_key'));
        $api = new Api(
            $rooms,
            new Channels($generator, $rooms),
            $configuration->text('api_key'),
            (int) $configuration->number('port', 0),
        );
        $method = $_SERVER['REQUEST_METHOD'] ?? '';
        $answer = $api->answer(is_string($method) ? $method : '', $path, Chat\request_body());
    } catch (Problem $problem) {
        http_response_code($problem->status);
        $answer = ['problem' => $problem->getMessage()];
    } catch (Throwable $error) {
        // What went wrong is for the log, not for the browser.
        error_log((string) $error);
        http_response_code(500);
        $answer = ['problem' => 'Something went wrong.'];
    }
    header('Content-Type: application/json');
    header('Cache-Control: no-store');
    header('X-Content-Type-Options: nosniff');
    echo json_encode($answer, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE);

    return true;
})();
