--TEST--
phpinfo() shows our version and the versions of the libraries
--EXTENSIONS--
ody_websocket
--FILE--
<?php
ob_start();
phpinfo(INFO_MODULES);
$text = ob_get_clean();
$section = substr($text, strpos($text, "\node_websocket\n"));
preg_match('/^Version => (.*)$/m', $section, $version);
var_dump($version[1] === phpversion('ody_websocket'));
foreach (['libwebsockets', 'libev', 'jansson', 'hiredis', 'OpenSSL', 'libcurl'] as $library) {
    var_dump(preg_match("/^$library => \d+\.\d+\S* => .*\d+\.\d+/m", $section));
}
?>
===DONE===
--EXPECT--
bool(true)
int(1)
int(1)
int(1)
int(1)
int(1)
int(1)
===DONE===
