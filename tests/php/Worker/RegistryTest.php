<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Worker;

use Ody\Websocket\Channel\ChannelClient;
use Ody\Websocket\Channel\ChannelHandlerInterface;
use Ody\Websocket\Channel\ChannelManager;
use Ody\Websocket\Channel\PresenceChannelHandler;
use Ody\Websocket\Channel\PrivateChannelHandler;
use Ody\Websocket\Channel\PublicChannelHandler;
use Ody\Websocket\Configuration;
use Ody\Websocket\Configuration\ConfigurationFileException;
use Ody\Websocket\Events\ChannelOccupied;
use Ody\Websocket\Events\MemberAdded;
use Ody\Websocket\Middleware\AuthenticationMiddleware;
use Ody\Websocket\Middleware\AuthorizationMiddleware;
use Ody\Websocket\Middleware\LoggingMiddleware;
use Ody\Websocket\Middleware\RateLimitingMiddleware;
use Ody\Websocket\Tests\Support\Container;
use Ody\Websocket\Tests\Support\ProjectTestCase;
use Ody\Websocket\Worker\Registry;
use PHPUnit\Framework\Attributes\DataProvider;
use Psr\Container\ContainerInterface;
use Psr\EventDispatcher\EventDispatcherInterface;

/**
 * What the configuration and service providers register.
 */
final class RegistryTest extends ProjectTestCase
{
    private const NOTHING = ['handshakes' => false, 'messages' => false, 'notices' => [], 'handlers' => []];

    public function testNothingNeedsNoWorker(): void
    {
        $registry = Registry::ofConfiguration($this->configuration());
        self::assertTrue($registry->isEmpty());
        self::assertSame(self::NOTHING, $registry->interest());
    }

    public function testBuiltInHandlersOfTheirOwnTypesStayInTheServer(): void
    {
        $registry = Registry::ofConfiguration($this->configuration()->with('channel_handlers', [
            'public' => PublicChannelHandler::class,
            'private' => PrivateChannelHandler::class,
            'presence' => PresenceChannelHandler::class,
        ]));
        self::assertTrue($registry->isEmpty());
        $extended = new class extends PrivateChannelHandler {};
        $registry = Registry::ofConfiguration($this->configuration()->with('channel_handlers', ['private' => $extended, 'custom' => PublicChannelHandler::class]));
        self::assertSame(['private', 'custom'], $registry->interest()['handlers']);
    }

    public function testAPlainListOfMiddlewareIsForBoth(): void
    {
        $registry = Registry::ofConfiguration($this->configuration()->with('middleware', ['message' => [$second = new LoggingMiddleware()], 0 => $first = new LoggingMiddleware()]));
        self::assertSame([$first], $registry->handshakeMiddleware());
        self::assertSame([$first, $second], $registry->messageMiddleware());
    }

    public function testTheLongestTypeHandlesAChannel(): void
    {
        $public = new PublicChannelHandler();
        $private = new PrivateChannelHandler();
        $auction = new PrivateChannelHandler();
        $registry = Registry::ofConfiguration($this->configuration()->with('channel_handlers', [
            'public' => $public, 'private' => $private, 'private-auction' => $auction, 7 => $public,
        ]));
        self::assertSame($auction, $registry->handlerOf('private-auction-1'));
        self::assertSame($private, $registry->handlerOf('private-auctions'));
        self::assertSame($public, $registry->handlerOf('privately'));
        self::assertSame($public, $registry->handlerOf('7-up'));
        self::assertNull($registry->handlerOf('presence-room'));
    }

    public function testMiddlewareAsTheEarlierFileNamesIt(): void
    {
        $registry = Registry::ofConfiguration($this->configuration()->with('middleware', [
            'global' => [LoggingMiddleware::class],
            'handshake' => [AuthenticationMiddleware::class],
            'message' => [RateLimitingMiddleware::class],
        ])->with('middleware_params', [RateLimitingMiddleware::class => ['maxMessagesPerMinute' => 5]]));
        $classes = static fn(array $list): array => array_map(static fn(mixed $middleware): string => get_debug_type($middleware), $list);
        self::assertSame([LoggingMiddleware::class, AuthenticationMiddleware::class], $classes($registry->handshakeMiddleware()));
        self::assertSame([LoggingMiddleware::class, RateLimitingMiddleware::class], $classes($registry->messageMiddleware()));
        self::assertSame(['handshakes' => true, 'messages' => true] + self::NOTHING, $registry->interest());
    }

    /**
     * The snippets of the README, as a service provider has them.
     */
    public function testWhatAServiceProviderRegisters(): void
    {
        $channelManager = new ChannelManager(new ChannelClient('/nowhere/ody.sock'));
        // Register your handler
        $channelManager->registerChannelHandler('custom', new CustomChannelHandler());
        // Example of middleware integration
        $channelManager->addMiddleware(new AuthorizationMiddleware());
        $channelManager->addMessageMiddleware($counting = new RateLimitingMiddleware());

        $configuration = $this->configuration()->with('middleware.global', [$logging = new LoggingMiddleware()])
            ->with('channel_handlers', ['custom' => PublicChannelHandler::class]);
        $registry = Registry::ofConfiguration($configuration, new Container([ChannelManager::class => $channelManager]));
        self::assertSame(['handshakes' => true, 'messages' => true, 'notices' => [], 'handlers' => ['custom']], $registry->interest());
        self::assertInstanceOf(CustomChannelHandler::class, $registry->handlerOf('custom-room'));
        self::assertSame($logging, $registry->messageMiddleware()[0]);
        self::assertSame($counting, $registry->messageMiddleware()[2]);
        self::assertCount(2, $registry->handshakeMiddleware());
        // The provider's own is as it was.
        self::assertCount(1, $channelManager->getMiddleware()['handshake']);
    }

    public function testTheContainerMakesClasses(): void
    {
        $handler = new CustomChannelHandler();
        $registry = Registry::ofConfiguration(
            $this->configuration()->with('channel_handlers', ['custom' => CustomChannelHandler::class, 'other' => PublicChannelHandler::class]),
            new Container([CustomChannelHandler::class => $handler]),
        );
        self::assertSame($handler, $registry->handlerOf('custom-room'));
        self::assertInstanceOf(PublicChannelHandler::class, $registry->handlerOf('other-room'));
    }

    public function testListenersAreAskedForByKind(): void
    {
        $dispatcher = new class implements EventDispatcherInterface {
            public ?object $event = null;

            public function dispatch(object $event): object
            {
                return $this->event = $event;
            }
        };
        $container = new Container([EventDispatcherInterface::class => $dispatcher]);
        $registry = Registry::ofConfiguration($this->configuration()->with('listeners', [
            MemberAdded::class => [static fn(MemberAdded $event) => null, EventDispatcherInterface::class],
        ]), $container);
        self::assertSame(['member_added'], $registry->interest()['notices']);
        $event = new MemberAdded('presence-room', '7', []);
        foreach ($registry->listeners()->getListenersForEvent($event) as $listener) {
            $listener($event);
        }
        self::assertSame($event, $dispatcher->event);
        self::assertSame([], $registry->listeners()->getListenersForEvent(new ChannelOccupied('room')));

        $all = Registry::ofConfiguration($this->configuration()->with('listeners', EventDispatcherInterface::class), $container);
        self::assertCount(7, $all->interest()['notices']);
    }

    #[DataProvider('mistakes')]
    public function testAMistakeIsOneSentenceWithItsKey(string $key, mixed $value, string $sentence): void
    {
        $configuration = $this->configuration()->with($key, $value);
        $this->expectException(ConfigurationFileException::class);
        $this->expectExceptionMessage($sentence);
        Registry::ofConfiguration($configuration);
    }

    public function testAClassThatCannotBeLoadedIsNamedWithThePlaceOfTheMistake(): void
    {
        $file = $this->project()->write('Broken.php', "<?php\n\nnamespace App;\n\nclass {");
        $load = static function (string $class) use ($file): void {
            if ($class === 'App\Broken') {
                require $file;
            }
        };
        spl_autoload_register($load);
        try {
            $this->expectException(ConfigurationFileException::class);
            $this->expectExceptionMessageMatches('~^"channel_handlers\.custom": App.Broken cannot be made: syntax error, .* in \S+/Broken\.php on line 5$~');
            Registry::ofConfiguration($this->configuration()->with('channel_handlers', ['custom' => 'App\Broken']));
        } finally {
            spl_autoload_unregister($load);
        }
    }

    public function testAContainerThatFailsIsNamedWithItsKey(): void
    {
        $container = new class implements ContainerInterface {
            public function get(string $id): mixed
            {
                throw new \RuntimeException('The database is not there');
            }

            public function has(string $id): bool
            {
                return false;
            }
        };
        $this->expectException(ConfigurationFileException::class);
        $this->expectExceptionMessage('"channel_handlers.custom": Ody\Websocket\Channel\PublicChannelHandler cannot be made: The database is not there');
        Registry::ofConfiguration($this->configuration()->with('channel_handlers', ['custom' => PublicChannelHandler::class]), $container);
    }

    /**
     * @return array<string, array{string, mixed, string}>
     */
    public static function mistakes(): array
    {
        return [
            'no path of a socket' => ['socket.path', '/' . str_repeat('s', 200), '"socket.path" must have between 1 and 107 bytes.'],
            'no time' => ['timeout', -1, '"timeout" must be'],
            'no policy' => ['missing_channel', 'perhaps', '"missing_channel" must be'],
            'no array' => ['channel_handlers', 'App\Handler', '"channel_handlers" must be an array of channel type => class.'],
            'no class' => ['channel_handlers', ['custom' => 'App\Missing'], '"channel_handlers.custom" names App\Missing, which is no class.'],
            'an interface' => ['channel_handlers', ['custom' => ChannelHandlerInterface::class], '"channel_handlers.custom" names'],
            'another class' => ['channel_handlers', ['custom' => \stdClass::class], '"channel_handlers.custom": stdClass does not implement ChannelHandlerInterface.'],
            'a number' => ['channel_handlers', ['custom' => 7], '"channel_handlers.custom" must name a class, int given.'],
            'an impossible type' => ['channel_handlers', ['cus tom' => PublicChannelHandler::class], '"channel_handlers.cus tom": '],
            'an unknown group' => ['middleware.messages', [LoggingMiddleware::class], '"middleware.messages" is not a key: there are global, handshake and message.'],
            'no middleware' => ['middleware.message', [\stdClass::class], '"middleware.message": stdClass does not implement WebSocketMiddlewareInterface.'],
            'no list' => ['middleware.global', 'App\Middleware', '"middleware.global" must be a list of classes.'],
            'missing arguments' => ['middleware.global', [\DateInterval::class], '"middleware.global": DateInterval cannot be made: '],
            'no event' => ['listeners', ['App\Event' => []], '"listeners" names App\Event, which is no event of the server.'],
            'no listener' => ['listeners', [ChannelOccupied::class => [\stdClass::class]], '"listeners.Ody\Websocket\Events\ChannelOccupied": stdClass has no method __invoke() or handle().'],
            'no listeners' => ['listeners', 7, '"listeners" must be an array of event => listeners.'],
        ];
    }

    private function configuration(): Configuration
    {
        return Configuration::ofRoot($this->project()->root);
    }
}
