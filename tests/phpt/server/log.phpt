--TEST--
The log: its file, its formats, and no secret in it
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';

foreach (['json', 'readable', 'colour', 'auto'] as $format) {
    $directory = test_directory();
    $server = new TestServer(['log' => ['format' => $format, 'file' => "$directory/own.log"]]);
    $server->stop();
    $log = file_get_contents("$directory/own.log");
    printf("%s: %o, %s, %s, %s\n", $format, fileperms("$directory/own.log") & 0777, str_starts_with($log, '{') ? 'JSON' : 'text',
        str_contains($log, "\e[") ? 'coloured' : 'plain', str_contains($log, 'test-secret') ? 'the secret is in it' : 'no secret');
}
?>
===DONE===
--EXPECT--
json: 640, JSON, plain, no secret
readable: 640, text, plain, no secret
colour: 640, text, coloured, no secret
auto: 640, JSON, plain, no secret
===DONE===
