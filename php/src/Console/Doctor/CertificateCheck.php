<?php

declare(strict_types=1);

namespace Ody\Websocket\Console\Doctor;

use Ody\Websocket\Configuration;

/**
 * Can the certificate be read, does it belong to its key, and is it valid today?
 *
 * @internal
 */
final class CertificateCheck implements Check
{
    private const DAY = 86_400;

    private const SOON = 14 * self::DAY;

    private const READABLE_BY_OTHERS = 0o004;

    /**
     * @return list<Finding>
     */
    public function findings(Configuration $configuration): array
    {
        $certificate = self::file($configuration, 'ssl.ssl_cert_file');
        $key = self::file($configuration, 'ssl.ssl_key_file');
        if ($certificate === null && $key === null) {
            return [Finding::good('No certificate is set: the port speaks ws, not wss.')];
        }
        if ($certificate === null || $key === null) {
            $set = $key === null ? 'ssl.ssl_cert_file' : 'ssl.ssl_key_file';
            $sentence = sprintf('"%s" is set alone: a certificate and its key belong together.', $set);

            return [Finding::failure($sentence, Mend::key($configuration, $set, ''))];
        }

        return [self::pair($certificate, $key)];
    }

    private static function file(Configuration $configuration, string $key): ?string
    {
        $value = $configuration->get($key);

        return is_string($value) && $value !== '' ? $value : null;
    }

    private static function pair(string $certificate, string $key): Finding
    {
        foreach ([$certificate, $key] as $file) {
            if (!is_file($file)) {
                return Finding::failure(sprintf('%s does not exist.', $file), self::renewal($certificate, $key));
            }
            if (!is_readable($file)) {
                return Finding::failure(sprintf('This user may not read %s.', $file), Mend::access($file, 'r'));
            }
        }
        if (!function_exists('openssl_x509_parse')) {
            return Finding::warning('This PHP has no openssl extension, so nobody looked at the certificate.', null);
        }
        $parsed = @openssl_x509_parse((string) file_get_contents($certificate));
        $private = @openssl_pkey_get_private((string) file_get_contents($key));
        if ($parsed === false) {
            return Finding::failure(sprintf('%s is no certificate in PEM.', $certificate), self::renewal($certificate, $key));
        }
        if ($private === false) {
            return Finding::failure(sprintf('%s is no private key in PEM, or it has a passphrase.', $key), self::renewal($certificate, $key));
        }
        if (!openssl_x509_check_private_key((string) file_get_contents($certificate), $private)) {
            return Finding::failure(sprintf('%s is not the key of %s.', $key, $certificate), self::renewal($certificate, $key));
        }

        return self::dates($parsed, $certificate, $key);
    }

    /**
     * @param array<array-key, mixed> $parsed
     */
    private static function dates(array $parsed, string $certificate, string $key): Finding
    {
        $from = is_int($parsed['validFrom_time_t'] ?? null) ? $parsed['validFrom_time_t'] : 0;
        $to = is_int($parsed['validTo_time_t'] ?? null) ? $parsed['validTo_time_t'] : 0;
        $left = $to - time();
        if ($left <= 0) {
            return Finding::failure(sprintf('%s expired on %s.', $certificate, date('Y-m-d', $to)), self::renewal($certificate, $key));
        }
        if ($from > time()) {
            return Finding::failure(sprintf('%s is valid only from %s on.', $certificate, date('Y-m-d', $from)), self::renewal($certificate, $key));
        }
        if ($left < self::SOON) {
            $sentence = sprintf('%s expires in %d days, on %s.', $certificate, intdiv($left, self::DAY), date('Y-m-d', $to));

            return Finding::warning($sentence, self::renewal($certificate, $key));
        }
        if ((fileperms($key) & self::READABLE_BY_OTHERS) !== 0) {
            return Finding::warning(sprintf('Every user of this machine can read the private key %s.', $key), 'chmod 600 ' . Mend::quote($key));
        }

        return Finding::good(sprintf('The certificate belongs to its key and is valid until %s.', date('Y-m-d', $to)));
    }

    /**
     * What an authority has signed comes from there again. Anything else is made anew, signed by itself.
     */
    private static function renewal(string $certificate, string $key): string
    {
        $parsed = function_exists('openssl_x509_parse') ? @openssl_x509_parse((string) @file_get_contents($certificate)) : false;
        $name = 'localhost';
        if ($parsed !== false) {
            if (($parsed['issuer'] ?? null) !== ($parsed['subject'] ?? null)) {
                return Mend::asRoot('certbot renew --force-renewal');
            }
            $subject = $parsed['subject'] ?? null;
            $given = is_array($subject) ? $subject['CN'] ?? null : null;
            $name = is_string($given) && preg_match('/\A[\w.-]+\z/', $given) === 1 ? $given : $name;
        }
        $folders = array_filter(array_unique([dirname($certificate), dirname($key)]), static fn(string $folder): bool => !is_dir($folder));
        $make = $folders === [] ? '' : 'mkdir -p ' . implode(' ', array_map(Mend::quote(...), $folders)) . ' && ';

        return sprintf(
            '%s(umask 077 && openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj /CN=%s -addext subjectAltName=DNS:%s -keyout %s -out %s)',
            $make,
            $name,
            $name,
            Mend::quote($key),
            Mend::quote($certificate),
        );
    }
}
