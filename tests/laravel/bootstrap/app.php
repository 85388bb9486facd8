<?php

declare(strict_types=1);

use App\Providers\AppServiceProvider;
use Illuminate\Foundation\Application;
use Illuminate\Foundation\Configuration\Exceptions;
use Illuminate\Foundation\Configuration\Middleware;
use Illuminate\Http\Middleware\HandleCors;

return Application::configure(basePath: dirname(__DIR__))
    ->withProviders([AppServiceProvider::class])
    ->withRouting(health: '/up')
    ->withBroadcasting(dirname(__DIR__) . '/routes/channels.php', ['middleware' => []])
    ->withMiddleware(static fn(Middleware $middleware): mixed => $middleware->remove(HandleCors::class))
    ->withExceptions(static fn(Exceptions $exceptions): mixed => $exceptions->shouldRenderJsonWhen(static fn(): bool => true))
    ->create();
