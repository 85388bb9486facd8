--TEST--
A server in the background keeps none of its starter's descriptors
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';

[$ours, $theirs] = stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0);
$server = new TestServer();
fclose($theirs);
stream_set_timeout($ours, 10);
var_dump(fread($ours, 1), feof($ours));
?>
===DONE===
--EXPECT--
string(0) ""
bool(true)
===DONE===
