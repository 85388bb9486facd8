#!/usr/bin/env bash
# Makes a Debian 12 of nothing, puts a clean clone of this checkout into it, and goes the way of a new
# user there: bin/start, publish, stop. Root only (or sudo): it uses debootstrap, chroot and namespaces.
# Mounts and processes live in namespaces of their own, so they end with this script, however it ends.
set -euo pipefail
# shellcheck source=tests/suites/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

if [[ $(id -u) != 0 ]]; then
    exec sudo -n -- "${BASH_SOURCE[0]}"
fi

cache=$root/.cache/fresh
base=$cache/bookworm.tar
machine=

remove_machine() {
    [[ -z $machine ]] || rm -rf --one-file-system "$machine"
}
trap remove_machine EXIT

# The bare system is kept for 30 days, as are the packages that apt-get fetches in it.
make_base() {
    mkdir -p "$cache/archives/partial"
    find "$cache" -maxdepth 1 -name bookworm.tar -mtime +30 -delete
    [[ ! -f $base ]] || return 0
    debootstrap --variant=minbase bookworm "$machine/base" >"$out/debootstrap.log" 2>&1 || {
        tail -n 20 "$out/debootstrap.log"
        return 1
    }
    tar --one-file-system -C "$machine/base" -cf "$base.new" .
    mv "$base.new" "$base"
    rm -rf --one-file-system "$machine/base"
}

# Names, certificates and proxies of this machine: without them the new one may have no network.
lend_network() {
    local file
    cp -L /etc/resolv.conf /etc/hosts "$machine/root/etc/"
    for file in /usr/local/share/ca-certificates/*.crt; do
        [[ ! -f $file ]] || install -D -m 644 -t "$machine/root/usr/local/share/ca-certificates" "$file"
    done
    grep -lris 'Acquire.*::Proxy' /etc/apt/apt.conf /etc/apt/apt.conf.d |
        xargs -r install -m 644 -t "$machine/root/etc/apt/apt.conf.d" || true
}

make_machine() {
    mkdir "$machine/root"
    tar -C "$machine/root" -xf "$base"
    lend_network
    git -c safe.directory='*' clone --quiet --no-local "file://$root" "$machine/root/srv/ody-websocket"
}

# Runs a script of the clone in the machine, with nothing of this environment but proxies.
run_inside() {
    local -a proxies
    mapfile -t proxies < <(env | grep -iE '^(https?|no)_proxy=' || true)
    # shellcheck disable=SC2016
    unshare --mount --propagation private --pid --fork --kill-child -- sh -eu -c '
        machine=$1 archives=$2
        shift 2
        mount -t proc proc "$machine/proc"
        mount --bind "$archives" "$machine/var/cache/apt/archives"
        exec chroot "$machine" /usr/bin/env -i "$@"
    ' sh "$machine/root" "$cache/archives" PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        HOME=/root "${proxies[@]}" bash /srv/ody-websocket/tests/tools/fresh-machine.sh
}

machine=$(mktemp -d "${TMPDIR:-/tmp}/ody-fresh-XXXXXX")
chmod 755 "$machine"
if [[ -n $(git -c safe.directory='*' status --porcelain --untracked-files=no) ]]; then
    echo "Note: the clone holds what is committed; this checkout has changes that are not."
fi
check "a bare Debian 12" make_base
check "a clean clone in it" make_machine
((failed == 0)) || finish
count "inside" run_inside
finish
