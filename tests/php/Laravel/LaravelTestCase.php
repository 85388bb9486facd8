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

    protected function laravelWithRunningServer(): LaravelProject
    {
        $laravel = $this->laravel();
        $laravel->artisan('websocket:start', '-d')->succeeded();

        return $laravel;
    }
}
