#!/bin/sh
# `tilescope -d=MODE` prints the bytes of `go tool trace -d=MODE`, now: of the bundled traces, of damaged and cut ones
# up to where Go stops, and of larger ones beside the checkout (../shared/traces) where there are some.
set -eu
. tests/e2e/common.sh
command -v go >/dev/null 2>&1 || skip "no Go"
go version | awk '{ split(substr($3, 3), v, "."); exit !(v[1] > 1 || v[2] >= 26) }' ||
	skip "$(go version) cannot read the newest traces"

# same MODE TRACE NAME: the same bytes; where Go fails, so do we. Go takes a file that is cut between two
# bytes of an event for a whole one; we do not.
same() {
	go_status=0 status=0
	go tool trace "-d=$1" "$2" >"$work/expected" 2>"$work/go_err" || go_status=$?
	"$TILESCOPE" "-d=$1" "$2" >"$work/got" 2>"$work/err" || status=$?
	if ! cmp "$work/expected" "$work/got" >"$work/cmp" 2>&1; then
		fail "$3, -d=$1: $(cat "$work/cmp" "$work/err")"
		diff "$work/expected" "$work/got" | head -n 10
	elif [ "$status" -ge 126 ] || { [ "$status" -ne 0 ] && [ ! -s "$work/err" ]; }; then
		fail "$3, -d=$1: exit code $status: $(head -n 5 "$work/err")"
	elif [ "$go_status" -ne 0 ] && [ "$status" -eq 0 ]; then
		fail "$3, -d=$1: nothing wrong where Go says: $(cat "$work/go_err")"
	elif [ "$go_status" -eq 0 ] && [ "$status" -ne 0 ] && [ "$status" -ne 8 ]; then
		fail "$3, -d=$1: exit code $status: $(cat "$work/err")"
	else
		pass
	fi
}

for trace in tests/traces/good/*.trace tests/traces/bad/*.trace ../shared/traces/*.trace; do
	[ -e "$trace" ] || continue
	same wire "$trace" "$trace"
	same footprint "$trace" "$trace"
	head -c 16 "$trace" | grep -aqE '^go 1\.(1[0-9]|2[01]) ' && continue # events_legacy.sh
	case $trace in
	tests/traces/good/*) same parsed "$trace" "$trace" ;;
	esac
done

# Cut everywhere in the first batches. Go prints no footprint where the cut is inside a number, ours is one of what is whole.
for n in 16 17 18 20 21 22 23 24 25 30 31 32 33 3000 9999; do
	head -c "$n" tests/traces/good/go1.26-calm.trace >"$work/cut.trace"
	same wire "$work/cut.trace" "cut at $n"
done
finish
