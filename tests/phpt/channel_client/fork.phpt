--TEST--
A forked process never uses its parent's connection
--EXTENSIONS--
ody_websocket
pcntl
--FILE--
<?php
require __DIR__ . '/../server.inc';

$server = new TestServer();
$client = $server->client();
$subscriber = $server->subscriber('room');
$client->publish('room', 'parent', ['number' => 0]);
for ($child = 1; $child <= 4; $child++) {
    if (pcntl_fork() === 0) {
        for ($number = 0; $number < 50; $number++) {
            if ($client->publish('room', 'child', ['child' => $child, 'number' => $number]) !== 1) {
                exit(1);
            }
        }
        unset($client);
        exit(0);
    }
}
for ($number = 1; $number < 50; $number++) {
    $client->publish('room', 'parent', ['number' => $number]);
}
$failed = 0;
while (pcntl_wait($status) > 0) {
    $failed += pcntl_wexitstatus($status);
}
var_dump($failed);
$next = [];
for ($count = 0; $count < 250; $count++) {
    $event = $subscriber->receive();
    $from = $event['data']['child'] ?? 'parent';
    if ($event['data']['number'] !== ($next[$from] ?? 0)) {
        echo "lost, doubled or out of order from $from\n";
    }
    $next[$from] = ($next[$from] ?? 0) + 1;
}
ksort($next);
echo json_encode($next), "\n";
var_dump($client->publish('room', 'still-connected', []));
?>
===DONE===
--EXPECT--
int(0)
{"1":50,"2":50,"3":50,"4":50,"parent":50}
int(1)
===DONE===
