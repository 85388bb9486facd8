<?php

declare(strict_types=1);

namespace Ody\Websocket\Worker;

use Ody\Websocket\Channel\ChannelClient;
use Ody\Websocket\Channel\ChannelHandlerInterface;
use Ody\Websocket\Channel\ChannelManager;
use Ody\Websocket\Channel\PresenceChannelHandler;
use Ody\Websocket\Channel\PrivateChannelHandler;
use Ody\Websocket\Channel\PublicChannelHandler;
use Ody\Websocket\Configuration;
use Ody\Websocket\Configuration\ConfigurationFileException;
use Ody\Websocket\Middleware\WebSocketMiddlewareInterface;
use Psr\Container\ContainerInterface;

/**
 * The application's code that the server is to run: handlers, middleware and listeners.
 *
 * @internal
 */
final class Registry
{
    /** What the server does itself, without a worker. */
    private const BUILT_IN = [
        'public' => PublicChannelHandler::class,
        'private' => PrivateChannelHandler::class,
        'presence' => PresenceChannelHandler::class,
    ];

    private function __construct(
        private readonly ChannelManager $manager,
        private readonly Listeners $listeners,
    ) {}

    /**
     * Collects what the configuration names, and what service providers have registered on the
     * container's ChannelManager. The configuration's middleware is the outer one; for a type of
     * channels that both name the provider's handler counts.
     *
     *     Registry::ofConfiguration(Configuration::load())->isEmpty()
     *
     * @param ContainerInterface|null $container makes classes, and may hold a ChannelManager
     *
     * @throws ConfigurationFileException which names the key that is wrong
     */
    public static function ofConfiguration(Configuration $configuration, ?ContainerInterface $container = null): self
    {
        $parameters = $configuration->get('middleware_params', []);
        $factory = new Factory($container, is_array($parameters) ? $parameters : []);
        $manager = new ChannelManager(self::client($configuration));
        self::addHandlers($manager, $configuration->get('channel_handlers', []), $factory);
        self::addConfigured($manager, $configuration->get('middleware', []), $factory);
        self::addProvided($manager, $container);

        return new self($manager, Listeners::ofConfiguration($configuration->get('listeners', []), $factory));
    }

    /**
     * Says whether there is nothing to run, so that no worker is needed.
     */
    public function isEmpty(): bool
    {
        return $this->interest() === ['handshakes' => false, 'messages' => false, 'notices' => [], 'handlers' => []];
    }

    /**
     * Returns what the server is to ask workers about, as Connection::register() takes it.
     *
     * @return array{handshakes: bool, messages: bool, notices: list<string>, handlers: list<string>}
     */
    public function interest(): array
    {
        $types = [];
        foreach ($this->manager->getChannelHandlers() as $type => $handler) {
            if ((self::BUILT_IN[$type] ?? null) !== $handler::class) {
                $types[] = (string) $type;
            }
        }

        return [
            'handshakes' => $this->handshakeMiddleware() !== [],
            'messages' => $this->messageMiddleware() !== [],
            'notices' => $this->listeners->kinds(),
            'handlers' => $types,
        ];
    }

    /**
     * Returns the handler of a channel: that of the longest type that its name begins with.
     */
    public function handlerOf(string $channel): ?ChannelHandlerInterface
    {
        $found = null;
        $length = 0;
        foreach ($this->manager->getChannelHandlers() as $type => $handler) {
            $prefix = $type . '-';
            if (strlen($prefix) > $length && str_starts_with($channel, $prefix)) {
                $found = $handler;
                $length = strlen($prefix);
            }
        }
        $reserved = str_starts_with($channel, 'private-') || str_starts_with($channel, 'presence-');

        return $found ?? ($reserved ? null : $this->manager->getChannelHandlers()['public'] ?? null);
    }

    /**
     * Returns the manager that handlers and middleware work with.
     */
    public function manager(): ChannelManager
    {
        return $this->manager;
    }

    /**
     * @internal
     */
    public function listeners(): Listeners
    {
        return $this->listeners;
    }

    /**
     * @return list<WebSocketMiddlewareInterface> the outermost first
     */
    public function handshakeMiddleware(): array
    {
        return $this->manager->getMiddleware()['handshake'];
    }

    /**
     * @return list<WebSocketMiddlewareInterface> the outermost first
     */
    public function messageMiddleware(): array
    {
        return $this->manager->getMiddleware()['message'];
    }

    private static function client(Configuration $configuration): ChannelClient
    {
        $missing = $configuration->get('missing_channel');

        try {
            return new ChannelClient(
                $configuration->text('socket.path'),
                $configuration->number('connect_timeout', 1.0),
                $configuration->number('timeout', 5.0),
                is_string($missing) && $missing !== '' ? $missing : 'throw',
            );
        } catch (\ValueError $error) {
            throw self::inWordsOfKeys($error);
        }
    }

    /**
     * Who has set a key knows nothing of the client's arguments.
     */
    private static function inWordsOfKeys(\ValueError $error): ConfigurationFileException
    {
        $keys = ['socketPath' => 'socket.path', 'connectTimeout' => 'connect_timeout', 'timeout' => 'timeout', 'missingChannel' => 'missing_channel'];
        $known = preg_match('/\(\$(\w+)\) (.+)$/', $error->getMessage(), $match) === 1 && isset($keys[$match[1]]);

        return new ConfigurationFileException($known ? sprintf('"%s" %s.', $keys[$match[1]], $match[2]) : $error->getMessage(), 0, $error);
    }

    private static function addHandlers(ChannelManager $manager, mixed $handlers, Factory $factory): void
    {
        if (!is_array($handlers)) {
            throw new ConfigurationFileException('"channel_handlers" must be an array of channel type => class.');
        }
        foreach ($handlers as $type => $entry) {
            $key = 'channel_handlers.' . $type;
            $handler = $factory->make($key, $entry);
            if (!$handler instanceof ChannelHandlerInterface) {
                throw new ConfigurationFileException(sprintf('"%s": %s does not implement ChannelHandlerInterface.', $key, $handler::class));
            }
            try {
                $manager->registerChannelHandler((string) $type, $handler);
            } catch (\ValueError $error) {
                throw new ConfigurationFileException(sprintf('"%s": %s.', $key, $error->getMessage()), 0, $error);
            }
        }
    }

    /**
     * The key is a list, or has lists for both, for handshakes alone and for messages alone.
     */
    private static function addConfigured(ChannelManager $manager, mixed $configured, Factory $factory): void
    {
        if (!is_array($configured)) {
            throw new ConfigurationFileException('"middleware" must be a list of classes, or have the keys global, handshake and message.');
        }
        $groups = ['global' => $manager->addMiddleware(...), 'handshake' => $manager->addHandshakeMiddleware(...), 'message' => $manager->addMessageMiddleware(...)];
        $listed = array_filter($configured, 'is_int', ARRAY_FILTER_USE_KEY);
        self::addMiddleware('middleware', $listed, $factory, $groups['global']);
        foreach (array_diff_key($configured, $listed) as $name => $entries) {
            if (!isset($groups[$name])) {
                throw new ConfigurationFileException(sprintf('"middleware.%s" is not a key: there are global, handshake and message.', $name));
            }
            self::addMiddleware('middleware.' . $name, $entries, $factory, $groups[$name]);
        }
    }

    /**
     * @param \Closure(WebSocketMiddlewareInterface): mixed $add
     */
    private static function addMiddleware(string $key, mixed $entries, Factory $factory, \Closure $add): void
    {
        if (!is_array($entries)) {
            throw new ConfigurationFileException(sprintf('"%s" must be a list of classes.', $key));
        }
        foreach ($entries as $entry) {
            $middleware = $factory->make($key, $entry);
            if (!$middleware instanceof WebSocketMiddlewareInterface) {
                throw new ConfigurationFileException(sprintf('"%s": %s does not implement WebSocketMiddlewareInterface.', $key, $middleware::class));
            }
            $add($middleware);
        }
    }

    private static function addProvided(ChannelManager $manager, ?ContainerInterface $container): void
    {
        $provided = $container?->has(ChannelManager::class) === true ? $container->get(ChannelManager::class) : null;
        if (!$provided instanceof ChannelManager) {
            return;
        }
        foreach ($provided->getChannelHandlers() as $type => $handler) {
            $manager->registerChannelHandler((string) $type, $handler);
        }
        $lists = $provided->getMiddleware();
        foreach ($lists['handshake'] as $middleware) {
            $manager->addHandshakeMiddleware($middleware);
        }
        foreach ($lists['message'] as $middleware) {
            $manager->addMessageMiddleware($middleware);
        }
    }
}
