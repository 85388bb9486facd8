--TEST--
PHP workers end with their engine, and that is no failure
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../processes.inc';

$worker = <<<'PHP'
    $client = new Ody\Websocket\Channel\ChannelClient($socket, 30.0, 30.0);
    $engine = $client->status()['engine_pid'];
    file_put_contents("$directory/engine." . getmypid(), $engine);
    $connection = new Ody\Websocket\Worker\Connection($socket, 30.0);
    $connection->register(['messages' => true]);
    $connection->run(fn () => null);
    exit(5);
    PHP;
$server = new ProcessServer(['php_workers' => ['num' => 2]], $worker);
$of = fn (int $engine) => wait_until(fn () => count(array_filter(glob("$server->directory/engine.*"), fn ($file) => (int) file_get_contents($file) === $engine)) === 2);
[$engine] = $server->engines();
var_dump($of($engine));
kill_process($engine, 9);
var_dump(wait_until(fn () => $server->engines() !== [] && $server->engines() !== [$engine]));
[$next] = $server->engines();
var_dump($of($next), $server->lines('a php worker failed'));

echo "-- a restart\n";
$workers = $server->workers();
echo $server->change(12), "\n";
[$last] = array_values(array_diff($server->engines(), [$next]));
var_dump($of($last), wait_until(fn () => array_intersect($workers, $server->workers()) === []), $server->lines('a php worker failed'));
var_dump($server->server->stop());
?>
===DONE===
--EXPECT--
bool(true)
bool(true)
bool(true)
array(0) {
}
-- a restart
done
bool(true)
bool(true)
array(0) {
}
bool(true)
===DONE===
