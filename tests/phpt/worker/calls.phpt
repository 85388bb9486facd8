--TEST--
A worker gets calls as arrays, and its answers decide
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';
use Ody\Websocket\Worker\Connection;

$server = new TestServer(['php_workers' => ['num' => 1, 'timeout' => 30]]);
$connection = new Connection($server->socket, 30.0);
$register = fn (array $interest) => $connection->register($interest);
/** Runs until so many calls are answered with these answers, and prints what came. */
$serve = function (?array ...$answers) use ($connection): void {
    $handler = function (array $call) use (&$answers): ?array {
        $call['socket_id'] = $call['socket_id'] === null ? null : 'id';
        echo json_encode(array_filter($call, is_string(...)), JSON_UNESCAPED_SLASHES), "\n";
        return array_shift($answers);
    };
    var_dump($connection->run($handler, count($answers)));
};

$register(['handlers' => ['custom']]);
$client = $server->connect();
$client->send(['event' => 'pusher:subscribe', 'data' => ['channel' => 'custom-a', 'auth' => 'x']]);
$serve(['verdict' => 'refused', 'message' => str_repeat('€', 400), 'code' => 418]);
echo strlen($client->expect('pusher:error')['data']['message']), "\n";
echo $client->expect('pusher:subscription_error')['data']['status'], "\n";

$register(['handlers' => ['custom', 'public']]);
$client->send(['event' => 'pusher:subscribe', 'data' => ['channel' => 'custom-a']]);
$serve(null);
$client->expect('pusher_internal:subscription_succeeded');
$register(['handlers' => ['custom']]);
$other = $server->connect();
$other->send(['event' => 'pusher:subscribe', 'data' => ['channel' => 'custom-a']]);
$serve(['verdict' => 'pass']);
$other->expect('pusher_internal:subscription_succeeded');

$register(['handlers' => ['custom']]);
$client->send(['event' => 'client-a', 'channel' => 'custom-a', 'data' => ['n' => 1]]);
$client->send(['event' => 'client-b', 'channel' => 'custom-a', 'data' => 'text']);
$client->send(['event' => 'client-c', 'channel' => 'custom-a', 'data' => []]);
$client->send(['event' => 'client-d', 'channel' => 'custom-a', 'data' => []]);
$serve(['verdict' => 'pass', 'data' => '{"n":2}'], [], ['verdict' => 'handled'], ['verdict' => 'failed']);
echo json_encode([$other->receive(), $other->receive()]), "\n";
echo $client->expect('pusher:error')['data']['message'], "\n";

$register(['messages' => true, 'notices' => ['member_added', 'closed', 'vacated']]);
$client->send(['event' => 'pusher:unsubscribe', 'data' => ['channel' => 'custom-a']]);
$client->send(['event' => 'client-e', 'channel' => 'custom-a', 'data' => []]);
$serve(null, ['verdict' => 'refused', 'message' => 'Not here', 'code' => 77]);
echo json_encode($client->expect('pusher:error')['data']), "\n";
?>
===DONE===
--EXPECT--
{"kind":"subscribe","socket_id":"id","channel":"custom-a","data":"{\"channel\":\"custom-a\",\"auth\":\"x\"}"}
int(1)
1023
418
{"kind":"subscribe","socket_id":"id","channel":"custom-a","data":"{\"channel\":\"custom-a\"}"}
int(1)
{"kind":"subscribe","socket_id":"id","channel":"custom-a","data":"{\"channel\":\"custom-a\"}"}
int(1)
{"kind":"client_event","socket_id":"id","channel":"custom-a","event":"client-a","data":"{\"n\":1}"}
{"kind":"client_event","socket_id":"id","channel":"custom-a","event":"client-b","data":"text"}
{"kind":"client_event","socket_id":"id","channel":"custom-a","event":"client-c","data":"[]"}
{"kind":"client_event","socket_id":"id","channel":"custom-a","event":"client-d","data":"[]"}
int(4)
[{"event":"client-a","data":{"n":2},"channel":"custom-a"},{"event":"client-b","data":"text","channel":"custom-a"}]
The application could not handle this
{"kind":"message","socket_id":"id","data":"{\"event\":\"pusher:unsubscribe\",\"data\":{\"channel\":\"custom-a\"}}"}
{"kind":"message","socket_id":"id","data":"{\"event\":\"client-e\",\"channel\":\"custom-a\",\"data\":[]}"}
int(2)
{"code":77,"message":"Not here"}
===DONE===
