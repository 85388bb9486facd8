#!/bin/sh
# Builds the extension with AddressSanitizer and UndefinedBehaviorSanitizer and runs every phpt
# against it. Fails when a test fails, is skipped or does not run.
#
#   asan-phpt.sh [test or folder]...
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
[ $# -gt 0 ] || set -- tests/phpt
build=$root/tests/out/asan
mkdir -p "$build"

# A copy of the sources alone, so that neither build gets the other's objects.
cp -u config.m4 "$build/"
find engine ext \( -name '*.c' -o -name '*.h' -o -name sources.list \) -exec cp -u --parents -t "$build" {} +
find "$build/engine" "$build/ext" -name '*.[ch]' | while read -r copy; do
    [ -f "$root/${copy#"$build"/}" ] || rm -f "$copy"
done
(
    cd "$build"
    if [ ! -f Makefile ] || [ -n "$(find config.m4 engine/sources.list -newer Makefile)" ]; then
        phpize
        ./configure CFLAGS="-g -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined" \
            LDFLAGS="-fsanitize=address,undefined"
    fi
    make -j"$(nproc)"
    cc -shared -fPIC -O2 -o no_deepbind.so "$root/tests/tools/no_deepbind.c" -ldl
) >"$build/build.log" 2>&1 || { tail -n 20 "$build/build.log" >&2; exit 1; }

# PHP itself is built without the sanitizers, so their libraries are loaded first of all.
cat >"$build/php" <<SCRIPT
#!/bin/sh
export LD_PRELOAD="$build/no_deepbind.so $(cc -print-file-name=libasan.so) $(cc -print-file-name=libubsan.so)"
exec "$(command -v php)" "\$@"
SCRIPT
chmod +x "$build/php"
export ASAN_OPTIONS="detect_leaks=1:abort_on_error=0:exitcode=99:detect_odr_violation=0:verify_asan_link_order=0"
export LSAN_OPTIONS="suppressions=$root/tests/tools/lsan.supp:print_suppressions=0"
export UBSAN_OPTIONS="print_stacktrace=1"
export USE_ZEND_ALLOC=0 ZEND_DONT_UNLOAD_MODULES=1
PHP_EXECUTABLE="$build/php" tests/tools/run-phpt.sh "$build/modules/ody_websocket.so" "$@"
