--TEST--
When start() returns, PHP has its signals back
--EXTENSIONS--
ody_websocket
pcntl
--FILE--
<?php
require __DIR__ . '/../server.inc';
require __DIR__ . '/../foreground.inc';

$state = 'function state() { preg_match_all("/^Sig(?:Blk|Ign|Cgt):.*$/m", file_get_contents("/proc/self/status"), $lines); return implode(" ", $lines[0]); }
    pcntl_async_signals(true); pcntl_signal(SIGTERM, function () { echo "handled", PHP_EOL; }); pcntl_signal(SIGCHLD, SIG_IGN); $before = state();';
$after = 'echo state() === $before ? "same" : $before . PHP_EOL . state(), PHP_EOL; exec("kill -TERM " . getmypid());';
$server = new ForegroundServer([], $state, $after);
$server->signal(15);
echo $server->wait(), "\n";
echo substr($server->output, strpos($server->output, "returned")), "\n";
?>
===DONE===
--EXPECT--
0
returned 0
same
handled

===DONE===
