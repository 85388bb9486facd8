<?php

declare(strict_types=1);

namespace Ody\Websocket\Configuration;

/**
 * The variables of another server, Laravel Reverb or soketi, that this one takes the place of. They
 * count only as long as no variable of this server is set: WEBSOCKET_… wins as a whole, so that no
 * setting comes from where nobody looks for it. docs/migrating.md lists them.
 *
 * @internal
 */
final class ForeignVariables
{
    /**
     * @param string                $server    what the other one is called
     * @param array<string, mixed>  $values    dotted key => value of the keys that are set
     * @param array<string, string> $variables dotted key => the variable that sets it, also where it is not set
     */
    public function __construct(
        public readonly string $server,
        private readonly array $values,
        private readonly array $variables,
    ) {}

    /**
     * Returns the variables that count, or null when there are none.
     *
     *     ForeignVariables::find(Environment::ofRoot($root))?->server   // "Laravel Reverb"
     */
    public static function find(Environment $environment): ?self
    {
        foreach (Variables::OF_KEYS as $variable) {
            if ($environment->raw($variable) !== null) {
                return null;
            }
        }

        return ReverbVariables::find($environment) ?? SoketiVariables::find($environment);
    }

    /**
     * Puts them into a configuration, where they win as variables do.
     *
     * @param array<array-key, mixed> $values
     *
     * @return array<array-key, mixed>
     */
    public function apply(array $values): array
    {
        foreach ($this->values as $key => $value) {
            $values = Keys::set($values, $key, $value);
        }

        return $values;
    }

    /**
     * Puts them into a configuration where nobody has set anything else than the packaged file does.
     *
     * @param array<array-key, mixed> $values
     * @param array<array-key, mixed> $packaged
     *
     * @return array<array-key, mixed>
     */
    public function fill(array $values, array $packaged): array
    {
        foreach ($this->values as $key => $value) {
            if (Keys::get($values, $key) === Keys::get($packaged, $key)) {
                $values = Keys::set($values, $key, $value);
            }
        }

        return $values;
    }

    /**
     * Returns the variable that sets a key, or null when the other server has none for it.
     *
     * @param string $key dotted
     */
    public function variableOf(string $key): ?string
    {
        return $this->variables[$key] ?? null;
    }
}
