--TEST--
The exception classes and what they extend
--EXTENSIONS--
ody_websocket
--FILE--
<?php
$names = ['Exceptions\ConnectionException', 'Exceptions\OutcomeUnknownException', 'Exceptions\ConfigurationException',
    'Exceptions\ServerException', 'Channel\Exceptions\ChannelException', 'Channel\Exceptions\ChannelNotFoundException',
    'Channel\Exceptions\AuthorizationException', 'Channel\Exceptions\MessageException', 'Channel\Exceptions\SubscriptionException'];
foreach ($names as $name) {
    $class = new ReflectionClass("Ody\Websocket\\$name");
    $exception = $class->newInstance('why', 7);
    echo $class->getName(), ': ', implode(' < ', class_parents($exception)), ', ', $class->isFinal() ? 'final' : 'open', ', ';
    echo $exception instanceof Ody\Websocket\Exceptions\WebsocketThrowable ? 'marked' : 'not marked', ', ', $exception->getMessage(), ' ', $exception->getCode(), "\n";
}
echo implode(', ', class_implements('Ody\Websocket\Exceptions\WebsocketThrowable')), "\n";
class Mine extends Ody\Websocket\Exceptions\ConnectionException {}
try {
    throw new Mine('extended');
} catch (Ody\Websocket\Exceptions\WebsocketThrowable $error) {
    echo $error->getMessage(), "\n";
}
?>
===DONE===
--EXPECT--
Ody\Websocket\Exceptions\ConnectionException: RuntimeException < Exception, open, marked, why 7
Ody\Websocket\Exceptions\OutcomeUnknownException: Ody\Websocket\Exceptions\ConnectionException < RuntimeException < Exception, open, marked, why 7
Ody\Websocket\Exceptions\ConfigurationException: InvalidArgumentException < LogicException < Exception, open, marked, why 7
Ody\Websocket\Exceptions\ServerException: RuntimeException < Exception, open, marked, why 7
Ody\Websocket\Channel\Exceptions\ChannelException: Exception, open, marked, why 7
Ody\Websocket\Channel\Exceptions\ChannelNotFoundException: Ody\Websocket\Channel\Exceptions\ChannelException < Exception, open, marked, why 7
Ody\Websocket\Channel\Exceptions\AuthorizationException: Ody\Websocket\Channel\Exceptions\ChannelException < Exception, open, marked, why 7
Ody\Websocket\Channel\Exceptions\MessageException: Ody\Websocket\Channel\Exceptions\ChannelException < Exception, open, marked, why 7
Ody\Websocket\Channel\Exceptions\SubscriptionException: Ody\Websocket\Channel\Exceptions\ChannelException < Exception, open, marked, why 7
Throwable, Stringable
extended
===DONE===
