<?php

declare(strict_types=1);

namespace Ody\Websocket\Http;

use Psr\Http\Message\ServerRequestInterface;

/**
 * What a client asks a token for, read from JSON or a form and checked.
 *
 * @internal
 */
final class AuthRequest
{
    /** Bytes of a body; what is asked for fits into a few hundred. */
    private const BODY_MAX = 65536;

    /** Fields of a form. */
    private const FIELDS_MAX = 100;

    private function __construct(
        /** Digits, a dot and digits. */
        public readonly string $socketId,
        /** A possible name; "" when a user signs in. */
        public readonly string $channel,
    ) {}

    /**
     * Reads `socket_id` and `channel_name`.
     *
     * @throws AuthRequestException
     */
    public static function forChannel(ServerRequestInterface $request): self
    {
        $values = self::values($request);
        $socketId = self::text($values, 'socket_id');
        $channel = self::text($values, 'channel_name');
        if ($socketId === '' || $channel === '') {
            throw new AuthRequestException('Socket ID and channel name are required', 422);
        }
        self::requireSocketId($socketId);
        if (preg_match('/\A#?[A-Za-z0-9_\-=@,.;]{1,1024}\z/', $channel) !== 1) {
            throw new AuthRequestException('The channel name is invalid', 422);
        }

        return new self($socketId, $channel);
    }

    /**
     * Reads `socket_id`.
     *
     * @throws AuthRequestException
     */
    public static function forUser(ServerRequestInterface $request): self
    {
        $socketId = self::text(self::values($request), 'socket_id');
        if ($socketId === '') {
            throw new AuthRequestException('Socket ID is required', 422);
        }
        self::requireSocketId($socketId);

        return new self($socketId, '');
    }

    /**
     * Whether the channel is a private one, with encryption or without.
     */
    public function isPrivate(): bool
    {
        return str_starts_with($this->channel, 'private-');
    }

    /**
     * Whether the channel is a presence channel.
     */
    public function isPresence(): bool
    {
        return str_starts_with($this->channel, 'presence-');
    }

    private static function requireSocketId(string $socketId): void
    {
        if (strlen($socketId) > 40 || preg_match('/\A\d+\.\d+\z/', $socketId) !== 1) {
            throw new AuthRequestException('The socket ID is invalid', 422);
        }
    }

    /**
     * @param array<array-key, mixed> $values
     */
    private static function text(array $values, string $name): string
    {
        $value = $values[$name] ?? '';
        if (!is_string($value)) {
            throw new AuthRequestException(sprintf('%s must be a text', $name), 422);
        }

        return $value;
    }

    /**
     * @return array<array-key, mixed>
     */
    private static function values(ServerRequestInterface $request): array
    {
        $parsed = $request->getParsedBody();
        if (is_array($parsed) && $parsed !== []) {
            return $parsed;
        }
        if (is_object($parsed)) {
            return get_object_vars($parsed);
        }
        $body = self::body($request);
        if (str_contains(strtolower($request->getHeaderLine('Content-Type')), 'json') || str_starts_with(ltrim($body), '{')) {
            return self::json($body);
        }

        return self::form($body);
    }

    private static function body(ServerRequestInterface $request): string
    {
        $stream = $request->getBody();
        if ($stream->isSeekable()) {
            $stream->rewind();
        }
        $body = '';
        while (!$stream->eof() && strlen($body) <= self::BODY_MAX) {
            $body .= $stream->read(self::BODY_MAX + 1 - strlen($body));
        }
        if (strlen($body) > self::BODY_MAX) {
            throw new AuthRequestException('The request is too large', 413);
        }

        return $body;
    }

    /**
     * PHP warns about forms of more fields than max_input_vars says.
     *
     * @return array<array-key, mixed>
     */
    private static function form(string $body): array
    {
        if (substr_count($body, '&') >= self::FIELDS_MAX) {
            throw new AuthRequestException('The request has too many fields', 422);
        }
        parse_str($body, $values);

        return $values;
    }

    /**
     * @return array<array-key, mixed>
     */
    private static function json(string $body): array
    {
        $values = json_decode($body === '' ? '{}' : $body, true, 8);
        if (!is_array($values)) {
            throw new AuthRequestException('The request is not valid JSON', 400);
        }

        return $values;
    }
}
