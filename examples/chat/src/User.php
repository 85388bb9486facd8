<?php

declare(strict_types=1);

namespace Chat;

/**
 * Somebody who chats. The name alone says who it is: this example has no passwords.
 */
final class User
{
    private function __construct(
        public readonly string $id,
        public readonly string $name,
    ) {}

    /**
     * Returns the user of a name; upper and lower case make no difference.
     *
     * @throws Problem when the name is empty, too long or holds control characters
     */
    public static function named(string $name): self
    {
        $name = Text::line($name, 24, 'A name');

        return new self(substr(hash('sha256', mb_strtolower($name)), 0, 16), $name);
    }

    /**
     * @return array{id: string, name: string}
     */
    public function toArray(): array
    {
        return ['id' => $this->id, 'name' => $this->name];
    }
}
