#!/usr/bin/env bash
# 5,000 connections and four publishers of 100 messages each: every subscriber checks every sequence
# number, then all close and memory comes back. With one shard and with four. Then PHP workers handle a
# million events, and neither they nor the engine may grow.
set -euo pipefail
# shellcheck source=tests/suites/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

check "build" make --no-print-directory -C tests/bench
check "soak" php tests/bench/run.php soak
check "a million events handled by PHP" php tests/bench/run.php workers
finish
