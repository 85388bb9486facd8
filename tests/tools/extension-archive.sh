#!/usr/bin/env bash
# The archive of the extension: its manifest, that it is reproducible, and that it builds by itself into an
# extension that serves and publishes.
set -euo pipefail
# shellcheck source=tests/suites/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../suites/common.sh"

work=$(mktemp -d "${TMPDIR:-/tmp}/ody-extension-XXXXXX")
source_folder=$work/source
trap 'rm -rf "$work"' EXIT

# Not --strict: Composer before 2.7 does not know the section php-ext.
validate_manifest() {
    COMPOSER_ALLOW_SUPERUSER=1 composer validate --no-interaction --no-check-lock --no-check-publish packaging/pie/composer.json
}

make_archive() {
    archive=$(bin/package-extension --output "$work/first")
    [[ $archive == "$work/first/php_ody_websocket-"[0-9]*-src.tgz && -f $archive ]]
}

# Another moment, another umask, another time zone.
makes_the_same_bytes() {
    local again
    again=$(umask 077 && TZ=Asia/Tokyo bin/package-extension --output "$work/second")
    cmp "$archive" "$again"
}

refuses_another_version() {
    local said
    ! said=$(bin/package-extension --output "$work/third" 99.0 2>&1) && [[ $said == *"not 99.0"* && ! -e $work/third ]]
}

unpack() {
    mkdir "$source_folder"
    tar -C "$source_folder" -xzf "$archive"
    [[ -f $source_folder/composer.json && -f $source_folder/config.m4 && -f $source_folder/config.w32 &&
        -f $source_folder/LICENSE && -f $source_folder/README.md && ! -e $source_folder/php ]]
}

# Composer reads name and version from the archive alone, as from a folder that PIE was told of.
composer_reads_it() {
    mkdir "$work/project"
    printf '{"repositories": [{"type": "path", "url": "%s"}, {"packagist.org": false}]}' "$source_folder" \
        >"$work/project/composer.json"
    (cd "$work/project" && COMPOSER_ALLOW_SUPERUSER=1 composer show --no-ansi --available ody/ext-websocket) |
        tee "$work/shown"
    grep -Eq '^type +: php-ext' "$work/shown" && grep -Eq '^versions : [0-9]+\.[0-9]+\.[0-9]+$' "$work/shown"
}

# The steps that PIE takes.
build() {
    local php_config
    php_config=$(command -v "php-config$(php -r 'echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION;')" || command -v php-config)
    (
        cd "$source_folder"
        "$("$php_config" --prefix)/bin/phpize" && ./configure --quiet --with-php-config="$php_config" &&
            make --silent -j "$(nproc)"
    ) >"$work/build.log" 2>&1 || {
        tail -n 30 "$work/build.log"
        return 1
    }
}

builds_without_warnings() {
    ! grep -E '\.[ch]:[0-9]+.*warning:' "$work/build.log"
}

says_its_version() {
    local said
    said=$(php -n -d "extension=$source_folder/modules/ody_websocket.so" -r 'echo phpversion("ody_websocket");')
    [[ $archive == *"/php_ody_websocket-$said-src.tgz" ]]
}

check "the manifest is one that PIE reads" php tests/tools/check-pie.php
check "the manifest: planted mistakes are found" php tests/tools/check-pie.php --self-test
check "Composer accepts the manifest" validate_manifest
check "bin/package-extension" make_archive
check "a second run makes the same bytes" makes_the_same_bytes
check "a version that the sources do not have is refused" refuses_another_version
check "the archive holds the extension, its manifest at the root" unpack
check "Composer reads name and version from it" composer_reads_it
check "it builds in an empty folder" build
check "it builds without a warning" builds_without_warnings
check "the extension loads and says its version" says_its_version
count "the extension serves and publishes" tests/tools/run-phpt.sh "$source_folder/modules/ody_websocket.so" \
    tests/phpt/extension tests/phpt/server/background.phpt tests/phpt/channel_client/publish.phpt
finish
