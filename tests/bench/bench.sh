#!/usr/bin/env bash
# Ingest against golang.org/x/exp/trace only reading the same file, in one run: seconds (median of five, in turn), peak memory,
# store size. Prints a table; fails only if something does not run.
#
#   tests/bench/bench.sh build/release/tilescope TRACE...
set -euo pipefail
tilescope=$1
shift
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
command -v go >/dev/null || { echo "skipped: no Go, so no peer to measure against"; exit 77; }
[ -x /usr/bin/time ] || { echo "Cannot measure: GNU time is missing (apt-get install time)"; exit 1; }
(cd "$here/xread" && go build -o "$work/xread" .)

median() { sort -n | awk '{a[NR] = $1} END {print a[int((NR + 1) / 2)]}'; }
run() { /usr/bin/time -o "$work/time" -f '%e %M' "$@" >/dev/null 2>"$work/err" || { cat "$work/err"; exit 1; }; }

printf '%-28s %8s %9s | %9s %8s | %9s %8s %7s | %7s\n' trace MB events 'x/exp s' MiB 'ingest s' MiB store ratio
for trace in "$@"; do
	: >"$work/a"
	: >"$work/b"
	for _ in 1 2 3 4 5; do
		run "$work/xread" "$trace" && cat "$work/time" >>"$work/a"
		rm -f "$work/store"
		run "$tilescope" ingest "$trace" -o "$work/store" && cat "$work/time" >>"$work/b"
	done
	events=$("$work/xread" "$trace" | cut -d' ' -f1)
	bytes=$(stat -c %s "$trace")
	stored=$(stat -c %s "$work/store")
	a=$(cut -d' ' -f1 "$work/a" | median)
	b=$(cut -d' ' -f1 "$work/b" | median)
	am=$(cut -d' ' -f2 "$work/a" | median)
	bm=$(cut -d' ' -f2 "$work/b" | median)
	awk -v n="$(basename "$trace")" -v mb="$bytes" -v e="$events" -v a="$a" -v b="$b" -v am="$am" -v bm="$bm" -v st="$stored" 'BEGIN {
		printf "%-28s %8.1f %9d | %9.2f %8.0f | %9.2f %8.0f %7.2f | %6.2fx\n", n, mb / 1e6, e, a, am / 1024, b, bm / 1024, st / mb, a / b }'
done
