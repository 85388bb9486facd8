--TEST--
No clone, no serialization, no properties made on the fly; subclasses are welcome
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';
use Ody\Websocket\Channel\ChannelClient;

$client = new ChannelClient('/tmp/none.sock');
caught(fn () => clone $client);
caught(fn () => serialize($client));
caught(function () use ($client) { $client->other = 1; });
var_dump($client);

class Mine extends ChannelClient
{
    public function publish(string $channel, string $event, array $data, ?string $except = null): int
    {
        return 42;
    }
}
echo (new Mine('/tmp/none.sock'))->publish('a', 'b', []), "\n";
?>
===DONE===
--EXPECT--
Error: Trying to clone an uncloneable object of class Ody\Websocket\Channel\ChannelClient
Exception: Serialization of 'Ody\Websocket\Channel\ChannelClient' is not allowed
Error: Cannot create dynamic property Ody\Websocket\Channel\ChannelClient::$other
object(Ody\Websocket\Channel\ChannelClient)#2 (0) {
}
42
===DONE===
