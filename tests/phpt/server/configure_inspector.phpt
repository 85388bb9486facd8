--TEST--
The password of the inspector
--EXTENSIONS--
ody_websocket
--FILE--
<?php
foreach ([null, '', 'twelve bytes', str_repeat('p', 255), 'eleven byte', str_repeat('p', 256), "a password\nof two lines", ['a password in a list'], 123456789012] as $password) {
    try {
        $server = new Ody\Websocket\Server();
        $server->configure(['api_key' => 'key', 'secret_key' => 'secret', 'socket' => ['path' => '/tmp/ody-inspector.sock'], 'inspector' => ['password' => $password]]);
        echo "accepted\n";
    } catch (Throwable $error) {
        echo get_class($error), ': ', $error->getMessage(), "\n";
    }
}
?>
===DONE===
--EXPECT--
accepted
accepted
accepted
accepted
Ody\Websocket\Exceptions\ConfigurationException: "inspector.password" must have between 12 and 255 bytes, 11 given
Ody\Websocket\Exceptions\ConfigurationException: "inspector.password" must have between 12 and 255 bytes, 256 given
Ody\Websocket\Exceptions\ConfigurationException: "inspector.password" must not contain control characters
Ody\Websocket\Exceptions\ConfigurationException: "inspector.password" must be a text, array given
accepted
===DONE===
