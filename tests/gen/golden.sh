#!/bin/sh
# golden.sh: writes what Go's own reader prints of each good trace to tests/golden/<trace>/events.txt.zst.
# The diff is reviewed: a change here means that Go's reader, not ours, now says something else.
set -eu
cd "$(dirname "$0")/../.."
text=$(mktemp)
trap 'rm -f "$text"' EXIT
for trace in tests/traces/good/*.trace; do
	name=$(basename "$trace" .trace)
	mkdir -p "tests/golden/$name"
	# An unfinished trace ends with an error, after the text of what is complete.
	go tool trace -d=parsed "$trace" >"$text" || echo "(above: go tool trace on $name)" >&2
	zstd -q -19 -f "$text" -o "tests/golden/$name/events.txt.zst"
done
# One small trace as it lies in its file, and the bytes of each type of record.
for mode in wire footprint; do
	go tool trace -d="$mode" tests/traces/good/go1.26-calm.trace >"$text"
	zstd -q -19 -f "$text" -o "tests/golden/go1.26-calm/$mode.txt.zst"
done
du -sh tests/golden
