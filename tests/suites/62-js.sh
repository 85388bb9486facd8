#!/usr/bin/env bash
# The browser client: its types, and everything that it does, against a scripted server and a clock that the tests move.
set -euo pipefail
# shellcheck source=tests/suites/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

cd "$root/js" || exit
check "the types of the sources" npx --no-install tsc -p .
check "the types as others use them" npx --no-install tsc -p test/types
count "the client" node --expose-gc --test --test-reporter="$root/tests/integration/lib/reporter.mjs" \
    --test-reporter-destination=stdout test/auth.test.mjs test/built.test.mjs test/channels.test.mjs \
    test/connection.test.mjs test/events.test.mjs test/user.test.mjs
finish
