#!/usr/bin/env bash
# The test page in a headless Chromium, against the real server. Screenshots are left in tests/out/browser.
set -euo pipefail
# shellcheck source=tests/suites/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

rm -rf "$root/tests/out/browser"
count "the page under load" node tests/browser/run.mjs load
count "the page" node tests/browser/run.mjs
finish
