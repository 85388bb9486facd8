#!/usr/bin/env bash
# PHPUnit; in the full run also PHPStan and the code style.
set -euo pipefail
# shellcheck source=tests/suites/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

run_phpunit() {
    local report=$out/phpunit.xml status=0
    rm -f "$report"
    php -d "extension=$root/modules/ody_websocket.so" vendor/bin/phpunit --colors=never --no-progress \
        --fail-on-warning --fail-on-risky --log-junit "$report" || status=$?
    # shellcheck disable=SC2016
    php -r '
        $suite = simplexml_load_file($argv[1])->testsuite;
        $failed = (int) $suite["failures"] + (int) $suite["errors"];
        $skipped = (int) $suite["skipped"];
        printf("%d passed, %d failed, %d skipped\n", (int) $suite["tests"] - $failed - $skipped, $failed, $skipped);
    ' "$report"
    return "$status"
}

count "PHPUnit" run_phpunit
if [[ ${ODY_QUICK:-no} == no ]]; then
    check "PHPStan" vendor/bin/phpstan analyse --no-progress --no-interaction --memory-limit=1G
    check "code style" vendor/bin/php-cs-fixer check --diff --no-interaction
fi
finish
