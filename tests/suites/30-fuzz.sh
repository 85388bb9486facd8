#!/usr/bin/env bash
# Replays the fuzz corpus and every input that once failed, then fuzzes each target for a short time, as many at once
# as there are processors.
set -euo pipefail
# shellcheck source=tests/suites/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

fuzz() {
    make --no-print-directory -C tests/fuzz run TARGET="$1" SECONDS="${ODY_FUZZ_SECONDS:-10}" >"$out/fuzz-$1.log" 2>&1
}

# ended <target> <process>: shows its output, and fails as it did.
ended() {
    local status=0
    wait "$2" || status=$?
    cat "$out/fuzz-$1.log"
    return "$status"
}

count "replay" make --no-print-directory -j "$(nproc)" -C tests/fuzz replay
check "build" make --no-print-directory -j "$(nproc)" -C tests/fuzz build
targets=()
processes=()
for target in tests/fuzz/*_fuzz.c; do
    target=${target##*/}
    while (($(jobs -rp | wc -l) >= $(nproc))); do
        wait -n || true
    done
    fuzz "${target%_fuzz.c}" </dev/null &
    targets+=("${target%_fuzz.c}")
    processes+=($!)
done
for index in "${!targets[@]}"; do
    check "fuzz ${targets[index]}" ended "${targets[index]}" "${processes[index]}"
done
finish
