--TEST--
Loading the extension starts no thread and no process
--EXTENSIONS--
ody_websocket
--FILE--
<?php
echo count(glob('/proc/self/task/*')), " thread\n";
echo trim((string) file_get_contents('/proc/self/task/' . getmypid() . '/children')), "no child\n";
?>
===DONE===
--EXPECT--
1 thread
no child
===DONE===
