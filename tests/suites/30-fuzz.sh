#!/usr/bin/env bash
# Replays the fuzz corpus and every input that once failed, then fuzzes each target for a short time.
set -euo pipefail
# shellcheck source=tests/suites/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

count "replay" make --no-print-directory -j "$(nproc)" -C tests/fuzz replay
for target in tests/fuzz/*_fuzz.c; do
    target=${target##*/}
    target=${target%_fuzz.c}
    check "fuzz $target" make --no-print-directory -j "$(nproc)" -C tests/fuzz run TARGET="$target" SECONDS="${ODY_FUZZ_SECONDS:-10}"
done
finish
