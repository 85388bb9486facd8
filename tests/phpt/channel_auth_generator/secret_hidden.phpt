--TEST--
Dumps, exports, casts and traces do not show the secret
--EXTENSIONS--
ody_websocket
--FILE--
<?php
use Ody\Websocket\Channel\ChannelAuthGenerator;

$generator = new ChannelAuthGenerator('the-secret', 'key');
ob_start();
var_dump($generator);
print_r($generator);
var_export($generator);
echo json_encode($generator), implode(',', array_keys((array) $generator));
echo new ReflectionObject($generator);
try {
    new ChannelAuthGenerator('the-secret', 'a:b');
} catch (ValueError $error) {
    echo $error, print_r($error->getTrace(), true);
}
$shown = ob_get_clean();
var_dump(strlen($shown) > 1000, str_contains($shown, 'SensitiveParameterValue'), str_contains($shown, 'the-secret'));
?>
===DONE===
--EXPECT--
bool(true)
bool(true)
bool(false)
===DONE===
