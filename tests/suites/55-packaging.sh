#!/usr/bin/env bash
# What others install: the Composer package, the archive of the extension, and the examples of how to run a server.
set -euo pipefail
# shellcheck source=tests/suites/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

count "Composer package" tests/tools/composer-package.sh
count "extension archive" tests/tools/extension-archive.sh
count "deployment examples" tests/tools/deploy-examples.sh
finish
