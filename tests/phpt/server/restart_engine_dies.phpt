--TEST--
A new engine that dies as soon as it is ready takes nothing over
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../processes.inc';

// An engine with that many shards starts slowly enough to be seen before it is ready.
$server = new ProcessServer(['additional' => ['worker_num' => 128]]);
$supervisor = $server->server->pid;

/** A restart whose new engine dies while the supervisor sleeps. @return string what became of it */
function outcome_of_death(ProcessServer $server, int $supervisor): string
{
    $before = $server->engines();
    $refused = count($server->lines('nothing was changed'));
    $restarted = count($server->lines('server restarted'));
    $server->signal(12);
    do {
        $new = array_diff($server->engines(), $before);
    } while ($new === []);
    kill_process($supervisor, 19);
    usleep(500000);
    kill_process(current($new), 9);
    usleep(100000);
    kill_process($supervisor, 18);
    wait_until(fn () => count($server->lines('nothing was changed')) > $refused
        || count($server->lines('server restarted')) > $restarted);
    return $server->lines('nothing was changed')[$refused]['reason'] ?? 'it took over';
}

// The supervisor sleeps while the new engine becomes ready and dies, so that it learns of both at once. On a
// busy machine it may be faster than this process: then the engine took over before it died, and the next one counts.
for ($tries = 0; $tries < 5; $tries++) {
    wait_until(fn () => count($server->engines()) === 1);
    $client = $server->server->subscriber('room');
    $before = $server->engines();
    $outcome = outcome_of_death($server, $supervisor);
    if ($outcome !== 'it took over') {
        break;
    }
}
echo $outcome, "\n";
var_dump($server->engines() === $before);
var_dump($server->server->client()->publish('room', 'event', []));
$client->expect('event');
echo $server->change(12), "\n";
var_dump($server->server->stop());
?>
===DONE===
--EXPECT--
The new engine ended while it was starting
bool(true)
int(1)
done
bool(true)
===DONE===
