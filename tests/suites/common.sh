# shellcheck shell=bash
# Shared by the suites. A suite ends with the line `N passed, N failed, N skipped`, and with status 0
# only when nothing failed. What each part printed is in tests/out/suites.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root" || exit
out=$root/tests/out/suites
mkdir -p "$out"
passed=0
failed=0
skipped=0

# check <name> <command…>: one test, which passes when the command does.
check() {
    local name=$1
    shift
    if "$@" </dev/null; then
        passed=$((passed + 1))
        echo "ok      $name"
    else
        failed=$((failed + 1))
        echo "FAILED  $name"
    fi
}

# add_totals <line>: adds the numbers of such a line.
add_totals() {
    local p f s rest
    read -r p rest f rest s rest <<<"$1"
    passed=$((passed + p))
    failed=$((failed + f))
    skipped=$((skipped + s))
}

# count <name> <command…>: runs a tool that ends with its own totals, and adds them. A tool that ends
# otherwise, or that counts no failure and yet fails, is one failure.
count() {
    local name=$1 status=0 last before=$failed
    shift
    echo "== $name"
    "$@" </dev/null 2>&1 | tee "$out/part.$$" || status=$?
    last=$(grep -E '^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$' "$out/part.$$" | tail -n 1 || true)
    rm -f "$out/part.$$"
    if [[ -z $last ]]; then
        failed=$((failed + 1))
        echo "FAILED  $name ended without totals (status $status)"
        return 0
    fi
    add_totals "$last"
    if [[ $status != 0 && $failed == "$before" ]]; then
        failed=$((failed + 1))
        echo "FAILED  $name ended with status $status"
    fi
}

# Prints a port that nobody listens on, and none of those that the kernel gives to connections.
free_port() {
    local port
    while port=$((20000 + RANDOM % 12000)); do
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    echo "$port"
}

# Prints the totals and ends the suite.
finish() {
    printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
    ((failed == 0 && passed > 0))
    exit
}
