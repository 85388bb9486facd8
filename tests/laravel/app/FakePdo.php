<?php

declare(strict_types=1);

namespace App;

/**
 * A database that needs no driver: it knows about transactions and can break.
 */
final class FakePdo extends \PDO
{
    /** @var list<string> what was asked of it */
    public array $log = [];

    public bool $broken = false;

    private bool $open = false;

    // @phpstan-ignore constructor.missingParentCall (there is no driver to connect with)
    public function __construct() {}

    public function beginTransaction(): bool
    {
        $this->log[] = 'begin';

        return $this->open = true;
    }

    public function exec(string $statement): int
    {
        $this->log[] = $statement;

        return 0;
    }

    public function inTransaction(): bool
    {
        return $this->open;
    }

    public function rollBack(): bool
    {
        if ($this->broken) {
            throw new \PDOException('server has gone away');
        }
        $this->log[] = 'rollback';
        $this->open = false;

        return true;
    }
}
