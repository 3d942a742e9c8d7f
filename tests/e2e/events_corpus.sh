#!/bin/sh
# Go's own reader tests, against ours: the same text where Go reads the trace; where Go refuses it, ours
# refuses it too, after the same events. Of what Go's fuzzer found only the verdict counts.
set -eu
. tests/e2e/common.sh
command -v go >/dev/null 2>&1 || skip "no Go"
status=0
sh tests/gen/corpus/build.sh "$work/corpus" || status=$?
[ "$status" -ne 77 ] || skip "Go without its test data"
[ "$status" -eq 0 ] || exit "$status"

for trace in "$work"/corpus/*.trace; do
	base=${trace%.trace}
	name=$(basename "$base")
	if [ ! -e "$base.err" ]; then
		compare_events "$trace" "$base.txt" "$name"
		continue
	fi
	status=0
	"$TILESCOPE" events -strict "$trace" >"$work/got" 2>"$work/err" || status=$?
	if [ "$status" -eq 0 ] || [ "$status" -ge 126 ]; then
		fail "$name: exit code $status where Go says: $(cat "$base.err")"
	elif [ "${name#fuzz-}" = "$name" ] && ! cmp -s "$base.txt" "$work/got"; then
		fail "$name: not the events that Go gives before it says: $(cat "$base.err")"
		diff "$base.txt" "$work/got" | head -n 10
	else
		pass
	fi
done
finish
