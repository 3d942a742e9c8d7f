#!/bin/sh
# `tilescope events` prints what Go's own reader printed of each bundled trace when it was frozen.
set -eu
. tests/e2e/common.sh
command -v zstd >/dev/null 2>&1 || skip "no zstd"

for frozen in tests/golden/*/events.txt.zst; do
	name=$(basename "$(dirname "$frozen")")
	zstd -qdc "$frozen" >"$work/expected"
	for trace in "tests/traces/good/$name.trace" "tests/traces/good/$name.trace.gz"; do
		[ ! -e "$trace" ] || compare_events "$trace" "$work/expected" "$(basename "$trace")"
	done
done
finish
