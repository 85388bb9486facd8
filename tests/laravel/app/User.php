<?php

declare(strict_types=1);

namespace App;

use Illuminate\Auth\GenericUser;

/**
 * Somebody with an id and a name.
 */
final class User extends GenericUser
{
    public function __construct(int $id, public readonly string $name)
    {
        parent::__construct(['id' => $id]);
    }
}
