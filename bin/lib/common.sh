# shellcheck shell=bash
# Shared by the scripts of this project: where things are, how to say something, how to stop.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=$root/.cache
setup=$cache/setup

# Says one line about what is being done. Standard output belongs to the script's real job.
say() {
    printf '%s\n' "$*" >&2
}

# Stops with a sentence that says what to do.
fail() {
    printf '%s: %s\n' "${script_name:-$(basename "$0")}" "$*" >&2
    exit 1
}

# run_logged <log name> <advice> <command…>
# Keeps the command's output in a log file; where it fails, shows the end of it and gives the advice.
# The lock's descriptor is not handed down: a daemon that a package starts would hold it for ever.
run_logged() {
    local log=$setup/$1.log advice=$2
    shift 2
    if "$@" >"$log" 2>&1 </dev/null 9>&-; then
        return 0
    fi
    say ""
    tail -n 25 "$log" | sed 's/^/    | /' >&2
    say "The whole output is in $log."
    fail "$advice"
}

# Makes the folder of logs and stamps, and waits until no other script of this checkout sets up.
setup_begin() {
    if ! mkdir -p "$setup" 2>/dev/null || [[ ! -w $setup ]]; then
        fail "cannot write to $setup: run this as the user that owns $root, or change its owner."
    fi
    if [[ -e $setup/lock && ! -w $setup/lock ]]; then
        fail "cannot write to $setup/lock: it belongs to another user. Remove $cache, or run this as that user."
    fi
    exec 9>>"$setup/lock"
    if ! flock -n 9; then
        say "Waiting: another script is setting up this checkout."
        flock 9
    fi
}

# Lets others set up again. What follows does not hold the lock.
setup_end() {
    exec 9>&-
}

# stamp_is <name> <value>: whether a step was done for that very value.
stamp_is() {
    [[ -f $setup/$1.stamp && $(<"$setup/$1.stamp") == "$2" ]]
}

# stamp_set <name> <value>: remembers it, in one step.
stamp_set() {
    printf '%s' "$2" >"$setup/$1.stamp.new"
    mv -f "$setup/$1.stamp.new" "$setup/$1.stamp"
}

# Numbers add up to one line that the runner and CI read.
print_totals() {
    printf '%d passed, %d failed, %d skipped\n' "$1" "$2" "$3"
}
