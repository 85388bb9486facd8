# shellcheck shell=bash
# Finds the Debian packages that are missing and installs them. Needs common.sh.

as_root=()

# Whether a command is there. Where a program came from does not matter.
has() {
    command -v "$1" >/dev/null 2>&1
}

# The version of the machine's PHP as packages spell it, such as 8.2; nothing without PHP.
php_version() {
    has php || return 0
    php -n -r 'echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION;' 2>/dev/null || true
}

# The prefix of PHP's packages: php8.2 where that very package is installed, else Debian's default.
php_prefix() {
    local version
    version=$(php_version)
    if [[ -n $version ]] && dpkg-query -W "php$version-cli" >/dev/null 2>&1; then
        printf 'php%s' "$version"
    else
        printf 'php'
    fi
}

# Whether the machine's PHP has an extension.
php_has() {
    # shellcheck disable=SC2016
    has php && php -r 'exit(extension_loaded($argv[1]) ? 0 : 1);' "$1" >/dev/null 2>&1
}

# Prints those of the named packages that dpkg does not have.
not_installed() {
    local installed package
    installed=$(dpkg-query -W -f='${Package}:${db:Status-Status}\n' "$@" 2>/dev/null || true)
    for package in "$@"; do
        [[ $'\n'$installed$'\n' == *$'\n'$package:installed$'\n'* ]] || printf '%s\n' "$package"
    done
}

# Prints what bin/start misses.
missing_to_run() {
    local prefix
    prefix=$(php_prefix)
    has php || echo php-cli
    has phpize || echo "$prefix-dev"
    php_has mbstring || echo "$prefix-mbstring"
    has composer || echo composer
    has make && has cc || echo build-essential
    has autoconf || echo autoconf
    has pkg-config || echo pkg-config
    has git || echo git
    has unzip || echo unzip
    not_installed ca-certificates libwebsockets-dev libwebsockets-evlib-ev libev-dev libjansson-dev \
        libssl-dev libcurl4-openssl-dev libhiredis-dev libmicrohttpd-dev
}

# Prints what the tests miss beyond that.
missing_to_test() {
    local prefix
    prefix=$(php_prefix)
    php_has xmlwriter || echo "$prefix-xml"
    php_has curl || echo "$prefix-curl"
    has curl || echo curl
    has node || echo nodejs
    has npm || echo npm
    has valgrind || echo valgrind
    has clang-14 || echo clang-14
    has clang-format-14 || echo clang-format-14
    has ctags || echo universal-ctags
    has debootstrap || echo debootstrap
    has nginx || [[ -x /usr/sbin/nginx ]] || echo nginx-light
    has caddy || echo caddy
    has chromium-headless-shell || echo chromium-headless-shell
    has supervisord || echo supervisor
    has systemd-analyze || echo systemd
    has openssl || echo openssl
    has redis-server || echo redis-server
    has shellcheck || echo shellcheck
    not_installed libclang-rt-14-dev php-parser
}

# Fills as_root with what has to stand before a command to run it as root; fails where none can.
become_root() {
    local -a packages=("$@")
    if [[ $(id -u) == 0 ]]; then
        as_root=()
    elif has sudo; then
        as_root=(sudo)
        [[ -t 0 ]] || as_root=(sudo -n)
    else
        fail "these packages are missing, and only root can install them. Run as root: apt-get update && apt-get install --yes --no-install-recommends ${packages[*]}"
    fi
}

# Runs apt-get so that it never asks: no questions of packages, no changed configuration files.
apt_get() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a APT_LISTCHANGES_FRONTEND=none \
        apt-get --yes --quiet --no-install-recommends -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=600 \
        -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"
}

# Puts Debian's own switch against starting services in place; prints whether it was set here.
hold_services() {
    [[ -e /usr/sbin/policy-rc.d ]] && return 0
    "${as_root[@]}" sh -c 'printf "#!/bin/sh\nexit 101\n" >/usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d'
    services_held=yes
}

# Takes the switch away, and keeps services that were installed for the tests from starting at boot.
release_services() {
    [[ ${services_held:-no} == yes ]] || return 0
    services_held=no
    "${as_root[@]}" rm -f /usr/sbin/policy-rc.d
}

# A program that tests start for themselves is never a service of the machine.
keep_from_starting() {
    if has systemctl; then
        "${as_root[@]}" systemctl disable "$1" >/dev/null 2>&1 || true
    elif has update-rc.d; then
        "${as_root[@]}" update-rc.d "$1" disable >/dev/null 2>&1 || true
    fi
}

# install_packages <package…>: all of them, or the script ends.
install_packages() {
    local -a packages=("$@")
    local advice
    [[ ${#packages[@]} -gt 0 ]] || return 0
    if ! has apt-get; then
        fail "these parts are missing: ${packages[*]} (names of Debian 12 packages). Install them with your system's package manager, then run this again."
    fi
    become_root "${packages[@]}"
    say "Installing Debian packages: ${packages[*]}"
    advice="check that this machine reaches its Debian mirror (/etc/apt/sources.list), then run this again."
    run_logged apt-update "apt-get update failed: $advice" apt_get update
    trap release_services EXIT
    hold_services
    run_logged apt-install "apt-get could not install the packages: $advice" apt_get install "${packages[@]}"
    [[ " ${packages[*]} " != *" nginx-light "* ]] || keep_from_starting nginx
    [[ " ${packages[*]} " != *" caddy "* ]] || keep_from_starting caddy
    [[ " ${packages[*]} " != *" supervisor "* ]] || keep_from_starting supervisor
    [[ " ${packages[*]} " != *" redis-server "* ]] || keep_from_starting redis-server
    release_services
    trap - EXIT
    hash -r
}

# install_missing <function…>: the packages that those functions print.
install_missing() {
    local -a packages=()
    local list
    for list in "$@"; do
        mapfile -t -O "${#packages[@]}" packages < <("$list")
    done
    install_packages "${packages[@]}"
}
