#!/usr/bin/env bash
# Runs inside the fresh machine of tests/suites/90-fresh.sh, as root: the way of a new user.
set -euo pipefail
# shellcheck source=tests/suites/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../suites/common.sh"

logs=/var/tmp/fresh
mkdir -p "$logs"
WEBSOCKET_PORT=$(free_port)
export WEBSOCKET_PORT
export WEBSOCKET_CONNECT_TIMEOUT=10 # a busy machine may stand still for seconds

show() {
    sed 's/^/    > /' "$1"
}

# Somebody without rights is told the one command to have run by root.
says_what_root_must_do() {
    cp -r . /var/tmp/theirs
    chown -R 65534:65534 /var/tmp/theirs
    ! setpriv --reuid=65534 --regid=65534 --clear-groups /var/tmp/theirs/bin/start >"$logs/nobody" 2>&1 &&
        show "$logs/nobody" && grep -q 'apt-get install .*libwebsockets-evlib-ev' "$logs/nobody"
}

# A mirror that does not answer ends in a sentence, after the lines that apt-get printed.
says_when_the_mirror_is_away() {
    local settings=/etc/apt/apt.conf.d/99-away status=0
    mkdir -p "$logs/archives/partial"
    printf '%s\n' 'Acquire::Retries "0";' 'Acquire::http::Proxy "http://127.0.0.1:9";' \
        "Dir::Cache::Archives \"$logs/archives\";" >"$settings"
    bin/start -d >"$logs/away" 2>&1 || status=$?
    rm "$settings"
    show "$logs/away"
    ((status == 1)) && grep -q '^bin/start: apt-get .*mirror.*run this again' "$logs/away" && grep -q '^    | ' "$logs/away"
}

# Two at once: one sets up and starts the server, the other waits, then is told who serves the port.
starts_once() {
    local first second a=0 b=0
    bin/start -d >"$logs/first" 2>&1 &
    first=$!
    bin/start -d >"$logs/second" 2>&1 &
    second=$!
    wait "$first" || a=$?
    wait "$second" || b=$?
    show "$logs/first"
    show "$logs/second"
    ((a + b > 0 && a * b == 0)) && grep -q "already runs: process $(server_pid) " "$logs/first" "$logs/second"
}

server_pid() {
    php artisan websocket:status --json | php -r 'echo json_decode(stream_get_contents(STDIN), true, 8, JSON_THROW_ON_ERROR)["pid"];'
}

keys_are_private_and_fresh() {
    [[ $(stat -c %a .env) == 600 ]] && grep -Eq '^WEBSOCKET_SECRET_KEY="?[A-Za-z0-9_+/=-]{20,}' .env
}

publishes() {
    php -d extension=modules/ody_websocket.so tests/tools/fresh-client.php
}

# Starts once more and prints the time that it took (ms).
start_again() {
    local started=${EPOCHREALTIME/./}
    bin/start -d >"$logs/again" 2>&1 || {
        show "$logs/again" >&2
        return 1
    }
    echo $(((${EPOCHREALTIME/./} - started) / 1000))
}

# Nothing is left to install or to build, so the server is up at once. A machine that stands still meanwhile
# gets another try.
starts_fast() {
    local try took
    for try in 1 2 3; do
        ((try == 1)) || php artisan websocket:stop || return 1
        took=$(start_again) || return 1
        echo "bin/start -d took $took ms"
        ((took >= 3000)) || return 0
    done
    return 1
}

# runs <process>: whoever inherits one that has ended may take its time to notice.
runs() {
    grep -qs '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$1/status"
}

stops() {
    local pid
    pid=$(server_pid)
    php artisan websocket:stop && ! runs "$pid" && [[ ! -e storage/websocket/ody.sock ]]
}

loads_extension() {
    php -r 'exit(extension_loaded("ody_websocket") ? 0 : 1);'
}

# The machine's PHP loads the extension without being told, and forgets it again.
installs_extension() {
    bin/install-extension && loads_extension && publishes && bin/install-extension --uninstall && ! loads_extension
}

# A compiler error is shown; when it is repaired, the next start builds again.
builds_what_changed() {
    local status=0
    cp -p engine/server.c "$logs/server.c"
    echo 'this is no C' >>engine/server.c
    bin/start --help >"$logs/broken" 2>&1 || status=$?
    show "$logs/broken"
    cp -p "$logs/server.c" engine/server.c
    ((status == 1)) && grep -q 'server.c.*error' "$logs/broken" && grep -q '^bin/start: .*run this again' "$logs/broken" || return 1
    bin/start --help >"$logs/repaired" 2>&1 && grep -q '^Building the extension' "$logs/repaired" || return 1
    bin/start --help >"$logs/unchanged" 2>&1 && ! grep -q '^Building' "$logs/unchanged"
}

# A clone has no changed or new file after all this.
leaves_the_clone_clean() {
    local changes
    changes=$(git -c safe.directory='*' status --porcelain)
    [[ -z $changes ]] || {
        echo "$changes"
        return 1
    }
}

cd /srv/ody-websocket
started=$SECONDS
check "without root and sudo: the command that root has to run" says_what_root_must_do
check "a mirror that does not answer: a sentence" says_when_the_mirror_is_away
check "two bin/start -d at once: one server" starts_once
echo "The first start took $((SECONDS - started)) s."
check ".env holds fresh keys, for its owner only" keys_are_private_and_fresh
check "PHP publishes, a client receives" publishes
check "websocket:stop ends the server" stops
check "bin/start -d again in less than 3 s" starts_fast
check "bin/install-extension, and --uninstall" installs_extension
check "websocket:stop again" stops
check "a compiler error is shown, and what changed is built again" builds_what_changed
check "the clone is clean" leaves_the_clone_clean
finish
