#!/usr/bin/env bash
# Makes a Debian 12 of nothing, puts a clean clone of this checkout into it, and goes the way of a new
# user there: bin/start, publish, stop. Root only (or sudo).
set -euo pipefail
# shellcheck source=tests/suites/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=tests/suites/machine.sh
source "$root/tests/suites/machine.sh"

make_machine() {
    make_system "$machine/root"
    git -c safe.directory='*' clone --quiet --no-local "file://$root" "$machine/root/srv/ody-websocket"
}

become_root
begin_machines
check "a bare Debian 12" make_base
check "a clean clone in it" make_machine
((failed == 0)) || finish
count "inside" inside "$machine/root" bash /srv/ody-websocket/tests/tools/fresh-machine.sh
finish
