#!/bin/sh
# Runs every phpt against a built extension. Fails when one fails, is skipped or did not run at all.
# The last line is "N passed, N failed, N skipped".
#
#   run-phpt.sh [-m] [extension.so [test or folder, such as tests/phpt/server]...]
#
# -m: under valgrind; an error or a definite leak is a failure. Unless tests are named, three that
#     measure other processes' times are left out.
# The extension is modules/ody_websocket.so unless another is named.
# PHP_EXECUTABLE: the PHP to test, unless it is the one in PATH.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
valgrind=
if [ "${1:-}" = -m ]; then
    valgrind=-m
    shift
fi
extension=$(realpath "${1:-modules/ody_websocket.so}")
[ $# -eq 0 ] || shift
# What these check depends on how fast other processes are, which valgrind makes twenty times slower.
impatient=
if [ $# -eq 0 ]; then
    set -- tests/phpt
    [ -z "$valgrind" ] || impatient='changes_and_signals restart_publishers php_worker_fails'
fi
php=$(command -v "${PHP_EXECUTABLE:-php}")
system=$("$php" -n -r 'echo ini_get("extension_dir");')
runner=$root/run-tests.php
[ -f "$runner" ] || runner=$system/build/run-tests.php
for needed in "$runner" "$extension"; do
    [ -f "$needed" ] || { echo "run-phpt: $needed is missing: build the extension first" >&2; exit 1; }
done

# A copy of the tests, because the runner writes its files beside them; and one folder with our
# extension and the other one that tests name.
mkdir -p tests/out
work=$(mktemp -d "$root/tests/out/phpt-XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work/tests" "$work/modules"
cp -r tests/phpt "$work/tests/"
for name in $impatient; do
    rm "$work/tests/phpt/server/$name.phpt"
done
expected=$(cd "$work" && find "$@" -name '*.phpt' | wc -l)
[ "$expected" -gt 0 ] || { echo "run-phpt: there are no tests in $*" >&2; exit 1; }
[ ! -f "$system/pcntl.so" ] || ln -s "$system/pcntl.so" "$work/modules/"
ln -s "$extension" "$work/modules/ody_websocket.so"

if [ -n "$valgrind" ]; then
    command -v valgrind >/dev/null || { echo "run-phpt: install the package valgrind" >&2; exit 1; }
    export VALGRIND_OPTS="--num-callers=40 --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite \
--suppressions=$root/tests/tools/valgrind.supp"
    export ZEND_DONT_UNLOAD_MODULES=1
fi

status=0
cd "$work"
# Most tests wait more than they compute, so there may be more of them than processors.
NO_INTERACTION=1 "$php" -n "$runner" -n -q "-j$(($(nproc) + 1))" --show-diff --no-progress $valgrind -p "$php" \
    -d "extension_dir=$work/modules" "$@" >"$work/log" 2>&1 || status=$?
count() {
    sed -n "s/^Tests $1 *: *\([0-9]*\) .*/\1/p" "$work/log" | head -n 1
}
passed=$(count passed)
skipped=$(count skipped)
passed=${passed:-0}
# Valgrind makes processes so slow that now and then one waits too long for another. The runner then tries a test
# once more; that it passes then is enough here, where memory is what counts. A leak is never tried again.
if [ -n "$valgrind" ]; then
    again=$(count warned)
    sed -n 's/^.*WARN[^A-Z ]* /SECOND  attempt: /p' "$work/log"
    passed=$((passed + ${again:-0}))
fi
skipped=${skipped:-0}
if [ "$passed" -ne "$expected" ] || [ "$status" -ne 0 ]; then
    cat "$work/log" >&2
    find . -name '*.mem' -size +0 -exec head -n 400 {} + >&2
    echo "run-phpt: $passed of $expected tests passed" >&2
    [ "$status" -ne 0 ] || status=1
fi
echo "$passed passed, $((expected - passed - skipped)) failed, $skipped skipped"
exit "$status"
