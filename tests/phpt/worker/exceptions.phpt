--TEST--
An exception, or an answer that is none, fails the call; then the worker may go on
--EXTENSIONS--
ody_websocket
--FILE--
<?php
require __DIR__ . '/../server.inc';
use Ody\Websocket\Worker\Connection;

$server = new TestServer(['php_workers' => ['num' => 1, 'timeout' => 30], 'limits' => ['client_events_per_second' => 0]]);
$connection = new Connection($server->socket, 30.0);
$connection->register(['messages' => true]);
$client = $server->connect();
$say = fn () => $client->send(['event' => 'client-a', 'channel' => 'room', 'data' => []]);
$failed = fn () => print($client->expect('pusher:error')['data']['message'] . "\n");

final class Magic
{
    public function __call(string $name, array $arguments): ?array
    {
        throw new DomainException("$name was called");
    }
}

foreach ([
    fn () => throw new DomainException('It does not work'),
    [new Magic(), 'anything'],
    fn () => 5,
    fn () => ['verdict' => 'perhaps'],
    fn () => ['message' => 3],
    fn () => ['data' => []],
    fn () => ['code' => -1],
    fn () => ['code' => 65536],
    fn () => $connection->run(fn () => null),
    fn () => $connection->register([]),
    function (array $call, string $more): ?array { return null; },
] as $handler) {
    $say();
    caught(fn () => $connection->run($handler, 1));
    $failed();
}

$say();
caught(fn () => $connection->run(fn () => ['verdict' => 'refused', 'message' => 'no'], 0, fn () => throw new DomainException('Between')));
$failed();
$say();
$say();
$between = 0;
$count = $connection->run(fn () => ['verdict' => 'refused', 'message' => 'no'], 0, function () use (&$between) { return ++$between < 2; });
echo "$count answered, $between between\n";
$failed();
$failed();
caught(fn () => $connection->run(fn () => null));
?>
===DONE===
--EXPECT--
DomainException: It does not work
The application could not handle this
DomainException: anything was called
The application could not handle this
TypeError: The handler must return an array or null, int returned
The application could not handle this
ValueError: The verdict must be pass, handled, refused or failed
The application could not handle this
TypeError: The handler must return texts as message and data, and 0 to 65535 as code
The application could not handle this
TypeError: The handler must return texts as message and data, and 0 to 65535 as code
The application could not handle this
TypeError: The handler must return texts as message and data, and 0 to 65535 as code
The application could not handle this
TypeError: The handler must return texts as message and data, and 0 to 65535 as code
The application could not handle this
Error: Ody\Websocket\Worker\Connection is handling a call
The application could not handle this
Error: Ody\Websocket\Worker\Connection is handling a call
The application could not handle this
ArgumentCountError: Too few arguments to function {closure}(), 1 passed and exactly 2 expected
The application could not handle this
DomainException: Between
no
2 answered, 2 between
no
no
Ody\Websocket\Exceptions\ServerException: The worker has not registered
===DONE===
