#!/usr/bin/env bash
# Checks the shape of the C files: clang-format 14, the licence line, and no generated file by hand.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
mapfile -d '' files < <(find engine ext tests -type f \( -name '*.c' -o -name '*.h' \) \
    ! -name '*_arginfo.h' ! -name page_files.c ! -path 'tests/out/*' ! -path '*/node_modules/*' ! -path '*/.libs/*' -print0 |
    LC_ALL=C sort -z)
if [[ ${#files[@]} == 0 ]]; then
    echo "no C file found" >&2
    exit 1
fi
status=0
clang-format-14 --dry-run -Werror "${files[@]}" || status=1
for file in "${files[@]}"; do
    if ! head -n 1 "$file" | grep -q 'SPDX-License-Identifier: MIT'; then
        echo "$file: the first line is not the licence line" >&2
        status=1
    fi
done
exit "$status"
