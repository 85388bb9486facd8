--TEST--
The API: classes, their flags, methods and parameters
--EXTENSIONS--
ody_websocket
--FILE--
<?php
$extension = new ReflectionExtension('ody_websocket');
foreach ($extension->getClasses() as $class) {
    echo implode(' ', Reflection::getModifierNames($class->getModifiers())), $class->isInterface() ? 'interface ' : ' class ';
    echo $class->getName(), $class->getParentClass() ? ' extends ' . $class->getParentClass()->getName() : '', "\n";
    foreach ($class->getMethods() as $method) {
        if ($method->getDeclaringClass()->getName() !== $class->getName()) {
            continue;
        }
        $parameters = array_map(function (ReflectionParameter $parameter) {
            $attributes = array_map(fn ($attribute) => '#[' . $attribute->getName() . '] ', $parameter->getAttributes());
            $default = $parameter->isDefaultValueAvailable() ? ' = ' . json_encode($parameter->getDefaultValue(), JSON_PRESERVE_ZERO_FRACTION) : '';
            return implode($attributes) . $parameter->getType() . ' $' . $parameter->getName() . $default;
        }, $method->getParameters());
        echo '    ', implode(' ', Reflection::getModifierNames($method->getModifiers())), ' ', $method->getName();
        echo '(', implode(', ', $parameters), ')', $method->hasReturnType() ? ': ' . $method->getReturnType() : '', "\n";
    }
}
echo implode(', ', array_keys($extension->getFunctions())), implode(', ', array_keys($extension->getINIEntries())), "\n";
?>
===DONE===
--EXPECT--
interface Ody\Websocket\Exceptions\WebsocketThrowable
 class Ody\Websocket\Channel\Exceptions\ChannelException extends Exception
 class Ody\Websocket\Exceptions\ConnectionException extends RuntimeException
 class Ody\Websocket\Exceptions\OutcomeUnknownException extends Ody\Websocket\Exceptions\ConnectionException
 class Ody\Websocket\Exceptions\ConfigurationException extends InvalidArgumentException
 class Ody\Websocket\Exceptions\ServerException extends RuntimeException
 class Ody\Websocket\Channel\Exceptions\ChannelNotFoundException extends Ody\Websocket\Channel\Exceptions\ChannelException
 class Ody\Websocket\Channel\Exceptions\AuthorizationException extends Ody\Websocket\Channel\Exceptions\ChannelException
 class Ody\Websocket\Channel\Exceptions\MessageException extends Ody\Websocket\Channel\Exceptions\ChannelException
 class Ody\Websocket\Channel\Exceptions\SubscriptionException extends Ody\Websocket\Channel\Exceptions\ChannelException
 class Ody\Websocket\Channel\ChannelAuthGenerator
    public __construct(#[SensitiveParameter] string $secretKey, ?string $apiKey = null)
    public generatePrivateAuth(string $socketId, string $channel): string
    public generatePresenceAuth(string $socketId, string $channel, array $userData): string
    public channelData(array $userData): string
    public generateUserAuth(string $socketId, array $userData): string
    public userData(array $userData): string
    public validatePrivateAuth(string $socketId, string $channel, string $authSignature): bool
    public validatePresenceAuth(string $socketId, string $channel, string $authSignature, ?string $channelData = null): array|false
 class Ody\Websocket\Channel\ChannelClient
    public __construct(string $socketPath, float $connectTimeout = 1.0, float $timeout = 5.0, string $missingChannel = "throw")
    public publish(string $channel, string $event, array $data, ?string $except = null): int
    public publishToChannels(array $channels, string $event, array $data, ?string $except = null): int
    public whisper(string $clientId, string $event, array $data, ?string $channel = null): bool
    public getSubscribers(string $channel): array
    public isSubscribed(string $clientId, string $channel): bool
    public channelExists(string $channel): bool
    public getChannels(): array
    public status(): array
 class Ody\Websocket\Channel\ChannelManager
    public __construct(Ody\Websocket\Channel\ChannelClient $client)
    public subscribe(string $clientId, string $channel, array $data = []): bool
    public unsubscribe(string $clientId, string $channel): bool
    public broadcast(string $channel, string $event, array $payload, ?string $except = null): int
    public broadcastToChannels(array $channels, string $event, array $payload, ?string $except = null): int
    public whisper(string $clientId, string $event, array $payload, ?string $channel = null): bool
    public getChannelSubscribers(string $channel): array
    public getChannelMembers(string $channel): array
    public isSubscribed(string $clientId, string $channel): bool
    public getChannels(): array
    public registerChannelHandler(string $channelType, Ody\Websocket\Channel\ChannelHandlerInterface $handler): static
    public addMiddleware(Ody\Websocket\Middleware\WebSocketMiddlewareInterface $middleware): static
    public addHandshakeMiddleware(Ody\Websocket\Middleware\WebSocketMiddlewareInterface $middleware): static
    public addMessageMiddleware(Ody\Websocket\Middleware\WebSocketMiddlewareInterface $middleware): static
    public getChannelHandlers(): array
    public getMiddleware(): array
final class Ody\Websocket\Server
    public configure(#[SensitiveParameter] array $config): static
    public start(bool $daemonize = false): int
    public stop(float $timeout = 30.0): bool
    public reload(): bool
    public restart(): bool
    public pid(): ?int
    public static options(): array
final class Ody\Websocket\Worker\Connection
    public __construct(string $socketPath, float $connectTimeout = 1.0)
    public register(array $interest): void
    public run(callable $handler, int $maxMessages = 0, ?callable $between = null): int

===DONE===
