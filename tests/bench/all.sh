#!/usr/bin/env bash
# All measurements against the peers found on this machine (golang.org/x/exp/trace, `go tool trace`, nginx) in one run, and a look for
# what became worse: ratios.tsv holds what was reached. Fails where a ratio is missed by more than its slack, or where a bench fails;
# what cannot be measured here for want of its peer is told and left out.
#
#   cmake --build build/release --target bench      (options: -DTILESCOPE_BENCH="--sizes '40 200 2000'")
#   tests/bench/all.sh [--sizes "40"] [--kinds "churn rare locks web"] [--rounds 3] [--build build/release] [--keep]
#
# --keep: what was measured replaces the ratios in ratios.tsv of the same names.
set -euo pipefail
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/bench/traces.sh
. "$here/traces.sh"
sizes=40 kinds="churn rare locks web" rounds=3 build=$here/../../build/release keep=0
while [ $# -gt 0 ]; do
	case $1 in
	--sizes) sizes=${2?} && shift ;;
	--kinds) kinds=${2?} && shift ;;
	--rounds) rounds=${2?} && shift ;;
	--build) build=${2?} && shift ;;
	--keep) keep=1 ;;
	-h | --help) sed -n '2,/^set /s/^# \{0,1\}//p' "$0" && exit ;;
	*) echo "all.sh: unknown option $1" >&2 && exit 2 ;;
	esac
	shift
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# bench TITLE PROGRAM...: exit code 77 says that a peer is missing
bench() {
	local rc=0
	echo "== $1"
	shift
	"$@" || rc=$?
	[ "$rc" -eq 0 ] || [ "$rc" -eq 77 ] || failed=1
}

bench "reader" bash "$here/reader.sh" --sizes "$sizes" --kinds "$kinds" --rounds "$rounds" --program "$build/read_events" --tsv "$work/reader.tsv"
bench "file to store" bash "$here/ingest.sh" --sizes "$sizes" --kinds "$kinds" --rounds "$rounds" --program "$build/tilescope" --tsv "$work/ingest.tsv"
bench "tiles over HTTP" bash "$here/serve.sh" --rounds "$rounds" --program "$build/tilescope" --load "$build/load" --tsv "$work/serve.tsv"

# Ratios by name, from the columns that their tables name.
column() { # FILE COLUMN PREFIX [KEY COLUMNS...]
	[ ! -e "$1" ] || awk -F'\t' -v want="$2" -v prefix="$3" -v keys="${*:4}" '/^#/ { next }
		!n { for (i = 1; i <= NF; i++) at[$i] = i; n = split(keys, key, " "); next }
		{ name = prefix; for (i = 1; i <= n; i++) name = name "/" $at[key[i]]; print name "\t" $at[want] }' "$1"
}
{
	column "$work/reader.tsv" ratio_of_min reader trace cores
	column "$work/ingest.tsv" ratio ingest trace
	column "$work/ingest.tsv" store_share store trace
	column "$work/serve.tsv" ratio serve connections
	column "$work/serve.tsv" ratio_p99 latency connections
} >"$work/now"

echo "== against ratios.tsv"
awk -F'\t' -v OFS='\t' 'NR == FNR { now[$1] = $2; next }
	/^#/ || !($1 in now) { next }
	{ bad = $3 == "more" ? now[$1] < $2 * (1 - $4) : now[$1] > $2 * (1 + $4)
	  printf "%-28s %8s of %8s  %s\n", $1, now[$1], $2, bad ? "WORSE" : "ok"
	  worse += bad }
	END { exit worse > 0 }' "$work/now" "$here/ratios.tsv" || failed=1
if [ "$keep" -eq 1 ]; then
	awk -F'\t' -v OFS='\t' 'NR == FNR { now[$1] = $2; next } !/^#/ && $1 in now { $2 = now[$1] } { print }' \
		"$work/now" "$here/ratios.tsv" >"$work/ratios" && cp "$work/ratios" "$here/ratios.tsv"
fi
exit $failed
