--TEST--
Unusable certificates are refused by configure(), naming key and file
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';
use Ody\Websocket\Exceptions\ConfigurationException;
use Ody\Websocket\Server;

$directory = test_directory();
file_put_contents("$directory/text.pem", 'not a certificate');
foreach ([["$directory/none.pem", "$directory/text.pem", 'ssl.ssl_cert_file'], ["$directory/text.pem", "$directory/text.pem", 'ssl.ssl_cert_file']] as [$certificate, $key, $named]) {
    try {
        (new Server())->configure(test_config(['ssl' => ['ssl_cert_file' => $certificate, 'ssl_key_file' => $key]]));
        echo "not thrown\n";
    } catch (ConfigurationException $error) {
        var_dump(str_contains($error->getMessage(), $named) || $error->getMessage(), str_contains($error->getMessage(), $certificate) || $error->getMessage());
    }
}
?>
===DONE===
--EXPECT--
bool(true)
bool(true)
bool(true)
bool(true)
===DONE===
