# shellcheck shell=bash disable=SC2154
# Chooses, runs and sums up the suites of tests/suites. Needs common.sh and packages.sh.

quick_suites=(checks engine-address phpt php integration)
suite_seconds=900 # a suite that takes longer hangs
report=$root/tests/out/suites

# Prints the names of all suites in their order: tests/suites/20-engine-address.sh is engine-address.
suite_names() {
    local file
    for file in "$root"/tests/suites/[0-9]*.sh; do
        file=${file##*/}
        file=${file#*-}
        printf '%s\n' "${file%.sh}"
    done
}

# Fills selected from the arguments of bin/test.
choose_suites() {
    local argument
    local -a names
    mapfile -t names < <(suite_names)
    export ODY_QUICK=no
    for argument in "$@"; do
        case $argument in
        --quick)
            export ODY_QUICK=yes
            selected+=("${quick_suites[@]}")
            ;;
        --fresh) selected+=(fresh) ;;
        --list)
            printf '%s\n' "${names[@]}"
            exit 0
            ;;
        *)
            [[ " ${names[*]} " == *" $argument "* ]] ||
                fail "there is no suite \"$argument\". The suites are: ${names[*]}. Options: --quick, --fresh, --list."
            selected+=("$argument")
            ;;
        esac
    done
    [[ ${#selected[@]} -gt 0 ]] || selected=("${names[@]}")
}

# Stops unless Node can run the integration tests.
check_node() {
    node -e 'process.exit(parseInt(process.versions.node) >= 18 ? 0 : 1)' ||
        fail "Node 18 or later is needed, and $(command -v node) is $(node --version). Install a later one, or put it first in PATH."
}

# Installs the packages of the integration tests, of the browser tests and of the client's build, exactly
# those of the lock files.
install_node_packages() {
    local folder name state
    for folder in tests/integration tests/browser js; do
        name=node-${folder//\//-}
        state=$(cat "$root/$folder/package.json" "$root/$folder/package-lock.json" | sha256sum)
        if [[ -d $root/$folder/node_modules ]] && stamp_is "$name" "$state"; then
            continue
        fi
        say "Installing Node packages: npm ci in $folder"
        run_logged "$name" \
            "npm could not install the packages: check that this machine reaches the npm registry, then run this again." \
            npm ci --prefix "$root/$folder" --no-audit --no-fund --no-progress
        stamp_set "$name" "$state"
    done
}

# run_suite <name>: runs it; its output goes to <name>.log, its exit status and seconds to <name>.end.
# A job of its own, so that an interrupted run ends its suites at once.
run_suite() {
    local started=$SECONDS status=0 child
    timeout --kill-after=20 "$suite_seconds" "$root"/tests/suites/[0-9]*-"$1".sh \
        >"$report/$1.log" 2>&1 </dev/null &
    child=$!
    trap 'kill "$child" 2>/dev/null' TERM
    wait "$child" || status=$?
    printf '%d %d\n' "$status" $((SECONDS - started)) >"$report/$1.end"
}

# Ends what runs, and the script.
stop_suites() {
    local -a jobs
    trap - INT TERM
    mapfile -t jobs < <(jobs -p)
    kill "${jobs[@]}" 2>/dev/null || true
    wait
    exit 130
}

# judge_suite <name>: sets p, f and s to its totals, took to its seconds and remarks to what is wrong.
judge_suite() {
    local status last
    p=0 f=0 s=0 remarks=
    read -r status took <"$report/$1.end"
    last=$(tail -n 1 "$report/$1.log")
    if [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped$ ]]; then
        p=${BASH_REMATCH[1]} f=${BASH_REMATCH[2]} s=${BASH_REMATCH[3]}
        ((p + f > 0)) || remarks="it ran no test"
        ((status == 0 || f > 0 || p == 0)) || remarks="it ended with status $status"
        ((s == 0)) || remarks="${remarks:+$remarks; }all parts are installed, so no test may be skipped"
    elif ((status == 124 || status == 137)); then
        remarks="it was stopped after $suite_seconds s"
    else
        remarks="it ended without a result (status $status)"
    fi
    [[ -z $remarks ]] || f=$((f + 1))
}

# report_suite <name>: one row of the table, what passed only on a second attempt, and the end of the log
# where something failed.
report_suite() {
    judge_suite "$1"
    printf '%-18s %8d %8d %8d %8d%s\n' "$1" "$p" "$f" "$s" "$took" "${remarks:+   $remarks}"
    grep -A 1 '^SECOND ' "$report/$1.log" | cut -c 1-300 | sed 's/^/    | /' || true
    if ((f > 0)); then
        tail -n 80 "$report/$1.log" | sed 's/^/    | /'
        printf '    The whole output is in %s.\n' "$report/$1.log"
    fi
    total_p=$((total_p + p)) total_f=$((total_f + f)) total_s=$((total_s + s))
}

# run_suites <name…>: one after the other, because some of them measure; the quick ones side by side.
# Ends the script with the sum.
run_suites() {
    local name p f s took remarks total_p=0 total_f=0 total_s=0
    mkdir -p "$report"
    trap stop_suites INT TERM
    printf '%-18s %8s %8s %8s %8s\n' suite passed failed skipped seconds
    for name in "$@"; do
        run_suite "$name" &
        [[ $ODY_QUICK == yes ]] || {
            wait
            report_suite "$name"
        }
    done
    if [[ $ODY_QUICK == yes ]]; then
        wait
        for name in "$@"; do
            report_suite "$name"
        done
    fi
    trap - INT TERM
    print_totals "$total_p" "$total_f" "$total_s"
    ((total_f == 0 && total_p > 0)) || exit 1
    exit 0
}
