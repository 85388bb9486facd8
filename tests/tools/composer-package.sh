#!/usr/bin/env bash
# What Composer makes of the package: the archive of the last commit, required by an empty project.
set -euo pipefail
# shellcheck source=tests/suites/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../suites/common.sh"

archive_most=$((672 * 1024)) # bytes, compressed
work=$(mktemp -d "${TMPDIR:-/tmp}/ody-composer-XXXXXX")
project=$work/project
package=$project/vendor/ody/websocket
export COMPOSER_ALLOW_SUPERUSER=1

clean_up() {
    if [[ -f $project/storage/websocket/ody.pid ]]; then
        (cd "$project" && php vendor/bin/artisan websocket:stop >/dev/null 2>&1) || true
    fi
    rm -rf "$work"
}
trap clean_up EXIT

version() {
    sed -n 's/^#define ODY_VERSION "\(.*\)"$/\1/p' "$root/engine/include/ody/version.h"
}

make_archive() {
    git -c safe.directory='*' archive --format=tar.gz --output="$work/package.tar.gz" HEAD
    mkdir "$work/package"
    tar -C "$work/package" -xzf "$work/package.tar.gz"
}

is_small() {
    local size
    size=$(stat -c %s "$work/package.tar.gz")
    echo "the archive has $size bytes"
    ((size <= archive_most))
}

# What is built, run or read is there; what only a checkout needs is not.
holds_what_users_need() {
    local path
    for path in LICENSE README.md artisan composer.json config.m4 config.w32 bin/install-extension bin/lib/build.sh \
        docs/configuration.md php/config/websocket.php php/src/Facades/WebSocket.php stubs/ody_websocket.stub.php; do
        [[ -f $work/package/$path ]] || { echo "$path is missing"; return 1; }
    done
    for path in tests .ci packaging phpunit.xml phpstan.neon bin/test docs/images; do
        [[ ! -e $work/package/$path ]] || { echo "$path is in the archive"; return 1; }
    done
    diff <(git -c safe.directory='*' ls-tree -r --name-only HEAD -- engine ext) \
        <(cd "$work/package" && find engine ext -type f | LC_ALL=C sort)
}

# Composer's way to a folder is a copy, as it makes one of an archive that it fetched.
require_package() {
    mkdir "$project"
    cat >"$project/composer.json" <<JSON
{
  "name": "test/empty",
  "config": {"lock": true},
  "repositories": [
    {
      "type": "path",
      "url": "../package",
      "options": {"symlink": false, "versions": {"ody/websocket": "$(version)"}}
    }
  ]
}
JSON
    (cd "$project" && composer require --no-interaction --no-progress --no-ansi --prefer-dist ody/websocket)
}

is_installed() {
    [[ -d $package && ! -L $package && ! -e $project/vendor/phpunit ]] &&
        (cd "$project" && composer show --no-ansi ody/websocket | grep -Eq "^versions : \* $(version)\$")
}

# run_php <options…> <code>: with Composer's loader, from a folder that is not the project's.
run_php() {
    (cd / && php "${@:1:$#-1}" -r "require '$project/vendor/autoload.php'; ${*: -1}")
}

classes_load() {
    # shellcheck disable=SC2016
    run_php -n '
        foreach (["Facades\WebSocket", "Configuration", "Extension", "WsEvent", "Console\Commands"] as $class) {
            if (!class_exists("Ody\\Websocket\\" . $class)) { echo "$class does not load\n"; exit(1); }
        }'
}

# Without the extension a call ends in an exception that names the command to run, which is there.
says_how_to_install() {
    local said
    # shellcheck disable=SC2016
    said=$(run_php -n '
        try { Ody\Websocket\Facades\WebSocket::publish("a", "b", []); }
        catch (Ody\Websocket\Exceptions\ExtensionMissingException $missing) { echo $missing->getMessage(); }')
    echo "$said"
    [[ $said == *"run $package/bin/install-extension, or pie install ody/ext-websocket." && -x $package/bin/install-extension ]]
}

console_says_how_to_install() {
    local said status=0
    said=$(cd "$project" && php -n vendor/bin/artisan websocket:status 2>&1) || status=$?
    echo "$said"
    [[ $status == 1 && $said == *"run $package/bin/install-extension"* && $said != *$'\n'* ]]
}

# bin/start sets up a checkout; in vendor/ it must not make a second project.
start_refuses() {
    local said status=0
    said=$("$package/bin/start" -d 2>&1) || status=$?
    echo "$said"
    [[ $status == 1 && $said == *"php vendor/bin/artisan websocket:start -d" && ! -e $package/vendor && ! -e $package/.env ]]
}

makes_keys_in_the_project() {
    (cd "$project" && php vendor/bin/artisan websocket:keys) && [[ -f $project/.env && ! -e $package/.env ]]
}

# The console finds the extension in the package, where bin/install-extension builds it.
serves() {
    local port
    port=$(free_port)
    mkdir "$package/modules"
    cp "$root/modules/ody_websocket.so" "$package/modules/"
    (cd "$project" && php vendor/bin/artisan websocket:start -d --port="$port" && php vendor/bin/artisan websocket:status --json)
}

publishes() {
    local reached
    # A cache channel exists without subscribers.
    reached=$(run_php -n -d "extension=$package/modules/ody_websocket.so" \
        'echo Ody\Websocket\Facades\WebSocket::publish("cache-news", "first", ["text" => "Hello"]);')
    [[ $reached == 0 ]]
}

stops() {
    (cd "$project" && php vendor/bin/artisan websocket:stop) && [[ ! -e $project/storage/websocket/ody.sock ]]
}

check "an archive of the last commit" make_archive
check "it is small" is_small
check "it holds what users need and nothing else" holds_what_users_need
check "composer require ody/websocket in an empty project" require_package
check "the package is installed, without the packages of its tests" is_installed
check "its classes load" classes_load
check "without the extension an exception says how to install it" says_how_to_install
check "without the extension the console says it too" console_says_how_to_install
check "bin/start refuses to work in vendor/" start_refuses
check "vendor/bin/artisan websocket:keys writes into the project" makes_keys_in_the_project
check "vendor/bin/artisan websocket:start -d" serves
check "the facade publishes" publishes
check "vendor/bin/artisan websocket:stop" stops
finish
