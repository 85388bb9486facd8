<?php

declare(strict_types=1);

namespace Chat;

/**
 * A request that is refused: the HTTP status, and a sentence that the browser shows.
 */
final class Problem extends \RuntimeException
{
    public function __construct(public readonly int $status, string $sentence)
    {
        parent::__construct($sentence);
    }
}
