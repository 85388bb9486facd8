--TEST--
What cannot be published says why, and the connection goes on
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';

$server = new TestServer(['limits' => ['event_data_size' => 1000, 'channels_per_publish' => 3]]);
$client = $server->client();
$subscriber = $server->subscriber('room');
function refused(callable $call): void
{
    try {
        $call();
        echo "not thrown\n";
    } catch (Ody\Websocket\Exceptions\WebsocketThrowable $error) {
        echo get_class($error), ' ', $error->getCode(), ' ', $error->getMessage() !== '' ? 'with a sentence' : 'silent', "\n";
    }
}
refused(fn () => $client->publish('', 'event', []));
refused(fn () => $client->publish('a b', 'event', []));
refused(fn () => $client->publish("\xff", 'event', []));
refused(fn () => $client->publish(str_repeat('a', 201), 'event', []));
refused(fn () => $client->publish('room', '', []));
refused(fn () => $client->publish('room', str_repeat('e', 201), []));
refused(fn () => $client->publish('room', "\xff", []));
refused(fn () => $client->publish('room', 'event', [str_repeat('d', 1000)]));
refused(fn () => $client->publishToChannels(['a', 'b', 'c', 'd'], 'event', []));
refused(fn () => $client->publishToChannels(['room', 'a b'], 'event', []));
var_dump($client->publish('room', 'event', [str_repeat('d', 900)]));
$subscriber->expect('event');
?>
===DONE===
--EXPECT--
Ody\Websocket\Channel\Exceptions\ChannelException 14 with a sentence
Ody\Websocket\Channel\Exceptions\ChannelException 14 with a sentence
Ody\Websocket\Channel\Exceptions\ChannelException 14 with a sentence
Ody\Websocket\Channel\Exceptions\ChannelException 14 with a sentence
Ody\Websocket\Channel\Exceptions\MessageException 15 with a sentence
Ody\Websocket\Channel\Exceptions\MessageException 15 with a sentence
Ody\Websocket\Channel\Exceptions\MessageException 17 with a sentence
Ody\Websocket\Channel\Exceptions\MessageException 16 with a sentence
Ody\Websocket\Channel\Exceptions\ChannelException 2 with a sentence
Ody\Websocket\Channel\Exceptions\ChannelException 14 with a sentence
int(1)
===DONE===
