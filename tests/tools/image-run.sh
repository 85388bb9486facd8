#!/usr/bin/env bash
# Runs inside the image "fpm" of tests/suites/91-image.sh, as root: the server as its user, PHP-FPM, and one request
# to the page that publishes. Succeeds when the page could publish and the server ended well.
set -euo pipefail

cd /srv/app
setpriv --reuid=ody-websocket --regid=ody-websocket --init-groups --no-new-privs php artisan websocket:start --no-ansi &
server=$!
# Not the port of the image: this machine shares its network with its host.
sed -i "s|^listen = .*|listen = /run/fpm.sock|" /etc/php/8.2/fpm/pool.d/www.conf
php-fpm8.2 --nodaemonize --force-stderr &
fpm=$!
# The socket is there before anybody answers on it.
for ((attempt = 0; attempt < 300; attempt++)); do
    [[ -S /run/fpm.sock ]] && php artisan websocket:status >/dev/null 2>&1 && break
    sleep 0.1
done
stat -c '%U %G %a' "$WEBSOCKET_SOCKET" | tee /dev/stderr | grep -qx 'ody-websocket www-data 660'
# One FastCGI request: begin, parameters, no body.
# shellcheck disable=SC2016
php -r '
    $record = static fn(int $type, string $body): string => pack("CCnnCC", 1, $type, 1, strlen($body), 0, 0) . $body;
    $parameters = "";
    foreach (["SCRIPT_FILENAME" => "/srv/app/public/index.php", "REQUEST_METHOD" => "GET"] as $name => $value) {
        $parameters .= chr(strlen($name)) . chr(strlen($value)) . $name . $value;
    }
    $socket = stream_socket_client("unix:///run/fpm.sock");
    fwrite($socket, $record(1, pack("nCx5", 1, 0)) . $record(4, $parameters) . $record(4, "") . $record(5, ""));
    echo $answer = stream_get_contents($socket), "\n";
    exit(str_contains($answer, "Nobody is subscribed to my-channel.") ? 0 : 1);' | tr -cd '[:print:]\n'
kill -QUIT "$fpm"
kill -TERM "$server"
wait "$server"
