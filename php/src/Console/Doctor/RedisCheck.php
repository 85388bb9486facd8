<?php

declare(strict_types=1);

namespace Ody\Websocket\Console\Doctor;

use Ody\Websocket\Configuration;

/**
 * Does the Redis of "redis.url" answer, when there is one?
 *
 * @internal
 */
final class RedisCheck implements Check
{
    private const PATIENCE = 2;

    private const PORT = 6379;

    /**
     * @return list<Finding>
     */
    public function findings(Configuration $configuration): array
    {
        $url = $configuration->get('redis.url');
        if (!is_string($url) || $url === '') {
            return [];
        }
        $parts = parse_url($url);
        $scheme = is_array($parts) ? $parts['scheme'] ?? '' : '';
        if (!is_array($parts) || !in_array($scheme, ['redis', 'tcp', 'unix'], true)) {
            return [Finding::failure('"redis.url" is not a URL such as redis://127.0.0.1:6379.', null)];
        }
        $host = $parts['host'] ?? '127.0.0.1';
        $port = $parts['port'] ?? self::PORT;
        $address = match ($scheme) {
            'unix' => 'unix://' . ($parts['path'] ?? ''),
            default => sprintf('tcp://%s:%d', $host, $port),
        };

        return [self::ask($address, $parts['user'] ?? '', rawurldecode($parts['pass'] ?? ''), self::command($scheme, $host, $port))];
    }

    private static function ask(string $address, string $user, #[\SensitiveParameter] string $password, ?string $command): Finding
    {
        $stream = @stream_socket_client($address, $code, $reason, self::PATIENCE);
        if ($stream === false) {
            return Finding::failure(sprintf('Redis does not answer at %s: %s.', $address, lcfirst((string) $reason)), $command);
        }
        stream_set_timeout($stream, self::PATIENCE);
        if ($password !== '') {
            $answer = self::call($stream, ['AUTH', ...($user === '' ? [] : [$user]), $password]);
            if ($answer !== '+OK') {
                return Finding::failure(sprintf('Redis at %s refuses the password of "redis.url".', $address), null);
            }
        }
        $answer = self::call($stream, ['PING']);
        fclose($stream);

        return match (true) {
            $answer === '+PONG' => Finding::good(sprintf('Redis answers at %s.', $address)),
            str_starts_with($answer, '-NOAUTH') => Finding::failure(sprintf('Redis at %s wants a password, and "redis.url" has none.', $address), null),
            default => Finding::failure(sprintf('What answers at %s is not a Redis that is ready.', $address), $command),
        };
    }

    /**
     * @param resource     $stream
     * @param list<string> $words
     */
    private static function call($stream, #[\SensitiveParameter] array $words): string
    {
        $request = '*' . count($words) . "\r\n";
        foreach ($words as $word) {
            $request .= '$' . strlen($word) . "\r\n" . $word . "\r\n";
        }
        @fwrite($stream, $request);

        return trim((string) fgets($stream, 512));
    }

    /**
     * Only one of this machine can be started from here.
     */
    private static function command(string $scheme, string $host, int $port): ?string
    {
        if (!in_array($scheme, ['redis', 'tcp'], true) || !in_array($host, ['127.0.0.1', 'localhost', '[::1]'], true)) {
            return null;
        }

        return $port === self::PORT && is_dir('/run/systemd/system')
            ? Mend::asRoot('systemctl start redis-server')
            : sprintf('redis-server --port %d --daemonize yes', $port);
    }
}
