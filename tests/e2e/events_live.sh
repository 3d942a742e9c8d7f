#!/bin/sh
# `tilescope events` prints what the installed Go's reader prints, now: of the bundled traces, and of a folder
# of larger ones beside the checkout (../shared/traces) where there is one.
set -eu
. tests/e2e/common.sh
command -v go >/dev/null 2>&1 || skip "no Go"
go version | awk '{ split(substr($3, 3), v, "."); exit !(v[1] > 1 || v[2] >= 26) }' ||
	skip "$(go version) cannot read the newest traces"

for trace in tests/traces/good/*.trace ../shared/traces/*.trace; do
	[ -e "$trace" ] || continue
	head -c 16 "$trace" | grep -aqE '^go 1\.(1[0-9]|2[01]) ' && continue # events_legacy.sh
	go tool trace -d=parsed "$trace" >"$work/expected" 2>"$work/go_err" ||
		[ -s "$work/go_err" ] || fail "$trace: Go fails without a word"
	compare_events "$trace" "$work/expected" "$(basename "$trace")"
	rm -f "$work/expected" "$work/got"
done
finish
