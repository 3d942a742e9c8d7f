#!/bin/sh
# Traces of Go 1.11 to 1.21, Go's own test data: the same text as `go tool trace -d=parsed`. Go takes the Ps in
# random order, so what happened at one tick it tells in any order, as it does the goroutines that were runnable
# when the trace began: runs of events 1 ns apart are compared as sets. A cut one gives what orders and the reason.
set -eu
. tests/e2e/common.sh
command -v go >/dev/null 2>&1 || skip "no Go"
corpus=$(go env GOROOT)/src/internal/trace/internal/tracev1/testdata
[ -d "$corpus" ] || skip "Go without its test data"

# Times of a run's later events are taken off, then its events sorted.
normalise() {
	awk '
	function put_run(  i, j, t) {
		for (i = 2; i <= n; i++) {
			t = run[i]
			for (j = i - 1; j >= 1 && run[j] > t; j--)
				run[j + 1] = run[j]
			run[j + 1] = t
		}
		if (n > 0)
			print "at " began
		for (i = 1; i <= n; i++)
			print run[i]
		n = 0
	}
	function put_event() {
		if (event == "")
			return
		if (n > 0 && time != last + 1)
			put_run()
		if (n == 0)
			began = time
		run[++n] = event
		last = time
		event = ""
	}
	/^M=-?[0-9]+ P=/ {
		put_event()
		match($0, / Time=-?[0-9]+/)
		time = substr($0, RSTART + 6, RLENGTH - 6) + 0
		event = substr($0, 1, RSTART - 1) substr($0, RSTART + RLENGTH)
		next
	}
	{ event = event "\n" $0 }
	END { put_event(); put_run() }' "$1"
}

for trace in "$corpus"/*_good; do
	name=$(basename "$trace")
	if ! go tool trace -d=parsed "$trace" >"$work/want" 2>"$work/err"; then
		fail "$name: Go says: $(cat "$work/err")"
		continue
	fi
	if ! "$TILESCOPE" events "$trace" >"$work/got" 2>"$work/err"; then
		fail "$name: $(cat "$work/err")"
		continue
	fi
	normalise "$work/want" >"$work/want.set"
	normalise "$work/got" >"$work/got.set"
	if cmp -s "$work/want.set" "$work/got.set"; then
		pass
	else
		fail "$name: not Go's events"
		diff "$work/want.set" "$work/got.set" | head -n 10
	fi
done

head -c 8000 tests/traces/good/go1.21-mix.trace >"$work/cut.trace"
status=0
"$TILESCOPE" events "$work/cut.trace" >"$work/got" 2>"$work/err" || status=$?
if [ "$status" -eq 0 ] || ! grep -q 'at byte .* missing .* assume' "$work/err"; then
	fail "cut: exit code $status: $(cat "$work/err")"
elif ! tail -n 1 "$work/got" | grep -q ' Sync '; then
	fail "cut: the last event is no Sync: $(tail -n 1 "$work/got")"
else
	pass
fi

# In a pipe and compressed it is the same trace: the reader makes it seekable.
zstd -dqc tests/golden/go1.21-mix/events.txt.zst >"$work/want"
if gzip -nc tests/traces/good/go1.21-mix.trace | "$TILESCOPE" events - | cmp -s "$work/want" -; then
	pass
else
	fail "gzip in a pipe: not the events of the plain file"
fi
finish
