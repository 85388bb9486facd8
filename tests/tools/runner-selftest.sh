#!/usr/bin/env bash
# Checks the runner of bin/test: suites that fail, crash, run nothing, skip, hang or lie must each make
# the whole run fail, and the last line must be the sum.
set -euo pipefail
# shellcheck source=tests/suites/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/../suites/common.sh"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/tests/suites"

# suite <name> <text>: a suite that is this shell text.
suite() {
    printf '#!/usr/bin/env bash\n%s\n' "$2" >"$folder/tests/suites/10-$1.sh"
    chmod +x "$folder/tests/suites/10-$1.sh"
}

suite good 'echo noise; echo "2 passed, 0 failed, 0 skipped"'
suite failing 'echo "1 passed, 3 failed, 0 skipped"; exit 1'
suite empty 'echo "0 passed, 0 failed, 0 skipped"'
suite skipping 'echo "0 passed, 0 failed, 4 skipped"'
suite partly 'echo "5 passed, 0 failed, 1 skipped"'
suite crashing 'echo "1 passed, 0 failed, 0 skipped" | cat; kill -SEGV $$'
suite silent 'true'
suite lying 'echo "7 passed, 0 failed, 0 skipped"; exit 3'
suite talkative 'echo "7 passed, 0 failed, 0 skipped"; echo "and more"'
suite hanging 'sleep 60; echo "1 passed, 0 failed, 0 skipped"'

# ends <quick> <status> <last line> <suites…>: how a run of these suites must end.
ends() {
    local quick=$1 status=$2 line=$3 got=0 answer
    shift 3
    # shellcheck disable=SC2034
    answer=$(
        source "$root/bin/lib/common.sh"
        source "$root/bin/lib/suites.sh"
        root=$folder report=$folder/out suite_seconds=2 ODY_QUICK=$quick
        run_suites "$@"
    ) || got=$?
    [[ $got == "$status" && ${answer##*$'\n'} == "$line" ]] || {
        printf 'expected "%s" and status %d, got status %d after:\n%s\n' "$line" "$status" "$got" "$answer"
        return 1
    }
}

for quick in no yes; do
    check "good suites (quick: $quick)" ends $quick 0 "2 passed, 0 failed, 0 skipped" good
    check "a failed test (quick: $quick)" ends $quick 1 "3 passed, 3 failed, 0 skipped" good failing
    check "a suite that runs nothing (quick: $quick)" ends $quick 1 "2 passed, 1 failed, 0 skipped" good empty
    check "a suite that skips everything (quick: $quick)" ends $quick 1 "2 passed, 1 failed, 4 skipped" good skipping
    check "a skipped test (quick: $quick)" ends $quick 1 "7 passed, 1 failed, 1 skipped" good partly
    check "a crash (quick: $quick)" ends $quick 1 "3 passed, 1 failed, 0 skipped" good crashing
    check "a suite that says nothing (quick: $quick)" ends $quick 1 "2 passed, 1 failed, 0 skipped" good silent
    check "a status that contradicts the totals (quick: $quick)" ends $quick 1 "9 passed, 1 failed, 0 skipped" good lying
    check "totals that are not at the end (quick: $quick)" ends $quick 1 "2 passed, 1 failed, 0 skipped" good talkative
    check "a suite that hangs (quick: $quick)" ends $quick 1 "2 passed, 1 failed, 0 skipped" good hanging
done
finish
