#!/bin/sh
# fresh.sh: new traces of every kind of load by every version of Go, compared byte for byte with what the installed Go's
# `go tool trace -d=parsed` prints. Each run makes others. What differs is kept, with both texts.
#
#   tests/gen/fresh.sh [-m MB] [-t MILLISECONDS] [-g "1.21.13 local"] [-l "mix coro"] [-k FOLDER]
#
# -m, -t   the size and the time at which a trace ends (1 MB, 300 ms)
# -g, -l   these versions, these loads; "local" is the installed Go
# -k       where to keep what differs; without it a new folder in $TMPDIR
# TILESCOPE names the program; without it build/release/tilescope.
#
# In version-1 traces (Go up to 1.21) Go itself orders some events by chance: tests/e2e/legacy_ties.awk takes that out.
# In the others nothing is left open. Other versions of Go come as modules through GOTOOLCHAIN; one that cannot be had is
# told and left out, and so is a trace that Go itself refuses.
set -eu
export LC_ALL=C
here=$(CDPATH='' cd "$(dirname "$0")" && pwd)
top=$(CDPATH='' cd "$here/../.." && pwd)
tilescope=${TILESCOPE:-$top/build/release/tilescope}
mb=1 ms=300 keep=""
versions="1.19.13 1.20.14 1.21.13 1.22.12 1.23.12 1.24.9 1.25.5 local"
loads="mix web gc locks tasks files churn swarm rare procs callbacks coro cpuprofile allocfree flight unfinished"
while getopts m:t:g:l:k: option; do
	case $option in
	m) mb=$OPTARG ;;
	t) ms=$OPTARG ;;
	g) versions=$OPTARG ;;
	l) loads=$OPTARG ;;
	k) keep=$OPTARG ;;
	*) exit 2 ;;
	esac
done
[ -x "$tilescope" ] || { echo "no $tilescope: cmake --preset release && cmake --build --preset release" && exit 1; }
command -v go >/dev/null 2>&1 || { echo "skipped: no Go" && exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$tilescope" "$work/tilescope" # so that a build meanwhile does not disturb
keep=${keep:-$(mktemp -d)}
mkdir -p "$keep"

# is_there LOAD MINOR: does that version have it?
is_there() {
	case $1 in
	coro | allocfree) [ "$2" -ge 23 ] ;;
	flight) [ "$2" -ge 25 ] ;;
	*) true ;;
	esac
}

# trace PROGRAM LOAD: makes $work/trace
trace() {
	program=$1 flags=-kind=$2
	case $2 in
	cpuprofile) flags="-kind=mix -cpuprofile" ;;
	allocfree) flags="-kind=web -n=4" && export GODEBUG=traceallocfree=1 ;;
	flight) flags="-kind=procs -flight" ;;
	unfinished) flags="-kind=tasks -pace=1ms -stop=false -d=2500ms" ;;
	swarm) flags="-kind=swarm -n=500" ;;
	web) flags="-kind=web -procs=1" ;;
	locks) flags="-kind=locks -procs=16" ;;
	esac
	# shellcheck disable=SC2086 # several words
	timeout 60 "$program" -mb="$mb" -d="${ms}ms" -o "$work/trace" $flags 2>"$work/err" || flags=failed
	unset GODEBUG
	[ "$flags" != failed ]
}

# compare: $work/trace by both; the outcome in $outcome
compare() {
	status=0
	go tool trace -d=parsed "$work/trace" >"$work/want" 2>"$work/want.err" || status=$?
	ours=0
	"$work/tilescope" -d=parsed "$work/trace" >"$work/got" 2>"$work/got.err" || ours=$?
	n_events=$(grep -c '^M=' "$work/want" || true)
	if [ "$minor" -lt 22 ]; then
		for text in want got; do
			awk -f "$top/tests/e2e/legacy_ties.awk" "$work/$text" >"$work/ties"
			mv "$work/ties" "$work/$text"
		done
	fi
	if [ "$status" -ne 0 ] && [ ! -s "$work/want" ]; then
		outcome="Go refuses it: $(tail -n 1 "$work/want.err")"
		refused=$((refused + 1))
	elif cmp -s "$work/want" "$work/got" && { [ "$status" -ne 0 ] || [ "$ours" -eq 0 ]; }; then
		outcome=same
		events=$((events + n_events))
	else
		outcome="differs: $(cmp "$work/want" "$work/got" 2>&1 | tail -n 1 | sed "s|$work/||g") $(tail -n 1 "$work/got.err")"
		different=$((different + 1))
		for file in trace want got want.err got.err; do
			cp "$work/$file" "$keep/go$1-$2.$file"
		done
	fi
}

traces=0 events=0 different=0 refused=0
printf '%-8s %-11s %9s %9s  %s\n' Go load bytes events outcome
for version in $versions; do
	toolchain=go$version
	[ "$version" != local ] || toolchain=local
	if ! (cd "$here/workloads" && GOTOOLCHAIN=$toolchain go build -tags callbacks -trimpath -o "$work/workloads" .) 2>"$work/err"; then
		echo "$version: left out, $(tail -n 1 "$work/err")"
		continue
	fi
	minor=$(cd "$here/workloads" && GOTOOLCHAIN=$toolchain go env GOVERSION | sed 's/^go1\.//; s/[^0-9].*//')
	for load in $loads; do
		is_there "$load" "$minor" || continue
		if ! trace "$work/workloads" "$load"; then
			echo "$version $load: left out, $(tail -n 1 "$work/err")"
			continue
		fi
		traces=$((traces + 1))
		compare "$version" "$load"
		printf '%-8s %-11s %9s %9s  %s\n' "$version" "$load" "$(wc -c <"$work/trace")" "$n_events" "$outcome"
	done
done
echo "$traces traces, $events events the same, $different traces differ, $refused refused by Go itself"
if [ "$different" -gt 0 ]; then
	echo "kept in $keep"
	exit 1
fi
rmdir "$keep" 2>/dev/null || true
