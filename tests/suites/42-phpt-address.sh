#!/usr/bin/env bash
# The extension's own tests with AddressSanitizer and UndefinedBehaviorSanitizer in the extension.
set -euo pipefail
# shellcheck source=tests/suites/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

count "phpt, address" tests/tools/asan-phpt.sh
finish
