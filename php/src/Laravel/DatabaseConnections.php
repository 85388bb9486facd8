<?php

declare(strict_types=1);

namespace Ody\Websocket\Laravel;

use Illuminate\Contracts\Debug\ExceptionHandler;
use Illuminate\Database\Connection;
use Illuminate\Database\DatabaseManager;

/**
 * Tidies up database connections between two calls of a process that lives for long. What is closed here
 * is opened again by the next query.
 */
final class DatabaseConnections
{
    /** Seconds after which a connection that nobody used is closed. */
    public const IDLE = 60.0;

    private ?float $tidied = null;

    /** @var array<string, float> name => when it was known to be in use, seconds */
    private array $used = [];

    /** @var \Closure(): float */
    private readonly \Closure $clock;

    /**
     *     $this->app->when(DatabaseConnections::class)->needs('$idle')->give(20.0);
     *
     * @param ExceptionHandler        $errors is told of transactions that cannot be rolled back
     * @param float                   $idle   seconds after which a connection that nobody used is closed: less
     *                                        than the database server's own timeout
     * @param (\Closure(): float)|null $clock  returns seconds; null: the monotonic clock
     */
    public function __construct(private readonly ExceptionHandler $errors, private readonly float $idle = self::IDLE, ?\Closure $clock = null)
    {
        $this->clock = $clock ?? static fn(): float => hrtime(true) / 1e9;
    }

    /**
     * Rolls back what a call left open, closes what is broken or was idle, and forgets numbers and logs.
     *
     * May be called before each call or after it; both find connections that have become stale.
     *
     *     $connections->tidy($app->make('db'));
     */
    public function tidy(DatabaseManager $database): void
    {
        $now = ($this->clock)();
        $pause = $this->tidied === null ? 0.0 : $now - $this->tidied;
        $this->tidied = $now;
        foreach ($database->getConnections() as $name => $connection) {
            $this->tidyOne($name, $connection, $now, $pause);
        }
    }

    private function tidyOne(string $name, Connection $connection, float $now, float $pause): void
    {
        if ($connection->totalQueryDuration() > 0.0 || !isset($this->used[$name])) {
            $this->used[$name] = $now;
        }
        if ($connection->transactionLevel() > 0 || self::isInTransaction($connection)) {
            $this->rollBack($connection);
            $connection->disconnect();
        } elseif (max($pause, $now - $this->used[$name]) > $this->idle) {
            $connection->disconnect();
        }
        $connection->resetTotalQueryDuration();
        $connection->allowQueryDurationHandlersToRunAgain();
        $connection->forgetRecordModificationState();
        $connection->flushQueryLog();
    }

    /**
     * Says whether somebody began a transaction without telling Laravel.
     */
    private static function isInTransaction(Connection $connection): bool
    {
        // A closure here is a connection that nobody has used yet.
        $pdo = $connection->getRawPdo();

        return $pdo instanceof \PDO && $pdo->inTransaction();
    }

    /**
     * The connection may be broken: then the database has rolled back by itself.
     */
    private function rollBack(Connection $connection): void
    {
        try {
            if ($connection->transactionLevel() > 0) {
                $connection->rollBack(0);
            } else {
                $connection->getPdo()->rollBack();
            }
        } catch (\Throwable $error) {
            $this->errors->report($error);
        }
    }
}
