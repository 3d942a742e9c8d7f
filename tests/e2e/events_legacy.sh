#!/bin/sh
# Traces of Go 1.11 to 1.21, Go's own test data: the same text as `go tool trace -d=parsed`, but for the order of
# what Go itself orders by chance (legacy_ties.awk). A cut one gives what orders and the reason.
set -eu
. tests/e2e/common.sh
command -v go >/dev/null 2>&1 || skip "no Go"
corpus=$(go env GOROOT)/src/internal/trace/internal/tracev1/testdata
[ -d "$corpus" ] || skip "Go without its test data"

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
	awk -f tests/e2e/legacy_ties.awk "$work/want" >"$work/want.ties"
	awk -f tests/e2e/legacy_ties.awk "$work/got" >"$work/got.ties"
	if cmp -s "$work/want.ties" "$work/got.ties"; then
		pass
	else
		fail "$name: not Go's events"
		diff "$work/want.ties" "$work/got.ties" | head -n 10
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

# Cut within its packing: the events of what unpacks, and the packing's own reason.
gzip -nc tests/traces/good/go1.21-mix.trace | head -c 8000 >"$work/cut.gz"
if gzip -dc "$work/cut.gz" >"$work/cut.trace" 2>/dev/null; then fail "cut gzip: whole for gzip"; fi
status=0
"$TILESCOPE" events "$work/cut.trace" >"$work/want" 2>"$work/err" || status=$?
[ "$status" -eq 8 ] || fail "cut within its packing, unpacked: exit code $status: $(cat "$work/err")"
status=0
"$TILESCOPE" events "$work/cut.gz" >"$work/got" 2>"$work/err" || status=$?
if [ "$status" -eq 0 ] || ! grep -q 'gzip member, at byte 8000.* missing' "$work/err"; then
	fail "cut gzip: exit code $status: $(cat "$work/err")"
elif [ ! -s "$work/got" ] || ! cmp -s "$work/want" "$work/got"; then
	fail "cut gzip: not the events of what unpacks"
else
	pass
fi
finish
