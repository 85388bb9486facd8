--TEST--
No clone, no serialization, no properties made on the fly; subclasses are welcome
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';
use Ody\Websocket\Channel\ChannelAuthGenerator;

$generator = new ChannelAuthGenerator('secret', 'key');
caught(fn () => clone $generator);
caught(fn () => serialize($generator));
caught(fn () => unserialize('O:42:"Ody\Websocket\Channel\ChannelAuthGenerator":0:{}'));
caught(function () use ($generator) { $generator->other = 1; });

class Mine extends ChannelAuthGenerator
{
    public function generatePrivateAuth(string $socketId, string $channel): string
    {
        return strtoupper(parent::generatePrivateAuth($socketId, $channel));
    }
}
echo (new Mine('secret', 'key'))->generatePrivateAuth('1.2', 'private-a'), "\n";
?>
===DONE===
--EXPECT--
Error: Trying to clone an uncloneable object of class Ody\Websocket\Channel\ChannelAuthGenerator
Exception: Serialization of 'Ody\Websocket\Channel\ChannelAuthGenerator' is not allowed
Exception: Unserialization of 'Ody\Websocket\Channel\ChannelAuthGenerator' is not allowed
Error: Cannot create dynamic property Ody\Websocket\Channel\ChannelAuthGenerator::$other
KEY:E4A24E9F55FB2255D2B72F4F6CAE13115B47C7AB08B39EA51C52F98FD8CB4DB1
===DONE===
