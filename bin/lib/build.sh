# shellcheck shell=bash disable=SC2154
# Composer's packages, the extension and the keys: each is made only when it has to be.
# Needs common.sh and packages.sh.

extension=$root/modules/ody_websocket.so
php_config=php-config
phpize=phpize

# Stops unless PHP can run the server and its development files belong to it.
check_php() {
    local version
    php -n -r 'exit(PHP_VERSION_ID >= 80200 ? 0 : 1);' ||
        fail "PHP 8.2 or later is needed, and $(command -v php) is $(php -n -r 'echo PHP_VERSION;'). Install a later one, or put it first in PATH."
    php -r 'exit(function_exists("pcntl_fork") && function_exists("posix_kill") ? 0 : 1);' ||
        fail "this PHP lacks pcntl or posix. Install the PHP command line of Debian (apt-get install php-cli), or put it first in PATH."
    version=$(php_version)
    if has "php-config$version" && has "phpize$version"; then
        php_config=php-config$version
        phpize=phpize$version
    fi
    if [[ $("$php_config" --version) != "$(php -n -r 'echo PHP_VERSION;')" ]]; then
        fail "$(command -v php) is PHP $(php -n -r 'echo PHP_VERSION;') but $php_config is of PHP $("$php_config" --version). Install the development files of the same version, such as php$version-dev."
    fi
}

# What tests run beside this package has packages of its own: a Laravel application, and versions of a
# library that exclude each other. Archives of the package leave tests out.
test_projects=("$root"/tests/laravel/composer.json "$root"/tests/pusher-php/*/composer.json)

# What the Composer packages depend on. composer.lock is not committed, so it does not count.
composer_state() {
    printf '%s %s' "$(php_version)" "$(cat "$root/composer.json" "${test_projects[@]}" 2>/dev/null | sha256sum)"
}

# Whether all of those have their packages.
have_test_projects() {
    local project
    for project in "${test_projects[@]}"; do
        [[ ! -f $project || -f ${project%/*}/vendor/autoload.php ]] || return 1
    done
}

install_test_projects() {
    local project
    for project in "${test_projects[@]}"; do
        [[ -f $project ]] || continue
        say "Installing PHP packages of ${project%/composer.json}"
        COMPOSER_ALLOW_SUPERUSER=1 run_logged composer \
            "composer could not install them: check that this machine reaches Packagist, then run this again." \
            composer update "$@" "--working-dir=${project%/*}"
    done
}

# install_composer_packages run|test: with `test`, those for development too.
install_composer_packages() {
    local purpose=$1 state verb=install what="PHP packages"
    local -a options=(--no-interaction --no-progress --no-ansi --prefer-dist)
    state=$(composer_state)
    if [[ -f $root/vendor/autoload.php ]]; then
        stamp_is composer "test $state" && have_test_projects && return 0
        [[ $purpose == run ]] && stamp_is composer "run $state" && return 0
    fi
    # A checkout that has the packages of development keeps them.
    if grep -qs '"dev": true' "$root/vendor/composer/installed.json"; then
        purpose="test"
    fi
    if [[ $purpose == "test" ]]; then
        what="PHP packages, those of the tests too"
    else
        # Composer solves for the packages of development even when it leaves them out.
        options+=(--no-dev "--ignore-platform-req=ext-*")
    fi
    if [[ -f $root/composer.lock ]] &&
        ! composer validate --no-check-all --no-check-publish --no-interaction --quiet 2>/dev/null 9>&-; then
        verb=update
    fi
    say "Installing $what: composer $verb"
    COMPOSER_ALLOW_SUPERUSER=1 run_logged composer \
        "composer could not install the packages: check that this machine reaches Packagist, then run this again." \
        composer "$verb" "${options[@]}"
    [[ $purpose != "test" ]] || install_test_projects "${options[@]}"
    # Archives may carry private modes, but the user of PHP-FPM reads these files too.
    chmod -R a+rX "$root/vendor"
    stamp_set composer "$purpose $state"
}

# What the shape of the build depends on: a change means phpize and configure once more.
configure_state() {
    "$php_config" --version
    "$php_config" --phpapi
    "$php_config" --extension-dir
    cc --version | head -n 1
    pkg-config --modversion libwebsockets jansson libcrypto libcurl hiredis libmicrohttpd
    sha256sum config.m4 engine/sources.list
}

# What the built extension depends on besides.
source_state() {
    find engine ext -type f \( -name '*.c' -o -name '*.h' \) -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
}

# Runs phpize and configure. Not phpize --clean: that removes modules/, which a running PHP may need.
configure_extension() {
    rm -rf autom4te.cache config.cache config.status libtool Makefile Makefile.objects Makefile.fragments &&
        "$phpize" && ./configure --quiet --with-php-config="$(command -v "$php_config")"
}

# Objects of another configuration must not be linked; those of the tests stay.
remove_objects() {
    find engine ext -type f \( -name '*.lo' -o -name '*.o' -o -name '*.dep' \) -delete
}

# libtool writes into the file that is there. A server that runs has that file mapped, so it keeps its
# own copy, and the name is given to a new one first.
spare_running_servers() {
    if [[ -f $extension ]]; then
        cp -p "$extension" "$extension.copy"
        mv -f "$extension.copy" "$extension"
    fi
}

# Whether PHP accepts what was built.
try_extension() {
    php -n -d "extension=$extension" -r 'exit(extension_loaded("ody_websocket") ? 0 : 1);'
}

# Builds modules/ody_websocket.so where sources, PHP or libraries changed.
build_extension() {
    local shape state
    cd "$root" || return
    shape=$(configure_state | sha256sum)
    state=$({ configure_state; source_state; } | sha256sum)
    if [[ -f $extension ]] && stamp_is build "$state"; then
        return 0
    fi
    if [[ ! -f Makefile ]] || ! stamp_is configure "$shape"; then
        say "Configuring the extension for PHP $(php_version)"
        rm -f "$setup/configure.stamp" "$setup/build.stamp"
        spare_running_servers
        run_logged configure \
            "the extension could not be configured: the lines above name the part that is missing. Install it, then run this again." \
            configure_extension
        remove_objects
        stamp_set configure "$shape"
    fi
    say "Building the extension"
    rm -f "$setup/build.stamp"
    spare_running_servers
    run_logged build \
        "the extension could not be built: the compiler's lines above say where. After a change of the compiler or of PHP, remove $setup and run this again." \
        make -s -j "$(nproc)"
    run_logged try-extension "PHP does not load $extension: see the lines above." try_extension
    stamp_set build "$state"
}

# Makes .env with keys of its own where there is none, unless the variables of another server bring theirs:
# one of ours would let none of them count.
create_keys() {
    [[ -e $root/.env ]] && return 0
    [[ -n $(compgen -e REVERB_APP_KEY || true)$(compgen -e SOKETI_ || true)$(compgen -e DEFAULT_APP_ || true) ]] && return 0
    say "Creating .env with fresh keys"
    (
        umask 077
        run_logged keys "the keys could not be created: see the lines above." php "$root/artisan" websocket:keys
    )
    [[ -f $root/.env ]] || fail "php artisan websocket:keys wrote no .env: create it from the table in docs/configuration.md."
    chmod 600 "$root/.env"
}
