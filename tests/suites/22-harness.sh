#!/usr/bin/env bash
# The tests of the tests: a planted race, leak and overflow must each be caught.
set -euo pipefail
# shellcheck source=tests/suites/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

count "harness" tests/tools/harness-selftest.sh
finish
