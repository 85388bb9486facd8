#!/usr/bin/env bash
# The extension's own tests, with the machine's PHP.
set -euo pipefail
# shellcheck source=tests/suites/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

run_phpt() {
    local log=$out/phpt.log
    NO_INTERACTION=1 TEST_PHP_ARGS="-q --show-diff -g FAIL,XFAIL,BORK,WARN,LEAK,SKIP ${ODY_PHPT_OPTIONS:-}" \
        make --no-print-directory test TESTS=tests/phpt >"$log" 2>&1 || true
    grep -v '^PASS' "$log" | tail -n 200
    phpt_totals <"$log"
}

count "phpt" run_phpt
finish
