#!/usr/bin/env bash
# Replays the fuzz corpus and every input that once failed, then fuzzes each target for a short time.
set -euo pipefail
# shellcheck source=tests/suites/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

count "replay" make --no-print-directory -C tests/fuzz replay
count "run" make --no-print-directory -C tests/fuzz run SECONDS="${ODY_FUZZ_SECONDS:-10}"
finish
