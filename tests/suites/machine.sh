# shellcheck shell=bash disable=SC2154
# Debian 12 machines made of nothing, in folders: for suites that must not depend on what is installed here.
# Root only: debootstrap, chroot and namespaces. Mounts and processes live in namespaces of their own, so they end
# with the suite, however it ends. Needs common.sh.

cache=$root/.cache/fresh
base=$cache/bookworm.tar
machine=

# Goes on as root, or not at all.
become_root() {
    [[ $(id -u) == 0 ]] || exec sudo -n -- "$0"
}

remove_machine() {
    [[ -z $machine ]] || rm -rf --one-file-system "$machine"
}

# Makes the folder that machines live in until the suite ends.
begin_machines() {
    trap remove_machine EXIT
    machine=$(mktemp -d "${TMPDIR:-/tmp}/ody-fresh-XXXXXX")
    chmod 755 "$machine"
    if [[ -n $(git -c safe.directory='*' status --porcelain --untracked-files=no) ]]; then
        echo "Note: the machine gets what is committed; this checkout has changes that are not."
    fi
}

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

# make_system <folder>: a bare system with the names, certificates and proxies of this machine: without them
# it may have no network.
make_system() {
    local folder=$1 file
    mkdir "$folder"
    tar -C "$folder" -xf "$base"
    cp -L /etc/resolv.conf /etc/hosts "$folder/etc/"
    for file in /usr/local/share/ca-certificates/*.crt; do
        [[ ! -f $file ]] || install -D -m 644 -t "$folder/usr/local/share/ca-certificates" "$file"
    done
    grep -lris 'Acquire.*::Proxy' /etc/apt/apt.conf /etc/apt/apt.conf.d |
        xargs -r install -m 644 -t "$folder/etc/apt/apt.conf.d" || true
}

# inside <folder> <command…>: runs it in that system, with nothing of this environment but proxies.
inside() {
    local folder=$1
    local -a proxies
    shift
    mapfile -t proxies < <(env | grep -iE '^(https?|no)_proxy=' || true)
    # shellcheck disable=SC2016
    unshare --mount --propagation private --pid --fork --kill-child -- sh -eu -c '
        machine=$1 archives=$2
        shift 2
        mount -t proc proc "$machine/proc"
        mount --bind "$archives" "$machine/var/cache/apt/archives"
        exec chroot "$machine" /usr/bin/env -i "$@"
    ' sh "$folder" "$cache/archives" PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        HOME=/root "${proxies[@]}" "$@"
}
