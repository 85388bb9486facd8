<?php

declare(strict_types=1);

namespace Chat;

/**
 * The keys of the example's server: random ones, made at the first start and kept in a file.
 */
final class Keys
{
    public readonly string $apiKey;

    public readonly string $secretKey;

    /**
     * @throws \RuntimeException when the file cannot be written
     */
    public function __construct(string $file)
    {
        $kept = is_file($file) ? json_decode((string) file_get_contents($file), true) : null;
        $apiKey = is_array($kept) ? $kept['api_key'] ?? null : null;
        $secretKey = is_array($kept) ? $kept['secret_key'] ?? null : null;
        if (!is_string($apiKey) || !is_string($secretKey)) {
            $apiKey = bin2hex(random_bytes(10));
            $secretKey = bin2hex(random_bytes(32));
            self::write($file, ['api_key' => $apiKey, 'secret_key' => $secretKey]);
        }
        $this->apiKey = $apiKey;
        $this->secretKey = $secretKey;
    }

    /**
     * @param array<string, string> $keys
     */
    private static function write(string $file, array $keys): void
    {
        $before = umask(0o077);
        $written = file_put_contents($file, json_encode($keys, JSON_THROW_ON_ERROR) . "\n");
        umask($before);
        if ($written === false) {
            throw new \RuntimeException($file . ' cannot be written.');
        }
    }
}
