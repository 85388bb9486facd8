#!/usr/bin/env bash
# Plants a race, a leak, an overflow and a failing check, and sees to it that each is caught: by the
# very flags that the tests of the engine are built with.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
sources=$root/tests/engine/selftest
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
passed=0
failed=0

# caught NAME SANITIZER REPORT [more sources]: the program must end with a failure and print REPORT.
caught() {
    local name=$1 sanitizer=$2 report=$3
    shift 3
    local -a compile
    read -ra compile < <(make --no-print-directory -s -C "$root/tests/engine" flags SANITIZE="$sanitizer" | tr -d "'")
    "${compile[@]}" -o "$out/$name" "$sources/$name.c" "$@"
    if ASAN_OPTIONS=detect_leaks=1 TSAN_OPTIONS=halt_on_error=1 "$out/$name" >"$out/$name.log" 2>&1; then
        echo "$name: the planted fault did not end the program with a failure" >&2
        failed=$((failed + 1))
    elif ! grep -q "$report" "$out/$name.log"; then
        echo "$name: the program failed, but not with \"$report\":" >&2
        cat "$out/$name.log" >&2
        failed=$((failed + 1))
    else
        passed=$((passed + 1))
    fi
}

caught race thread "ThreadSanitizer: data race"
caught leak address "LeakSanitizer: detected memory leaks"
caught overflow address "AddressSanitizer: heap-buffer-overflow"
caught failing_check address "0 passed, 1 failed" "$root/tests/engine/main.c"
echo "$passed passed, $failed failed, 0 skipped"
((failed == 0))
