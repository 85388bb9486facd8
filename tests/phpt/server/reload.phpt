--TEST--
A reload: the engine takes the configuration over, connections stay, PHP workers are replaced one by one
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../processes.inc';

/** The outcome of a change, which an engine is told after it was logged. */
function outcome(ProcessServer $server, int $number): ?array
{
    $last = fn () => $server->server->client()->status()['last_change'] ?? null;
    wait_until(fn () => ($last()['number'] ?? 0) === $number);
    return $last();
}

$server = new ProcessServer();
$subscriber = $server->server->subscriber('room');
$client = $server->server->client();
[$engine] = $server->engines();

echo "-- a limit and what needs more than a reload\n";
$server->write(['limits' => ['event_data_size' => 1000], 'port' => 1, 'log' => ['format' => 'json']]);
echo $server->change(10), "\n";
caught(fn () => $client->publish('room', 'event', ['text' => str_repeat('x', 1000)]));
var_dump($client->publish('room', 'event', ['text' => 'small']), $subscriber->expect('event')['data']);
var_dump($server->engines() === [$engine]);
echo json_encode(outcome($server, 1)), "\n";

echo "-- what cannot be\n";
$server->write(['limits' => ['event_data_size' => 0]]);
echo $server->change(10), "\n";
echo json_encode(outcome($server, 2)), "\n";
$server->write(['limits' => ['event_data_size' => 2000]]);

echo "-- the next engine has it too\n";
kill_process($engine, 9);
$server->server->subscriber('room');
caught(fn () => $server->server->client()->publish('room', 'event', ['text' => str_repeat('x', 1000)]));
echo json_encode(outcome($server, 2)), "\n";
var_dump($server->server->stop());

echo "-- workers\n";
$server = new ProcessServer(['php_workers' => ['num' => 2]]);
$server->awaitWorkers(2);
$before = $server->workers();
$server->write(['php_workers' => ['num' => 3]]);
echo $server->change(10), "\n";
var_dump(wait_until(fn () => count($server->workers()) === 3 && array_intersect($before, $server->workers()) === []));
$server->write(['php_workers' => ['num' => 0]]);
echo $server->change(10), "\n";
var_dump($server->awaitWorkers(0), $server->lines('a php worker failed'), $server->lines('a php worker was killed'));
var_dump($server->server->stop());
?>
===DONE===
--EXPECTF--
-- a limit and what needs more than a reload
done needs a restart: log.format; needs stop and start: port
Ody\Websocket\Channel\Exceptions\MessageException: %s
int(1)
array(1) {
  ["text"]=>
  string(5) "small"
}
bool(true)
{"number":1,"restart":false,"ok":true,"message":"needs a restart: log.format; needs stop and start: port"}
-- what cannot be
"limits.event_data_size" must be between 1 and 67108864 bytes, 0 given
{"number":2,"restart":false,"ok":false,"message":"\"limits.event_data_size\" must be between 1 and 67108864 bytes, 0 given"}
-- the next engine has it too
Ody\Websocket\Channel\Exceptions\MessageException: %s
{"number":2,"restart":false,"ok":false,"message":"\"limits.event_data_size\" must be between 1 and 67108864 bytes, 0 given"}
bool(true)
-- workers
done
bool(true)
done
bool(true)
array(0) {
}
array(0) {
}
bool(true)
===DONE===
