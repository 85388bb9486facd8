#!/usr/bin/env bash
# The engine's unit tests with AddressSanitizer, LeakSanitizer and UndefinedBehaviorSanitizer.
set -euo pipefail
# shellcheck source=tests/suites/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

count "engine, address" make --no-print-directory -j "$(nproc)" -C tests/engine check SANITIZE=address
finish
