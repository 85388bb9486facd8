<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Channel;

use Ody\Websocket\Tests\Support\ProjectTestCase;
use PHPUnit\Framework\Attributes\DataProvider;

/**
 * The classes that PHP has twice, natively and in PHP, are the same to those who use them.
 */
final class WithoutExtensionTest extends ProjectTestCase
{
    private const CLASSES = '$names = [
        "Exceptions\WebsocketThrowable", "Exceptions\ConnectionException", "Exceptions\OutcomeUnknownException",
        "Exceptions\ConfigurationException", "Exceptions\ServerException", "Channel\Exceptions\ChannelException",
        "Channel\Exceptions\ChannelNotFoundException", "Channel\Exceptions\AuthorizationException",
        "Channel\Exceptions\MessageException", "Channel\Exceptions\SubscriptionException", "Channel\ChannelAuthGenerator"];';

    private const SHAPES = self::CLASSES . '
        foreach ($names as $name) {
            $class = new ReflectionClass("Ody\\\\Websocket\\\\$name");
            $parents = array_values(class_parents($class->getName()));
            $interfaces = class_implements($class->getName());
            sort($interfaces);
            $methods = [];
            foreach ($class->getMethods(ReflectionMethod::IS_PUBLIC) as $method) {
                if ($method->getDeclaringClass()->getName() === $class->getName() && preg_match("/^__(?!construct)/", $method->getName()) !== 1) {
                    $methods[$method->getName()] = array_map(fn($p) => implode(array_map(fn($a) => $a->getName() . " ", $p->getAttributes())) . $p->getType() . " $" . $p->getName() . ($p->isOptional() ? "?" : ""), $method->getParameters());
                    $methods[$method->getName()][] = (string) $method->getReturnType();
                }
            }
            ksort($methods);
            $shapes[$name] = [$class->isFinal(), $class->isInterface(), $parents, $interfaces, $methods];
        }
        echo json_encode([extension_loaded("ody_websocket"), $shapes]);';

    private const TOKENS = '$seen = [];
        $try = function (Closure $call) use (&$seen) {
            try { $seen[] = $call(); } catch (Throwable $e) { $seen[] = [get_class($e), $e->getMessage(), $e->getCode()]; }
        };
        $class = "Ody\Websocket\Channel\ChannelAuthGenerator";
        foreach ([["", null], ["s", ""], ["s", "a:b"]] as [$secret, $key]) { $try(fn() => new $class($secret, $key) && true); }
        $recursive = ["user_id" => 1]; $recursive["user_info"] = &$recursive;
        foreach ([new $class("secret", "key"), new $class("secret")] as $g) {
            foreach (["1.2", "", "1", "1.", "1.2\n", str_repeat("1", 40) . ".1", "x.y"] as $id) {
                foreach (["private-a", "presence-a", "public", "private-a b", "private-", "private-ä", "private-" . str_repeat("a", 1020)] as $channel) {
                    $try(fn() => $g->generatePrivateAuth($id, $channel));
                    $try(fn() => $g->generatePresenceAuth($id, $channel, ["user_id" => 7, "user_info" => ["n" => "ü/", "f" => 1.0]]));
                    $try(fn() => $g->validatePrivateAuth($id, $channel, "key:" . hash_hmac("sha256", "$id:$channel", "secret")));
                    $try(fn() => $g->validatePrivateAuth($id, $channel, hash_hmac("sha256", "$id:$channel", "secret")));
                }
                $try(fn() => $g->generateUserAuth($id, ["id" => "7", "name" => "ü"]));
            }
            foreach ([[], ["user_id" => ""], ["user_id" => null], ["user_id" => 1.5], ["user_id" => "x", "user_info" => "\xff"], ["user_id" => 1, "user_info" => NAN], $recursive] as $user) {
                $try(fn() => $g->generatePresenceAuth("1.2", "presence-a", $user));
                $try(fn() => $g->channelData($user));
                $try(fn() => $g->userData(["id" => $user["user_id"] ?? null] + $user));
                $try(fn() => $g->generateUserAuth("1.2", ["id" => $user["user_id"] ?? null] + $user));
            }
            $data = "{\"user_id\":\"7\"}";
            $hex = hash_hmac("sha256", "1.2:presence-a:$data", "secret");
            foreach (["key:$hex", $hex, "other:$hex", "key:$hex:$data", "$hex:$data", "key:$hex:{}", "", ":", "key:"] as $token) {
                $try(fn() => $g->validatePresenceAuth("1.2", "presence-a", $token));
                $try(fn() => $g->validatePresenceAuth("1.2", "presence-a", $token, $data));
                $try(fn() => $g->validatePresenceAuth("1.2", "presence-a", $token, "{}"));
            }
        }
        echo json_encode([extension_loaded("ody_websocket"), $seen], JSON_INVALID_UTF8_SUBSTITUTE);';

    public function testTheClassesHaveTheSameShape(): void
    {
        $this->same(self::SHAPES);
    }

    public function testTokensAndFailuresAreTheSame(): void
    {
        $this->same(self::TOKENS);
    }

    /**
     * The tests of the native class, run against the one in PHP.
     */
    #[DataProvider('nativeTests')]
    public function testPassesTheTestsOfTheNativeClass(string $file): void
    {
        preg_match('/^--FILE--\n(.*)^--EXPECT--\n(.*)\z/ms', (string) file_get_contents($file), $parts);
        self::assertCount(3, $parts, $file);
        $project = $this->project();
        $project->write('phpt/server.inc', (string) file_get_contents(dirname($file, 2) . '/server.inc'));
        $project->write('phpt/websocket.inc', (string) file_get_contents(dirname($file, 2) . '/websocket.inc'));
        $test = $project->write('phpt/generator/test.php', $parts[1]);
        $result = $project->php(sprintf('require %s;', var_export($test, true)), '-n');
        self::assertSame(self::inNativeWords($parts[2]), self::inNativeWords($result->output), $result->errors);
    }

    /**
     * @return iterable<string, array{string}>
     */
    public static function nativeTests(): iterable
    {
        $files = glob(dirname(__DIR__, 2) . '/phpt/channel_auth_generator/*.phpt');
        self::assertNotEmpty($files);
        foreach ($files as $file) {
            yield basename($file, '.phpt') => [$file];
        }
    }

    /**
     * Of functions in PHP, PHP says in addition where they were called.
     */
    private static function inNativeWords(string $output): string
    {
        return trim((string) preg_replace(['/, called in .+$/m', '/^(ArgumentCountError): .+$/m'], ['', '$1'], $output));
    }

    private function same(string $code): void
    {
        $project = $this->project();
        $native = $project->native($code)->json();
        $plain = $project->php($code, '-n')->json();
        self::assertIsArray($native);
        self::assertIsArray($plain);
        self::assertSame([true, false], [$native[0], $plain[0]]);
        self::assertNotEmpty($native[1]);
        self::assertSame($native[1], $plain[1]);
    }
}
