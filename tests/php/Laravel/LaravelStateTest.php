<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Laravel;

/**
 * What is left of one call when the next one comes, in a process that goes on.
 */
final class LaravelStateTest extends LaravelTestCase
{
    private const STATE = '$state = $app->make(Ody\Websocket\Worker\ResetsState::class); ';

    /** A connection on a database of its own each time that it connects; all are in $made. */
    private const CONNECTION = '$made = []; $app["config"]->set("database.default", "fake");
        $app["config"]->set("database.connections.fake", ["driver" => "fake"]);
        $app["db"]->extend("fake", function () use (&$made) {
            $connect = function () use (&$made) { return $made[] = new App\FakePdo(); };
            return new Illuminate\Database\SQLiteConnection($connect, "", "", ["name" => "fake"]);
        });
        $isOpen = fn() => DB::connection()->getRawPdo() instanceof PDO; ';

    /** The time is $now; what is reported goes to $errors. */
    private const DATABASE = self::CONNECTION . '$now = 0.0; $errors = [];
        $handler = $app->make(Illuminate\Contracts\Debug\ExceptionHandler::class);
        $handler->reportable(function (Throwable $e) use (&$errors) { $errors[] = $e->getMessage(); return false; });
        $tidy = new Ody\Websocket\Laravel\DatabaseConnections($handler, 60.0, function () use (&$now) { return $now; });
        $app->instance(Ody\Websocket\Laravel\DatabaseConnections::class, $tidy); ' . self::STATE;

    public function testScopedServicesAreMadeAnewAndSingletonsStay(): void
    {
        $code = self::STATE . '$app->scoped("scoped", fn() => new stdClass()); $app->singleton("single", fn() => new stdClass());
            [$scoped, $single] = [$app["scoped"], $app["single"]]; $state->reset();
            echo json_encode([$scoped === $app["scoped"], $single === $app["single"]]);';
        self::assertSame([false, true], $this->laravel()->run($code)->json());
    }

    public function testTheUserOfACallIsForgotten(): void
    {
        $code = self::STATE . '$app->instance("request", request()); Auth::setUser(new App\User(7, "Ada")); $before = [Auth::id(), request()->user()?->id]; $state->reset();
            echo json_encode([$before, Auth::check(), request()->user(), $app->make("auth.driver")->check()]);';
        self::assertSame([[7, 7], false, null, false], $this->laravel()->run($code)->json());
    }

    public function testTheRequestOfACallIsForgotten(): void
    {
        $code = self::STATE . 'request()->headers->set("X-Socket-ID", "5.6"); $state->reset(); $changed = Broadcast::socket(); $request = Illuminate\Http\Request::create("/other"); $request->headers->set("X-Socket-ID", "1.2");
            $app->instance("request", $request); $before = [request()->path(), Broadcast::socket()]; $state->reset();
            $after = [request()->path(), Broadcast::socket(), Request::path()]; request()->headers->set("X-Socket-ID", "3.4"); $state->reset();
            echo json_encode([$changed, $before, $after, Broadcast::socket(), url("/x")]);';
        self::assertSame([null, ['other', '1.2'], ['/', null, '/'], null, 'http://localhost/x'], $this->laravel()->run($code)->json());
    }

    public function testTheLocaleOfACallIsForgotten(): void
    {
        $code = self::STATE . 'App::setLocale("de"); App::setFallbackLocale("fr"); $before = [App::getLocale(), trans()->getLocale()]; $state->reset();
            echo json_encode([$before, App::getLocale(), trans()->getLocale(), App::getFallbackLocale(), trans()->getFallback()]);';
        self::assertSame([['de', 'de'], 'en', 'en', 'en', 'en'], $this->laravel()->run($code)->json());
    }

    public function testContextOfTheLogAndOfTheCallIsForgotten(): void
    {
        $code = self::STATE . 'Log::shareContext(["user" => 7]); Log::withContext(["user" => 7]); Context::add("user", 7); Cookie::queue("a", "b");
            $before = [Log::sharedContext(), Context::all(), count(Cookie::getQueuedCookies())]; $state->reset();
            echo json_encode([$before, Log::sharedContext(), Context::all(), count(Cookie::getQueuedCookies())]);';
        self::assertSame([[['user' => 7], ['user' => 7], 1], [], [], 0], $this->laravel()->run($code)->json());
    }

    public function testAFacadeAsksTheContainerAgain(): void
    {
        $code = self::STATE . '$app->bind("hash", fn() => new stdClass()); $first = Hash::getFacadeRoot(); $same = $first === Hash::getFacadeRoot(); $state->reset();
            echo json_encode([$same, $first === Hash::getFacadeRoot()]);';
        self::assertSame([true, false], $this->laravel()->run($code)->json());
    }

    public function testNothingIsMadeOnlyToBeReset(): void
    {
        $code = self::STATE . '$state->reset(); echo json_encode(array_map($app->resolved(...), ["auth.driver", "cookie", "view"]));';
        self::assertSame([false, false, false], $this->laravel()->run($code)->json());
    }

    public function testAnOpenTransactionIsRolledBackAndItsConnectionClosed(): void
    {
        $code = self::DATABASE . 'DB::beginTransaction(); DB::beginTransaction(); $before = DB::transactionLevel(); $state->reset();
            echo json_encode([$before, DB::transactionLevel(), $isOpen(), $made[0]->log[0], end($made[0]->log), $errors]);';
        self::assertSame([2, 0, false, 'begin', 'rollback', []], $this->laravel()->run($code)->json());
    }

    public function testATransactionThatLaravelDoesNotKnowIsRolledBack(): void
    {
        $code = self::DATABASE . 'DB::connection()->getPdo()->beginTransaction(); $state->reset();
            echo json_encode([$isOpen(), $made[0]->log, $errors]);';
        self::assertSame([false, ['begin', 'rollback'], []], $this->laravel()->run($code)->json());
    }

    public function testALostConnectionInATransactionIsReportedAndClosed(): void
    {
        $code = self::DATABASE . 'DB::beginTransaction(); $made[0]->broken = true; $state->reset(); DB::beginTransaction();
            echo json_encode([count($made), DB::transactionLevel(), $errors]);';
        self::assertSame([2, 1, ['server has gone away']], $this->laravel()->run($code)->json());
    }

    public function testAConnectionThatNobodyUsedIsClosedAndOpenedByTheNextQuery(): void
    {
        $code = self::DATABASE . 'DB::connection()->getPdo(); $open = []; $state->reset();
            foreach ([59.0, 60.0, 61.0] as $now) { $state->reset(); $open[] = $isOpen(); }
            DB::beginTransaction(); echo json_encode([$open, count($made), $errors]);';
        self::assertSame([[true, true, false], 2, []], $this->laravel()->run($code)->json());
    }

    public function testAQueryKeepsAConnectionOpen(): void
    {
        $code = self::DATABASE . '$query = fn() => DB::connection()->logQuery("select 1", [], 1.0); DB::connection()->getPdo(); $state->reset(); $open = [];
            foreach ([40.0, 80.0, 120.0] as $now) { $query(); $state->reset(); $open[] = $isOpen(); }
            $now = 300.0; $query(); $state->reset(); $open[] = $isOpen();
            echo json_encode([$open, DB::connection()->totalQueryDuration()]);';
        self::assertEquals([[true, true, true, false], 0.0], $this->laravel()->run($code)->json());
    }

    public function testTheIdleTimeIsTheApplicationsToSay(): void
    {
        $code = '$app->when(Ody\Websocket\Laravel\DatabaseConnections::class)->needs(\'$idle\')->give(-1.0); ' . self::CONNECTION . self::STATE
            . 'DB::connection()->getPdo(); $state->reset(); echo json_encode($isOpen());';
        self::assertFalse($this->laravel()->run($code)->json());
    }
}
