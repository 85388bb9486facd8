#!/usr/bin/env bash
# The tests of the tests: a planted race, leak and overflow must each be caught, and whatever goes wrong
# in a suite must make the whole run fail.
set -euo pipefail
# shellcheck source=tests/suites/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

count "harness" tests/tools/harness-selftest.sh
count "runner" tests/tools/runner-selftest.sh
finish
