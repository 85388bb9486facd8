<?php

declare(strict_types=1);

namespace Ody\Websocket\Laravel;

use Illuminate\Auth\AuthManager;
use Illuminate\Cookie\CookieJar;
use Illuminate\Database\DatabaseManager;
use Illuminate\Foundation\Application;
use Illuminate\Log\LogManager;
use Illuminate\Support\Facades\Facade;
use Illuminate\Support\Once;
use Illuminate\Support\Str;
use Illuminate\View\Factory as ViewFactory;
use Ody\Websocket\Worker\ResetsState;

/**
 * Forgets what one call left behind in a Laravel application: what Laravel's queue worker forgets between
 * two jobs, and the user, the request and the locale.
 *
 * The configuration, singletons and static properties of the application's own classes stay. Bind what
 * belongs to one call with scoped().
 */
final class LaravelState implements ResetsState
{
    private readonly string $locale;

    private readonly string $fallbackLocale;

    private readonly ?object $request;

    /**
     * Make it when the application has booted: the locale and the request of this moment are what reset()
     * goes back to.
     *
     *     $app->make(LaravelState::class)->reset();
     *
     * @param DatabaseConnections $connections are tidied up too
     */
    public function __construct(private readonly Application $application, private readonly DatabaseConnections $connections)
    {
        $this->locale = $application->getLocale();
        $this->fallbackLocale = $application->getFallbackLocale();
        $request = $application->bound('request') ? $application->make('request') : null;
        // A call may change the object itself.
        $this->request = is_object($request) ? clone $request : null;
    }

    /** {@inheritDoc} */
    public function reset(): void
    {
        $this->application->forgetScopedInstances();
        $this->resetDatabase();
        $this->resetRequest();
        $this->resetLocale();
        $this->resetLog();
        $this->resetCaches();
        Facade::clearResolvedInstances();
    }

    private function resetDatabase(): void
    {
        $database = $this->resolved('db');
        if ($database instanceof DatabaseManager) {
            $this->connections->tidy($database);
        }
    }

    /**
     * The guards hold the user, and the request knows who that is.
     */
    private function resetRequest(): void
    {
        $auth = $this->resolved('auth');
        if ($auth instanceof AuthManager) {
            $auth->forgetGuards();
        }
        $this->application->forgetInstance('auth.driver');
        $cookies = $this->resolved('cookie');
        if ($cookies instanceof CookieJar) {
            $cookies->flushQueuedCookies();
        }
        if ($this->request === null) {
            $this->application->forgetInstance('request');
        } else {
            $this->application->instance('request', clone $this->request);
        }
    }

    private function resetLocale(): void
    {
        if ($this->application->getLocale() !== $this->locale) {
            $this->application->setLocale($this->locale);
        }
        if ($this->application->getFallbackLocale() !== $this->fallbackLocale) {
            $this->application->setFallbackLocale($this->fallbackLocale);
        }
    }

    private function resetLog(): void
    {
        $log = $this->resolved('log');
        if ($log instanceof LogManager) {
            $log->flushSharedContext();
            $log->withoutContext();
        }
    }

    private function resetCaches(): void
    {
        $view = $this->resolved('view');
        if ($view instanceof ViewFactory) {
            $view->flushState();
        }
        Str::flushCache();
        if (class_exists(Once::class)) {
            Once::flush();
        }
    }

    /**
     * Returns a service that somebody has used, so that nothing is made only to be reset.
     */
    private function resolved(string $name): mixed
    {
        return $this->application->resolved($name) ? $this->application->make($name) : null;
    }
}
