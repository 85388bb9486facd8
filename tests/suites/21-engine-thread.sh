#!/usr/bin/env bash
# The engine's unit tests with ThreadSanitizer.
set -euo pipefail
# shellcheck source=tests/suites/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

count "engine, thread" make --no-print-directory -j "$(nproc)" -C tests/engine check SANITIZE=thread
finish
