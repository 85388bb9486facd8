<?php

declare(strict_types=1);

namespace Ody\Websocket\Worker;

use Ody\Websocket\Configuration\ConfigurationFileException;
use Psr\Container\ContainerInterface;
use Psr\Container\NotFoundExceptionInterface;

/**
 * Makes the objects that the configuration names.
 *
 * @internal
 */
final class Factory
{
    /**
     * @param array<array-key, mixed> $parameters class => arguments of its constructor
     */
    public function __construct(
        private readonly ?ContainerInterface $container,
        private readonly array $parameters = [],
    ) {}

    /**
     * Returns what an entry of the configuration stands for.
     *
     * @param string $key   of the configuration, for errors
     * @param mixed  $entry an object, or the name of a class
     *
     * @throws ConfigurationFileException which names the key
     */
    public function make(string $key, mixed $entry): object
    {
        if (is_object($entry)) {
            return $entry;
        }

        if (!is_string($entry)) {
            throw new ConfigurationFileException(sprintf('"%s" must name a class, %s given.', $key, get_debug_type($entry)));
        }
        try {
            return $this->ofClass($key, $entry);
        } catch (ConfigurationFileException $error) {
            throw $error;
        } catch (\Throwable $error) {
            throw ConfigurationFileException::because(sprintf('"%s": %s cannot be made', $key, $entry), $error);
        }
    }

    /**
     * @throws ConfigurationFileException
     */
    private function ofClass(string $key, string $class): object
    {
        $parameters = $this->parameters[$class] ?? null;
        if ($parameters === null && $this->container !== null) {
            $object = self::ofContainer($this->container, $class);
            if ($object !== null) {
                return $object;
            }
        }
        if (!class_exists($class)) {
            throw new ConfigurationFileException(sprintf('"%s" names %s, which is no class.', $key, $class));
        }

        return new $class(...(is_array($parameters) ? $parameters : []));
    }

    private static function ofContainer(ContainerInterface $container, string $class): ?object
    {
        try {
            $object = $container->get($class);
        } catch (NotFoundExceptionInterface) {
            return null;
        }

        return is_object($object) ? $object : null;
    }
}
