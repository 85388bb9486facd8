#!/usr/bin/env bash
# Checks that the built extension exports get_module and nothing else.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
extension=${1:-$root/modules/ody_websocket.so}
exported=$(nm --dynamic --defined-only --format=posix "$extension" | cut -d' ' -f1)
if [[ $exported != get_module ]]; then
    printf '%s exports more than get_module:\n%s\n' "$extension" "$exported" >&2
    exit 1
fi
