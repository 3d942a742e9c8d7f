#!/usr/bin/env bash
# From file to published store against golang.org/x/exp/trace only reading the same file, in turn, in one run: seconds (the least of the
# rounds), peak memory, store size, and the time of exact summaries over a hundredth of the store. Beside it, for traces up to 50 MB, how
# long `go tool trace` takes until it can be looked at, and its memory. Prints a table and writes all figures as TSV; times never make
# it fail.
#
#   tests/bench/ingest.sh [--sizes "40 200 2000"] [--kinds "churn rare locks web"] [--rounds 3] [--tsv FILE]
#                         [--program build/release/tilescope] [TRACE...]
#
# TRACE... are measured too; --kinds "" measures only them. Traces are made where they are missing: traces.sh says where.
set -euo pipefail
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/bench/traces.sh
. "$here/traces.sh"
sizes="40 200 2000" kinds="churn rare locks web" rounds=3 program=$here/../../build/release/tilescope tsv=$bench_cache/ingest.tsv
given=()
while [ $# -gt 0 ]; do
	case $1 in
	--sizes) sizes=${2?} && shift ;;
	--kinds) kinds=${2?} && shift ;;
	--rounds) rounds=${2?} && shift ;;
	--tsv) tsv=${2?} && shift ;;
	--program) program=${2?} && shift ;;
	-h | --help) sed -n '2,/^set /s/^# \{0,1\}//p' "$0" && exit ;;
	-*) echo "ingest.sh: unknown option $1" >&2 && exit 2 ;;
	*) given+=("$(realpath "$1")") ;;
	esac
	shift
done
need_go
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
make_traces "$work" "$kinds" "$sizes"
traces+=("${given[@]}")
(cd "$here/xread" && go build -o "$work/xread" .)

# run NAME PROGRAM...: appends "seconds KiB" to $work/NAME
run() {
	local name=$1
	shift
	/usr/bin/time -a -o "$work/$name" -f '%e %M' "$@" >"$work/out" 2>"$work/err" || { cat "$work/err"; exit 1; }
}

# least NAME COLUMN; most NAME COLUMN
least() { cut -d' ' -f"$2" "$work/$1" | sort -n | head -n 1; }
most() { cut -d' ' -f"$2" "$work/$1" | sort -n | tail -n 1; }

# look_at TRACE: "seconds MiB" of `go tool trace` until it listens
look_at() {
	local begin=$EPOCHREALTIME pid peak=0 now i
	: >"$work/go"
	# the tool itself, which `go tool` builds, and not what starts it
	BROWSER=true "$(go tool -n trace)" -http=127.0.0.1:0 "$1" >"$work/go" 2>&1 &
	pid=$!
	for ((i = 0; i < 6000; i++)); do
		now=$(awk '/^VmHWM/ { print $2 }' "/proc/$pid/status" 2>/dev/null || true)
		[ -z "$now" ] || peak=$now
		! grep -q 'listening on' "$work/go" || break
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.05
	done
	awk -v a="$begin" -v b="$EPOCHREALTIME" -v k="$peak" 'BEGIN { printf "%.1f %d\n", b - a, k / 1024 }'
	kill "$pid" 2>/dev/null || true
	wait "$pid" 2>/dev/null || true
}

# Milliseconds of `tilescope summary` over five hundredths of the store, by state and by goroutine; the median.
summaries() {
	local span by i begin
	span=$("$program" summary --by=proc --format=csv "$1" | awk -F, 'NR > 1 { t[$1] += $5 } END { for (p in t) if (t[p] > m) m = t[p]; printf "%d", m }')
	for by in state goroutine; do
		for i in 10 30 50 70 90; do
			begin=$EPOCHREALTIME
			"$program" summary --by="$by" --from="$((span * i / 100))ns" --to="$((span * (i + 1) / 100))ns" --format=csv "$1" >/dev/null
			awk -v a="$begin" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f\n", 1000 * (b - a) }'
		done
	done | sort -n | awk '{ a[NR] = $1 } END { print a[int((NR + 1) / 2)] }'
}

mkdir -p "$(dirname "$tsv")"
{
	echo "# $(date -u +%Y-%m-%d), $(go env GOVERSION), x/exp/trace $(cd "$here/xread" && go list -m -f '{{.Version}}' golang.org/x/exp)"
	echo "#$(sed -n 's/^model name[^:]*://p' /proc/cpuinfo | head -n 1), $(nproc) cores, load $(cut -d' ' -f1 /proc/loadavg), $rounds rounds in turn"
} | tee "$tsv"
printf 'trace\tbytes\tevents\txexp_s\txexp_kib\tours_s\tours_kib\tratio\tstore_bytes\tstore_share\tsummary_ms\tgo_tool_s\tgo_tool_mib\n' >>"$tsv"
printf '%-14s %7s %10s | %7s %7s | %7s %7s %6s | %6s %9s | %10s %7s\n' '' '' '' x/exp '' ours '' '' store summary 'go tool' trace
printf '%-14s %7s %10s | %7s %7s | %7s %7s %6s | %6s %9s | %10s %7s\n' trace MB events s MiB s MiB ratio /trace ms s MiB
for trace in "${traces[@]}"; do
	rm -f "$work"/{a,b}
	cat "$trace" >/dev/null
	for ((i = 0; i < rounds; i++)); do
		run a "$work/xread" "$trace"
		events=$(cut -d' ' -f1 "$work/out")
		rm -f "$work/store"
		run b "$program" ingest "$trace" -o "$work/store"
	done
	bytes=$(stat -c %s "$trace")
	looked="- -"
	[ "$bytes" -gt 60000000 ] || looked=$(look_at "$trace")
	line="$(least a 1) $(most a 2) $(least b 1) $(most b 2) $(stat -c %s "$work/store") $(summaries "$work/store") $looked"
	awk -v name="$(basename "$trace" .trace)" -v bytes="$bytes" -v n="$events" -v tsv="$tsv" '{
		printf "%-14s %7.1f %10d | %7.2f %7.0f | %7.2f %7.0f %5.2fx | %6.2f %9.1f | %10s %7s\n",
			name, bytes / 1e6, n, $1, $2 / 1024, $3, $4 / 1024, $1 / $3, $5 / bytes, $6, $7, $8
		printf "%s\t%d\t%d\t%s\t%d\t%s\t%d\t%.3f\t%d\t%.3f\t%s\t%s\t%s\n",
			name, bytes, n, $1, $2, $3, $4, $1 / $3, $5, $5 / bytes, $6, $7, $8 >>tsv
	}' <<<"$line"
done
echo "figures: $tsv"
