#!/bin/sh
# Writes the _arginfo.h of every stub anew, into place, and fails when that changes a committed file.
# Needs phpize to have run, and PHP-Parser (Debian: php-parser) so that nothing is downloaded.
set -eu
cd "$(dirname "$0")/../.."

[ -f build/gen_stub.php ] || { echo "check-arginfo: build/gen_stub.php is missing: run phpize first" >&2; exit 1; }
version=$(sed -n 's/.*\$version = "\([0-9.]*\)";.*/\1/p' build/gen_stub.php | head -n 1)
parser=build/PHP-Parser-${version:-4.15.1}
if [ ! -e "$parser" ]; then
    [ -d /usr/share/php/PhpParser ] || { echo "check-arginfo: install the package php-parser" >&2; exit 1; }
    mkdir -p "$parser"
    ln -s /usr/share/php "$parser/lib"
fi

php build/gen_stub.php -f ext >/dev/null
missing=0
for stub in ext/*.stub.php; do
    header=${stub%.stub.php}_arginfo.h
    [ -s "$header" ] || { echo "check-arginfo: $header was not written" >&2; missing=1; }
done
[ "$missing" = 0 ] || exit 1
if ! git diff --exit-code -- 'ext/*_arginfo.h'; then
    echo "check-arginfo: the headers above do not match their stubs: commit what was written" >&2
    exit 1
fi
echo "check-arginfo: $(ls ext/*_arginfo.h | wc -l) headers match their stubs"
