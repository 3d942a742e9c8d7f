#!/bin/sh
# `tilescope events` prints what Go's own reader printed of each bundled trace when it was frozen.
set -eu
. tests/e2e/common.sh
command -v zstd >/dev/null 2>&1 || skip "no zstd"

for frozen in tests/golden/*/events.txt.zst; do
	name=$(basename "$(dirname "$frozen")")
	zstd -qdc "$frozen" >"$work/expected"
	compare_events "tests/traces/good/$name.trace" "$work/expected" "$name"
done

# A Go of the future that changed nothing: read as the newest version that is known.
zstd -qdc tests/golden/go1.26-calm/events.txt.zst >"$work/expected"
{
	printf 'go 1.99 trace\000\000\000'
	tail -c +17 tests/traces/good/go1.26-calm.trace
} >"$work/future.trace"
compare_events "$work/future.trace" "$work/expected" future
finish
