#!/usr/bin/env bash
# The extension's own tests, with the machine's PHP.
set -euo pipefail
# shellcheck source=tests/suites/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

count "phpt" tests/tools/run-phpt.sh
finish
