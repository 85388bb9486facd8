#!/usr/bin/env bash
# The extension's own tests under valgrind: an invalid access or a leak is a failure.
set -euo pipefail
ODY_PHPT_OPTIONS="-m -j$(nproc)" exec "$(dirname "${BASH_SOURCE[0]}")/40-phpt.sh"
