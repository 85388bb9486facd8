<?php

declare(strict_types=1);

namespace Ody\Websocket\Channel;

use Ody\Websocket\Channel\Exceptions\MessageException;

/**
 * PHP values as JSON, in the words and with the settings of the extension.
 *
 * @internal
 */
final class JsonText
{
    /** The error list of the extension has this number for JSON. */
    private const CODE = 18;

    /**
     * @param array<array-key, mixed> $value
     * @param string                  $what  begins the sentence of a failure, such as "The event data"
     *
     * @throws MessageException
     */
    public static function encode(array $value, string $what): string
    {
        try {
            return json_encode($value, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_PRESERVE_ZERO_FRACTION);
        } catch (\JsonException $error) {
            throw new MessageException($what . ' cannot be JSON: ' . match ($error->getCode()) {
                JSON_ERROR_DEPTH => 'it is nested too deeply',
                JSON_ERROR_UTF8 => 'a text in it is not valid UTF-8',
                JSON_ERROR_RECURSION => 'it contains itself',
                JSON_ERROR_INF_OR_NAN => 'it contains INF or NAN',
                JSON_ERROR_UNSUPPORTED_TYPE => 'it contains a value of a type that JSON does not have',
                JSON_ERROR_NON_BACKED_ENUM => 'it contains an enum without values',
                default => 'it is not encodable',
            }, self::CODE);
        }
    }
}
