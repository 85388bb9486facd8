#!/usr/bin/env bash
# Checks of the sources: order of the rooms, format, docblocks, sizes, exported symbols, shell scripts.
set -euo pipefail
# shellcheck source=tests/suites/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

check_shell() {
    local -a scripts
    mapfile -d '' scripts < <(find bin .ci tests -type f ! -path 'tests/out/*' ! -path '*/node_modules/*' ! -path '*/vendor/*' -print0 |
        xargs -0 grep -lZE '^(#!.*\b(ba)?sh$|# shellcheck shell=)')
    shellcheck -x --severity=warning "${scripts[@]}"
}

check "the order of the rooms" php tests/tools/check-layers.php
check "the order of the rooms: planted violations are found" php tests/tools/check-layers.php --self-test
check "the format of the C files" tests/tools/check-format.sh
check "every public function has a docblock, and one for applications an example" php tests/tools/check-docs.php
check "docblocks: missing ones are found" php tests/tools/check-docs.php --self-test
check "docs/metrics.md names what there is" php tests/tools/check-metrics.php
check "docs/metrics.md: planted differences are found" php tests/tools/check-metrics.php --self-test
check "stubs/ is made of the stubs of ext" php tests/tools/make-stubs.php --check
check "stubs/: a changed stub is noticed" php tests/tools/make-stubs.php --self-test
check "engine/http/page_files.c is made of the pages in js/" php tests/tools/make-pages.php --check
check "engine/http/page_files.c: a changed page is noticed" php tests/tools/make-pages.php --self-test
check "every known pitfall has its test" php tests/tools/check-pitfalls.php
check "pitfalls: gaps are found" php tests/tools/check-pitfalls.php --self-test
check "the extension exports get_module only" tests/tools/check-symbols.sh
if [[ ${ODY_QUICK:-no} == no ]]; then
    check "the length of functions and files" php tests/tools/check-size.php
    check "what is built of js/ belongs to its sources" node js/scripts/check.mjs
    check "js/: planted faults are noticed" node js/scripts/check.mjs --self-test
    check "arginfo files belong to their stubs" tests/tools/check-arginfo.sh
    check "shell scripts" check_shell
    check "composer.json" env COMPOSER_ALLOW_SUPERUSER=1 composer validate --no-interaction --no-check-lock --strict --quiet
fi
finish
