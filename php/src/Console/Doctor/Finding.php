<?php

declare(strict_types=1);

namespace Ody\Websocket\Console\Doctor;

/**
 * What a check found: one sentence, and for a problem the command that mends it.
 *
 * @internal
 */
final class Finding
{
    private function __construct(
        public readonly Level $level,
        public readonly string $message,
        public readonly ?string $command,
    ) {}

    /**
     * All is well.
     *
     * @param string $message one sentence
     */
    public static function good(string $message): self
    {
        return new self(Level::Good, $message, null);
    }

    /**
     * It works, but it should be otherwise.
     *
     * @param string      $message one sentence
     * @param string|null $command for a shell in the root of the project; null: nobody but a person can know it
     */
    public static function warning(string $message, ?string $command): self
    {
        return new self(Level::Warning, $message, $command);
    }

    /**
     * It cannot work like this.
     *
     * @param string      $message one sentence
     * @param string|null $command for a shell in the root of the project; null: nobody but a person can know it
     */
    public static function failure(string $message, ?string $command): self
    {
        return new self(Level::Failure, $message, $command);
    }
}
