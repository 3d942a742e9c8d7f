#!/bin/sh
# worst.sh [KIB]: traces made to cost the most (tests/hostile/worst_case.c) end as they must and stay within bounds of memory.
set -eu
. tests/e2e/common.sh
[ -x "$BUILD/worst" ] || skip "no program worst"

if "$BUILD/worst" --check "--kib=${1:-1024}"; then pass; else fail "worst cases"; fi
finish
