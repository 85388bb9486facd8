<?php

declare(strict_types=1);

namespace Ody\Websocket\Console\Doctor;

use Ody\Websocket\Configuration;
use Ody\Websocket\Console\HttpAddress;

/**
 * Does the HTTP API of the server that runs answer?
 *
 * @internal
 */
final class HttpCheck implements Check
{
    private const PATIENCE = 2;

    /**
     * @return list<Finding>
     */
    public function findings(Configuration $configuration): array
    {
        if (!HttpAddress::isEnabled($configuration)) {
            return [Finding::good('"http_api.enabled" is off: there is no HTTP API.')];
        }
        $address = HttpAddress::of($configuration);
        if ($address === null) {
            return [Finding::good('The port speaks TLS and "http_api.port" is not set: there is no HTTP API.')];
        }
        // Before the server runs there is nobody to ask, and another check says so.
        return RunningServer::pid($configuration) === null ? [] : [self::ask($address)];
    }

    private static function ask(HttpAddress $address): Finding
    {
        // The certificate is that of the server; CertificateCheck looks at it.
        $context = stream_context_create(['ssl' => ['verify_peer' => false, 'verify_peer_name' => false]]);
        $stream = @stream_socket_client($address->socket(), $code, $reason, self::PATIENCE, STREAM_CLIENT_CONNECT, $context);
        if ($stream === false) {
            $sentence = sprintf('The HTTP API does not answer at %s: %s.', $address->url(), lcfirst((string) $reason));

            return Finding::failure($sentence, Mend::restart());
        }
        stream_set_timeout($stream, self::PATIENCE);
        @fwrite($stream, sprintf("GET %s/up HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", $address->path, $address->authority()));
        $answer = trim((string) fgets($stream, 128));
        fclose($stream);
        if (preg_match('~^HTTP/1\.1 200\b~', $answer) === 1) {
            return Finding::good(sprintf('The HTTP API answers at %s.', $address->url()));
        }
        $sentence = sprintf('The HTTP API at %s answers "%s" to /up.', $address->url(), $answer);

        return Finding::failure($sentence, Mend::restart());
    }
}
