<?php

/*
 * A page that publishes: whoever is subscribed to "my-channel" gets a message each time it is opened.
 */

declare(strict_types=1);

use Ody\Websocket\Channel\Exceptions\ChannelNotFoundException;
use Ody\Websocket\Facades\WebSocket;

require dirname(__DIR__) . '/vendor/autoload.php';

header('Content-Type: text/plain');
try {
    $reached = WebSocket::publish('my-channel', 'new-message', ['text' => 'Hello world!']);
    echo "Published to {$reached} subscribers.\n";
} catch (ChannelNotFoundException) {
    echo "Nobody is subscribed to my-channel.\n";
}
