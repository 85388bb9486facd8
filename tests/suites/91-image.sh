#!/usr/bin/env bash
# Builds the images of examples/docker without Docker: every instruction of the Dockerfile is carried out in a Debian 12
# made of nothing. Then the server runs as its user, and PHP-FPM publishes into it as www-data. Root only (or sudo).
set -euo pipefail
# shellcheck source=tests/suites/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=tests/suites/machine.sh
source "$root/tests/suites/machine.sh"

dockerfile=examples/docker/Dockerfile

# The instructions of the Dockerfile, one a line.
instructions() {
    sed -e '/^#/d' -e ':a' -e '/\\$/{N;s/\\\n *//;ba' -e '}' "$dockerfile"
}

# copy <stage> <arguments of COPY>: from the last commit, or from another stage.
copy() {
    local stage=$1 from
    local -a words
    read -ra words <<<"$2"
    if [[ ${words[0]} == --from=* ]]; then
        from=$machine/${words[0]#--from=}${words[1]}
        cp -a "$from/." "$machine/$stage${words[2]}"
        return
    fi
    copy_committed "$stage" "${words[@]}"
}

# copy_committed <stage> <source…> <target>: a folder's content goes into the target, as Docker has it.
copy_committed() {
    local stage=$1 target=${*: -1} path folder
    shift
    for path in "${@:1:$#-1}"; do
        rm -rf "$machine/context"
        mkdir "$machine/context"
        git -c safe.directory='*' archive HEAD "$path" | tar -C "$machine/context" -x
        folder=$machine/$stage/srv/app
        [[ ! -d $machine/context/$path ]] || folder=$folder/$target
        mkdir -p "$folder"
        cp -a "$machine/context/$path$([[ ! -d $machine/context/$path ]] || echo /.)" "$folder"
    done
}

# run <stage> <shell text>
run() {
    local stage=$1 shell=$2
    inside "$machine/$stage" bash -c "update-ca-certificates >/dev/null 2>&1 || true; mkdir -p /srv/app && cd /srv/app && $shell"
}

# build <stage>: its instructions, on a bare system or on another stage.
build() {
    local wanted=$1 stage='' word rest parent
    while read -r word rest; do
        if [[ $word == FROM ]]; then
            stage=${rest##* }
            parent=${rest%% *}
            [[ $stage == "$wanted" ]] || continue
            if [[ $parent == debian:* ]]; then make_system "$machine/$stage"; else cp -a "$machine/$parent" "$machine/$stage"; fi
        elif [[ $stage == "$wanted" && $word == COPY ]]; then
            copy "$stage" "$rest" || return 1
        elif [[ $stage == "$wanted" && $word == RUN ]]; then
            run "$stage" "$rest" >"$out/image-$stage.log" 2>&1 </dev/null || {
                tail -n 25 "$out/image-$stage.log"
                return 1
            }
        fi
    done < <(instructions)
    [[ -d $machine/$wanted ]]
}

# What ENV says in a stage, as NAME=value words.
variables() {
    instructions | sed -n 's/^ENV //p' | tr ' ' '\n'
}

server_has_no_compiler() {
    [[ ! -e $machine/server/usr/bin/cc && ! -e $machine/server/usr/bin/composer && ! -e $machine/server/srv/app/engine ]]
}

# Both containers at once: they share the folder of the socket as they would share a volume.
publishes_across_users() {
    local port
    local -a settings
    port=$(free_port)
    mapfile -t settings < <(variables)
    install -m 755 tests/tools/image-run.sh "$machine/fpm/root/run.sh"
    inside "$machine/fpm" "${settings[@]}" WEBSOCKET_HOST=127.0.0.1 WEBSOCKET_PORT="$port" \
        WEBSOCKET_API_KEY=test-key WEBSOCKET_SECRET_KEY=test-secret WEBSOCKET_DRAIN_TIME=1 WEBSOCKET_CONNECT_TIMEOUT=10 bash /root/run.sh
}

become_root
begin_machines
check "a bare Debian 12" make_base
check "stage build" build build
check "stage base" build base
check "stage server" build server
check "stage fpm" build fpm
((failed == 0)) || finish
check "the server's image has no compiler and no sources" server_has_no_compiler
check "the server runs as its user, PHP-FPM publishes as www-data" publishes_across_users
finish
