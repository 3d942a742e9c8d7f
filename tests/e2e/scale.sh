#!/bin/sh
# Made traces (tests/gen/scale.c): valid for Go's own reader and the same here; one with many goroutines, threads and procs
# is read and made into a store within little memory, and has as many of each as it was made with.
set -eu
. tests/e2e/common.sh
scale=$BUILD/scale_trace
[ -x "$scale" ] || skip "no scale_trace"

# made NAME: what scale_trace said it made
made() {
	sed -n "s/^$1 //p" "$work/made"
}

make() {
	if "$scale" "$@" >"$work/trace" 2>"$work/made"; then return; fi
	fail "scale_trace $*: $(cat "$work/made")"
	finish
}

# equal WHAT GOT WANT
equal() {
	if [ "$2" = "$3" ]; then pass; else fail "$1: $2, not $3"; fi
}

# Small ones: what Go says of them, and an independent checker.
for options in "" "--generation=700 --seed=2" "--alive=1 --total=1 --procs=1 --threads=2 --functions=1 --events=100" \
	"--alive=3000 --total=20000 --procs=64 --threads=300 --functions=40 --events=40000 --generation=5000 --seed=3" \
	"--alive=200 --total=200 --procs=50 --threads=51 --functions=200 --events=5000 --generation=1000 --seed=4"; do
	# shellcheck disable=SC2086 # words
	make $options
	"$TILESCOPE" events -strict "$work/trace" >"$work/text"
	if "$BUILD/validate_events" 26 <"$work/text" >"$work/said"; then pass; else fail "$options: $(head -n 5 "$work/said")"; fi
	command -v go >/dev/null 2>&1 || continue
	if go tool trace -d=parsed "$work/trace" >"$work/expected" 2>"$work/go_err"; then
		compare_events "$work/trace" "$work/expected" "scale_trace $options"
	else
		fail "scale_trace $options: $(head -n 3 "$work/go_err")"
	fi
done
make --seed=5
cp "$work/trace" "$work/first"
make --seed=5
if cmp -s "$work/trace" "$work/first"; then pass; else fail "the same seed makes another trace"; fi

# Many of everything.
make --alive=20000 --total=200000 --procs=256 --threads=1000 --functions=500 --events=600000
"$TILESCOPE" info "$work/trace" >"$work/info"
counted() {
	awk -v name="$1" '$1 == name { print $2; exit }' "$work/info"
}
equal goroutines "$(counted goroutines)" 200000
equal procs "$(counted procs)" 256
equal threads "$(counted threads)" 1000
equal events "$(counted StateTransition)" "$(made events)"
equal generations "$(counted generations)" "$(made generations)"
"$TILESCOPE" events "$work/trace" | awk '
	/ GoID=/ && / Undetermined->/ { before++ }
	/ GoID=/ && / NotExist->/ { if (++alive > most) most = alive }
	/ GoID=/ && /->NotExist / { alive-- }
	END { print before + most }' >"$work/alive"
equal alive "$(cat "$work/alive")" 20000

run=
[ ! -x /usr/bin/time ] || run="/usr/bin/time -f peak=%MKiB"
if $run "$TILESCOPE" ingest --memory=512 "$work/trace" -o "$work/store" 2>"$work/err"; then
	pass
	echo "ingest of 20,000 goroutines alive: $(grep -a '^peak' "$work/err" || true)"
else
	fail "ingest: $(tail -n 3 "$work/err")"
fi
finish
