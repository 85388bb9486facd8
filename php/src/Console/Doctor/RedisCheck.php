<?php

declare(strict_types=1);

namespace Ody\Websocket\Console\Doctor;

use Ody\Websocket\Configuration;

/**
 * Does the Redis of "redis.url" answer, and let us listen to its channel?
 *
 * @internal
 */
final class RedisCheck implements Check
{
    private const PATIENCE = 2;

    private const PORT = 6379;

    /** As the server reads it: engine/cluster/redis_url.c. */
    private const URL = '~^(?<scheme>redis|tcp|unix)://(?:(?<user>[^:/?]*):(?<password>[^/?]+)@)?(?<host>\[[0-9a-f:.]+\]|[\w.-]*)(?::(?<port>\d*))?'
        . '(?<path>/[^?]*)?(?:\?(?:database|db)=(?<database>\d+))?$~iD';

    /**
     * @return list<Finding>
     */
    public function findings(Configuration $configuration): array
    {
        $url = $configuration->get('redis.url');
        if (!is_string($url) || $url === '') {
            return [];
        }
        if (preg_match(self::URL, $url, $parts) !== 1) {
            return [Finding::failure('"redis.url" is not a URL such as redis://127.0.0.1:6379 or unix:///run/redis/redis.sock.', null)];
        }
        $local = strtolower($parts['scheme']) === 'unix';
        $port = ($parts['port'] ?? '') === '' ? self::PORT : (int) $parts['port'];
        $path = rawurldecode($parts['path'] ?? '');
        $address = $local ? 'unix://' . $path : sprintf('tcp://%s:%d', $parts['host'], $port);
        $database = $parts['database'] ?? ($local ? '' : ltrim($path, '/'));
        $words = [
            ...self::login(rawurldecode($parts['user']), rawurldecode($parts['password'])),
            ...((int) $database === 0 ? [] : [['SELECT', $database]]),
            ['SUBSCRIBE', self::text($configuration, 'redis.prefix') . self::text($configuration, 'redis.channel')],
        ];

        return [self::ask($address, $words, $local ? null : self::command($parts['host'], $port))];
    }

    private static function text(Configuration $configuration, string $key): string
    {
        $value = $configuration->get($key);

        return is_string($value) ? $value : '';
    }

    /**
     * @return list<list<string>>
     */
    private static function login(string $user, #[\SensitiveParameter] string $password): array
    {
        return $password === '' ? [] : [['AUTH', ...($user === '' ? [] : [$user]), $password]];
    }

    /**
     * @param list<list<string>> $commands
     */
    private static function ask(string $address, #[\SensitiveParameter] array $commands, ?string $mend): Finding
    {
        $stream = @stream_socket_client($address, $code, $reason, self::PATIENCE);
        if ($stream === false) {
            return Finding::failure(sprintf('Redis does not answer at %s: %s.', $address, lcfirst((string) $reason)), $mend);
        }
        stream_set_timeout($stream, self::PATIENCE);
        foreach ($commands as $words) {
            $answer = self::call($stream, $words);
            if ($answer === '' || !str_contains('+*', $answer[0])) {
                fclose($stream);

                return self::refusal($address, $words[0], $answer, $mend);
            }
        }
        fclose($stream);

        return Finding::good(sprintf('Redis answers at %s.', $address));
    }

    private static function refusal(string $address, string $command, string $answer, ?string $mend): Finding
    {
        $sentence = match (true) {
            !str_starts_with($answer, '-') => sprintf('What answers at %s is not a Redis that is ready.', $address),
            str_starts_with($answer, '-NOAUTH') => sprintf('Redis at %s wants a password, and "redis.url" has none.', $address),
            $command === 'AUTH' => sprintf('Redis at %s refuses the password of "redis.url".', $address),
            $command === 'SELECT' => sprintf('Redis at %s has no such database as "redis.url" names.', $address),
            default => sprintf('Redis at %s does not let this user listen to the channel of "redis.channel": %s', $address, substr($answer, 1)),
        };

        return Finding::failure($sentence, str_starts_with($answer, '-') ? null : $mend);
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
    private static function command(string $host, int $port): ?string
    {
        if (!in_array($host, ['127.0.0.1', 'localhost', '[::1]'], true)) {
            return null;
        }

        return $port === self::PORT && is_dir('/run/systemd/system')
            ? Mend::asRoot('systemctl start redis-server')
            : sprintf('redis-server --port %d --daemonize yes', $port);
    }
}
