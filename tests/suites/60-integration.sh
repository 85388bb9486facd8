#!/usr/bin/env bash
# The real server with real clients: pusher-js, laravel-echo, the SDKs for Node and PHP, curl, ws and bare sockets.
set -euo pipefail
# shellcheck source=tests/suites/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

if [[ ${ODY_QUICK:-no} == yes ]]; then
    count "integration, smoke" node tests/integration/run.mjs smoke
else
    count "integration" node tests/integration/run.mjs
fi
finish
