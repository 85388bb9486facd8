--TEST--
ChannelManager collects handlers and middleware in their order
--EXTENSIONS--
ody_websocket
--FILE--
<?php
// The interfaces are PHP files of the package.
eval('namespace Ody\Websocket\Channel; interface ChannelHandlerInterface {}');
eval('namespace Ody\Websocket\Middleware; interface WebSocketMiddlewareInterface {}');
require __DIR__ . '/../server.inc';
use Ody\Websocket\Channel\ChannelClient;
use Ody\Websocket\Channel\ChannelHandlerInterface;
use Ody\Websocket\Channel\ChannelManager;
use Ody\Websocket\Middleware\WebSocketMiddlewareInterface;

final class CustomChannelHandler implements ChannelHandlerInterface {}
final class AuthorizationMiddleware implements WebSocketMiddlewareInterface
{
    public function __construct(public string $name = '') {}
}

$channelManager = new ChannelManager(new ChannelClient('/nowhere/ody.sock'));
var_dump($channelManager->registerChannelHandler('custom', new CustomChannelHandler()) === $channelManager);
$channelManager->registerChannelHandler('7', new CustomChannelHandler())->registerChannelHandler('custom', $last = new CustomChannelHandler());
var_dump(array_keys($channelManager->getChannelHandlers()), $channelManager->getChannelHandlers()['custom'] === $last);
$before = $channelManager->getMiddleware();
var_dump($channelManager->addMiddleware(new AuthorizationMiddleware('a')) === $channelManager);
$channelManager->addHandshakeMiddleware(new AuthorizationMiddleware('b'))->addMessageMiddleware(new AuthorizationMiddleware('c'))->addMiddleware(new AuthorizationMiddleware('d'));
$names = fn (array $list) => implode(' ', array_map(fn ($middleware) => $middleware->name, $list));
echo $names($channelManager->getMiddleware()['handshake']), ', ', $names($channelManager->getMiddleware()['message']), ', ', count($before['message']), "\n";

caught(fn () => $channelManager->registerChannelHandler('custom', new stdClass()));
caught(fn () => $channelManager->addMiddleware(new CustomChannelHandler()));
foreach (['', 'ends-', 'with space', '#a', str_repeat('x', 65), "a\0b"] as $type) {
    caught(fn () => $channelManager->registerChannelHandler($type, $last));
}
for ($number = 0; $number < 62; $number++) {
    $channelManager->registerChannelHandler("type$number", $last);
}
caught(fn () => $channelManager->registerChannelHandler('one-more', $last));
$channelManager->registerChannelHandler('type5', $last);
caught(fn () => new ChannelManager(new stdClass()));
caught(fn () => $channelManager->__construct(new ChannelClient('/other')));
caught(fn () => (new ReflectionClass(ChannelManager::class))->newInstanceWithoutConstructor()->getChannels());
caught(fn () => (new ReflectionClass(ChannelManager::class))->newInstanceWithoutConstructor()->subscribe('1.2', 'a'));
caught(fn () => serialize($channelManager));
caught(fn () => $channelManager->getChannels());
// What holds the manager that holds it is freed all the same.
final class Holder implements ChannelHandlerInterface
{
    public ?ChannelManager $manager = null;
    public function __destruct() { echo "freed\n"; }
}
$manager = new ChannelManager(new ChannelClient('/nowhere/ody.sock'));
$holder = new Holder();
$holder->manager = $manager;
$manager->registerChannelHandler('held', $holder);
unset($manager, $holder);
var_dump(gc_collect_cycles() > 0);
?>
===DONE===
--EXPECTF--
bool(true)
array(2) {
  [0]=>
  string(6) "custom"
  [1]=>
  int(7)
}
bool(true)
bool(true)
a b d, a c d, 0
TypeError: Ody\Websocket\Channel\ChannelManager::registerChannelHandler(): Argument #2 ($handler) must be of type Ody\Websocket\Channel\ChannelHandlerInterface, stdClass given
TypeError: Ody\Websocket\Channel\ChannelManager::addMiddleware(): Argument #1 ($middleware) must be of type Ody\Websocket\Middleware\WebSocketMiddlewareInterface, CustomChannelHandler given
ValueError: Ody\Websocket\Channel\ChannelManager::registerChannelHandler(): Argument #1 ($channelType) must be 1 to 64 letters, digits or _-=@,.; and not end with a dash
ValueError: Ody\Websocket\Channel\ChannelManager::registerChannelHandler(): Argument #1 ($channelType) must be 1 to 64 letters, digits or _-=@,.; and not end with a dash
ValueError: Ody\Websocket\Channel\ChannelManager::registerChannelHandler(): Argument #1 ($channelType) must be 1 to 64 letters, digits or _-=@,.; and not end with a dash
ValueError: Ody\Websocket\Channel\ChannelManager::registerChannelHandler(): Argument #1 ($channelType) must be 1 to 64 letters, digits or _-=@,.; and not end with a dash
ValueError: Ody\Websocket\Channel\ChannelManager::registerChannelHandler(): Argument #1 ($channelType) must be 1 to 64 letters, digits or _-=@,.; and not end with a dash
ValueError: Ody\Websocket\Channel\ChannelManager::registerChannelHandler(): Argument #1 ($channelType) must be 1 to 64 letters, digits or _-=@,.; and not end with a dash
ValueError: Ody\Websocket\Channel\ChannelManager::registerChannelHandler(): Argument #1 ($channelType) must not be more than 64 types
TypeError: Ody\Websocket\Channel\ChannelManager::__construct(): Argument #1 ($client) must be of type Ody\Websocket\Channel\ChannelClient, stdClass given
Error: Ody\Websocket\Channel\ChannelManager::__construct() may only be called once
Error: Ody\Websocket\Channel\ChannelManager::__construct() has not been called
Error: Ody\Websocket\Channel\ChannelManager::__construct() has not been called
Exception: Serialization of 'Ody\Websocket\Channel\ChannelManager' is not allowed
Ody\Websocket\Exceptions\ConnectionException: %s
freed
bool(true)
===DONE===
