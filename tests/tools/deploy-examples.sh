#!/usr/bin/env bash
# The examples of how a server is run: what systemd says about its unit, a real supervisord with its file, and
# the Docker image's files and its command as process 1. nginx and Caddy are in the integration tests.
set -euo pipefail
# shellcheck source=tests/suites/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../suites/common.sh"

unit=examples/systemd/ody-websocket.service
sockets=examples/systemd/ody-websocket.socket
dockerfile=examples/docker/Dockerfile
compose=examples/docker/compose.yaml
work=$(mktemp -d "${TMPDIR:-/tmp}/ody-deploy-XXXXXX")
app=$work/app
supervisord_pid=
activated_pid=
inside_pid=

clean_up() {
    [[ -z $supervisord_pid ]] || kill "$supervisord_pid" 2>/dev/null || true
    [[ -z $activated_pid ]] || kill "$activated_pid" 2>/dev/null || true
    [[ -z $inside_pid ]] || kill "$inside_pid" 2>/dev/null || true
    wait
    rm -rf "$work"
}
trap clean_up EXIT

# eventually <command…>: asks for thirty seconds.
eventually() {
    local end=$((SECONDS + 30))
    until "$@"; do
        ((SECONDS < end)) || return 1
        sleep 0.05
    done
}

# A project with this checkout's code and a server of its own.
make_project() {
    local name
    mkdir -p "$app/vendor"
    ln -s "$root/php" "$root/modules" "$app/"
    cp -R artisan composer.json "$app/"
    cp -R vendor/composer vendor/autoload.php "$app/vendor/"
    for name in vendor/*/; do
        [[ $name == vendor/composer/ ]] || ln -s "$root/${name%/}" "$app/vendor/"
    done
    export WEBSOCKET_API_KEY=test-key WEBSOCKET_SECRET_KEY=test-secret WEBSOCKET_DRAIN_TIME=1 WEBSOCKET_WORKER_COUNT=1 WEBSOCKET_CONNECT_TIMEOUT=10
    WEBSOCKET_PORT=$(free_port)
    export WEBSOCKET_PORT
}

answers() {
    (cd "$app" && php artisan websocket:status --json) >/dev/null 2>&1
}

server_pid() {
    cat "$app/storage/websocket/ody.pid"
}

units_are_valid() {
    local said
    said=$(systemd-analyze verify "$unit" "$sockets" 2>&1) && [[ -z $said ]] || {
        echo "$said"
        return 1
    }
}

unit_is_hardened() {
    systemd-analyze security --offline=true --threshold=20 --no-pager "$unit" >"$work/security" || {
        cat "$work/security"
        return 1
    }
    tail -n 1 "$work/security"
}

# systemd's own program for it holds the port and the Unix socket.
activate() {
    local variable pass=()
    for variable in "${!WEBSOCKET_@}"; do
        pass+=(-E "$variable")
    done
    mkdir -p "$app/storage/websocket"
    (cd "$app" && exec systemd-socket-activate "${pass[@]}" -l "127.0.0.1:$WEBSOCKET_PORT" -l "$app/storage/websocket/ody.sock" \
        php artisan websocket:start) >"$work/activated.log" 2>&1 &
    activated_pid=$!
    eventually grep -q "ody.sock as 4" "$work/activated.log"
    # shellcheck disable=SC2016
    php -r '$client = stream_socket_client("tcp://127.0.0.1:" . getenv("WEBSOCKET_PORT"));
        fwrite($client, "GET / HTTP/1.1\r\nHost: test\r\n\r\n");
        echo $line = fgets($client); exit(str_starts_with($line, "HTTP/1.1 ") ? 0 : 1);'
    eventually answers && grep -q "sockets were handed over" "$work/activated.log"
}

restarts_and_leaves_sockets() {
    (cd "$app" && php artisan websocket:restart && php artisan websocket:stop) || return 1
    wait "$activated_pid" || return 1
    activated_pid=
    [[ -S $app/storage/websocket/ody.sock ]] || return 1
    rm "$app/storage/websocket/ody.sock"
}

# The program file as it is, but for the folder of the project, the user and the log.
start_supervisord() {
    sed -e "s|/srv/app/vendor/bin/artisan|$app/artisan|" -e "s|/srv/app|$app|" -e "s|^user=.*|user=$(id -un)|" \
        -e "s|/var/log/|$work/|" examples/supervisor/ody-websocket.conf >"$work/program.conf"
    cat >"$work/supervisord.conf" <<CONF
[supervisord]
nodaemon=true
logfile=$work/supervisord.log
pidfile=$work/supervisord.pid
childlogdir=$work
user=$(id -un)
[unix_http_server]
file=$work/supervisor.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://$work/supervisor.sock
[include]
files=$work/program.conf
CONF
    supervisord --configuration "$work/supervisord.conf" >"$work/supervisord.out" 2>&1 </dev/null &
    supervisord_pid=$!
    eventually answers || {
        cat "$work"/supervisord.* "$work"/ody-websocket.log
        return 1
    }
}

# Its status is not 0 for what does not run.
supervisor_says() {
    local said
    said=$(supervisorctl --configuration "$work/supervisord.conf" status ody-websocket || true)
    [[ $said =~ ^ody-websocket\ +$1\  ]]
}

is_replaced() {
    local pid
    pid=$(server_pid)
    kill -KILL "$pid"
    # shellcheck disable=SC2317
    other_answers() { answers && [[ $(server_pid) != "$pid" ]]; }
    eventually other_answers
}

# The engine says goodbye: it is not told to stop a second time.
stops_gracefully() {
    supervisorctl --configuration "$work/supervisord.conf" stop ody-websocket && supervisor_says STOPPED &&
        [[ ! -e $app/storage/websocket/ody.sock ]] && tail -n 3 "$work/ody-websocket.log" | tee "$work/end" &&
        grep -q '"server stopped"' "$work/end" && ! grep -q 'stopping at once' "$work/end"
}

stop_supervisord() {
    kill "$supervisord_pid" && wait "$supervisord_pid"
    supervisord_pid=
}

# The instructions of the Dockerfile, one a line.
instructions() {
    sed -e '/^#/d' -e ':a' -e '/\\$/{N;s/\\\n *//;ba' -e '}' "$dockerfile"
}

# What is copied from the checkout is there, and not kept from Docker.
copies_exist() {
    local line path
    while read -r line; do
        for path in ${line% *}; do
            [[ -e $path ]] && git -c safe.directory='*' ls-files --error-unmatch "$path" >/dev/null &&
                grep -qx "!$path" "$dockerfile.dockerignore" || { echo "COPY $path"; return 1; }
        done
    done < <(instructions | sed -n 's/^COPY \([^-].*\)/\1/p')
}

# The scripts that it runs are there, and the suites of a fresh machine run them too.
scripts_are_tested() {
    local script
    mapfile -t scripts < <(instructions | grep '^RUN' | grep -oE '\bbin/[a-z-]+' | sort -u)
    ((${#scripts[@]} > 0)) || return 1
    for script in "${scripts[@]}"; do
        [[ -x $script ]] && grep -q "$script" tests/tools/fresh-machine.sh || { echo "$script"; return 1; }
    done
}

shell_is_sound() {
    instructions | sed -n 's/^RUN //p' >"$work/run.sh"
    [[ -s $work/run.sh ]] && shellcheck --shell=sh --severity=warning "$work/run.sh"
}

# The words of an instruction in JSON form, such as CMD ["php", "artisan"]: those of the last one.
words_of() {
    # shellcheck disable=SC2016
    instructions | grep "^$1 " | tail -n 1 | grep -oE '\[.*\]$' |
        php -r 'echo implode("\n", json_decode(stream_get_contents(STDIN), true, 2, JSON_THROW_ON_ERROR));'
}

# What a service of the compose file says, without indentation.
service() {
    sed -n "/^  $1:\$/,/^  [a-z]*:\$/p" "$compose" | sed -e '1d' -e 's/^ *//'
}

# Both images of PHP are stages, and see the Unix socket in the volume that they share; nginx asks for services by name.
compose_fits() {
    local name folder host
    folder=$(instructions | grep -oE 'WEBSOCKET_SOCKET=[^ ]+' | sed -e 's/.*=//' -e 's|/[^/]*$||')
    for name in websocket php; do
        instructions | grep -q "^FROM .* AS $(service $name | sed -n 's/^target: //p')\$" || { echo "$name: target"; return 1; }
        service $name | grep -Eq "^- socket:$folder(:ro)?\$" || { echo "$name: volume"; return 1; }
    done
    while read -r host; do
        grep -q "^  $host:\$" "$compose" || { echo "nginx: $host"; return 1; }
    done < <(sed -nE 's|.*_pass (http://)?([a-z]+):[0-9]+;|\2|p' examples/docker/nginx.conf)
}

# The last user of the stage that runs the server is not root.
runs_as_nobody_special() {
    local user
    user=$(instructions | sed -n '/ AS server$/,$s/^USER //p' | tail -n 1)
    [[ -n $user && $user != root && $user != 0 ]] && instructions | grep -q "useradd .* $user\b"
}

start_as_process_1() {
    local -a command isolate=(unshare --pid --fork --kill-child --mount-proc)
    mapfile -t command < <(words_of ENTRYPOINT && echo && words_of CMD)
    [[ $(id -u) == 0 ]] || isolate+=(--user --map-root-user)
    # The image's PHP has the extension; here it is named, so that PHP stays the process that it was.
    (cd "$app" && exec "${isolate[@]}" "${command[0]}" -d "extension=$root/modules/ody_websocket.so" "${command[@]:1}") \
        >"$work/inside.log" 2>&1 </dev/null &
    inside_pid=$!
    eventually is_healthy || {
        cat "$work/inside.log"
        return 1
    }
    [[ $(server_pid) == 1 ]]
}

is_healthy() {
    local -a command
    mapfile -t command < <(words_of HEALTHCHECK)
    (cd "$app" && "${command[@]}") >/dev/null 2>&1
}

# Docker signals process 1 from outside.
process_1_stops() {
    local first status=0
    first=$(<"/proc/$inside_pid/task/$inside_pid/children")
    kill -TERM "${first%% *}"
    wait "$inside_pid" || status=$?
    inside_pid=
    tail -n 2 "$work/inside.log"
    [[ $status == 0 && ! -e $app/storage/websocket/ody.sock ]] && ! is_healthy
}

make_project
check "systemd: the units are valid" units_are_valid
check "systemd: the unit is hardened" unit_is_hardened
check "systemd: the server starts when somebody comes, on the sockets that it is given" activate
check "systemd: a restart keeps them, and a stop leaves them" restarts_and_leaves_sockets
check "supervisord starts the server" start_supervisord
check "supervisord sees that it runs" eventually supervisor_says RUNNING
check "supervisord starts it again when it was killed" is_replaced
check "supervisord stops it gracefully" stops_gracefully
check "supervisord ends" stop_supervisord
check "Docker: what is copied is there" copies_exist
check "Docker: the scripts that it runs are tested" scripts_are_tested
check "Docker: the shell of its instructions" shell_is_sound
check "Docker: the compose file fits the images and nginx" compose_fits
check "Docker: the server is not root" runs_as_nobody_special
check "Docker: its command serves as process 1, and is healthy" start_as_process_1
check "Docker: SIGTERM ends process 1 gracefully" process_1_stops
finish
