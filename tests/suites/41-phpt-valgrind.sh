#!/usr/bin/env bash
# The extension's own tests under valgrind: an invalid access or a leak is a failure.
set -euo pipefail
# shellcheck source=tests/suites/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

count "phpt, valgrind" tests/tools/run-phpt.sh -m
finish
