<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Laravel;

use Ody\Websocket\Tests\Support\ProjectTestCase;

/**
 * A test with a Laravel application of its own.
 */
abstract class LaravelTestCase extends ProjectTestCase
{
    protected function laravel(): LaravelProject
    {
        return new LaravelProject($this->projectWithServer());
    }

    /**
     * Makes what a subscriber asks for its token: Laravel's own route, as Ada.
     *
     * @return \Closure(string): array<string, string>
     */
    protected function asAda(LaravelProject $laravel, string $channel): \Closure
    {
        return static function (string $socketId) use ($laravel, $channel): array {
            [$status, $answer] = $laravel->post('/broadcasting/auth', ['socket_id' => $socketId, 'channel_name' => $channel], ['X-User' => '7 Ada']);
            self::assertSame(200, $status);
            self::assertIsArray($answer);
            $token = [];
            foreach ($answer as $name => $value) {
                self::assertIsString($value);
                $token[(string) $name] = $value;
            }

            return $token;
        };
    }

    protected function laravelWithRunningServer(): LaravelProject
    {
        $laravel = $this->laravel();
        $laravel->artisan('websocket:start', '-d')->succeeded();

        return $laravel;
    }
}
