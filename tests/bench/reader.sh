#!/usr/bin/env bash
# The reader alone against golang.org/x/exp/trace: both read every event of the same file and do nothing with it, in turn,
# on one core and free on two. Beside it the floor, what framing and decoding without ordering takes (read_events.c).
# Prints a table and writes all figures as TSV; times never make it fail, another number of events than Go's does.
#
#   cmake --build build/release --target bench-reader      (options: -DTILESCOPE_BENCH_READER="--sizes 40")
#   tests/bench/reader.sh [--sizes "40 200 2000"] [--kinds "churn rare locks web"] [--rounds 5] [--tsv FILE]
#                         [--program build/release/read_events] [TRACE...]
#
# TRACE... are measured too, of any version; --kinds "" measures only them. Traces are made where they are missing, 9 GB in all as above:
# traces.sh says where.
set -euo pipefail
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
# shellcheck source=tests/bench/traces.sh
. "$here/traces.sh"
sizes="40 200 2000" kinds="churn rare locks web" rounds=5 program="" tsv=""
given=()
while [ $# -gt 0 ]; do
	case $1 in
	--sizes) sizes=${2?} && shift ;;
	--kinds) kinds=${2?} && shift ;;
	--rounds) rounds=${2?} && shift ;;
	--tsv) tsv=${2?} && shift ;;
	--program) program=${2?} && shift ;;
	-h | --help) sed -n '2,/^set /s/^# \{0,1\}//p' "$0" && exit ;;
	-*) echo "reader.sh: unknown option $1" >&2 && exit 2 ;;
	*) given+=("$(realpath "$1")") ;;
	esac
	shift
done
need_go
tsv=${tsv:-$bench_cache/reader.tsv}
mkdir -p "$(dirname "$tsv")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [ -z "$program" ]; then
	program=$top/build/release/read_events
	(cd "$top" && cmake --preset release && cmake --build --preset release --target read_events) >"$work/build" 2>&1 ||
		{ cat "$work/build"; exit 1; }
fi
(cd "$here/xread" && go build -o "$work/xread" .)

make_traces "$work" "$kinds" "$sizes"
traces+=("${given[@]}")

# The cores that this process may use: the last one, and the last two.
cores=$(taskset -cp $$ | sed 's/.*: //' | tr ',' '\n' | awk -F- '{ for (i = $1; i <= ($2 == "" ? $1 : $2); i++) print i }')
one=$(tail -n 1 <<<"$cores")
two=$(tail -n 2 <<<"$cores" | paste -sd,)
[ "$one" != "$two" ] || echo "only one core: nothing is measured on two" >&2

# run NAME CORES PROGRAM...: appends "seconds KiB CPU-seconds" to $work/NAME and leaves the number of events in $work/NAME.n
run() {
	local name=$1 on=$2 begin end
	shift 2
	begin=$EPOCHREALTIME
	/usr/bin/time -o "$work/time" -f '%M %U %S' taskset -c "$on" "$@" >"$work/out" 2>"$work/err" ||
		{ echo "$* failed: $(cat "$work/err")"; exit 1; }
	end=$EPOCHREALTIME
	awk -v s="$begin" -v e="$end" '{ printf "%.6f %d %.2f\n", e - s, $1, $2 + $3 }' "$work/time" >>"$work/$name"
	cut -d' ' -f1 "$work/out" >"$work/$name.n"
}

# of NAME COLUMN: its least and its median
of() { cut -d' ' -f"$2" "$work/$1" | sort -n | awk '{ a[NR] = $1 } END { print a[1], a[int((NR + 1) / 2)] }'; }
most() { cut -d' ' -f2 "$work/$1" | sort -n | tail -n 1; }

{
	echo "# $(date -u +%Y-%m-%d), $(go env GOVERSION), x/exp/trace $(cd "$here/xread" && go list -m -f '{{.Version}}' golang.org/x/exp)"
	echo "#$(sed -n 's/^model name[^:]*://p' /proc/cpuinfo | head -n 1), $(nproc) cores, load $(cut -d' ' -f1 /proc/loadavg), $rounds rounds in turn"
} | tee "$tsv"
printf 'trace\tgo\tbytes\tevents\tcores\txexp_min_s\txexp_median_s\tours_min_s\tours_median_s\tratio_of_min\tratio_of_median\tworst_round\txexp_ns_event\tours_ns_event\txexp_events_s\tours_events_s\txexp_cpu_s\tours_cpu_s\txexp_peak_kib\tours_peak_kib\tfloor_min_s\tfloor_share\n' >>"$tsv"
printf '%-18s %2s %7s %10s %5s | %15s | %15s | %13s | %13s | %13s | %13s | %6s %6s\n' '' '' '' '' '' 'x/exp s' 'ours s' ratio ns/event Mevents/s 'peak MiB' floor share
printf '%-18s %2s %7s %10s %5s | %7s %7s | %7s %7s | %6s %6s | %6s %6s | %6s %6s | %6s %6s | %6s %6s\n' trace go MB events cores min median min median min median x/exp ours x/exp ours x/exp ours s %

wrong=0
for trace in "${traces[@]}"; do
	cat "$trace" >/dev/null
	minor=$(head -c 7 "$trace" | sed -n "s|^go 1\.||p")
	for on in "$one" "$two"; do
		n_cores=$(tr ',' '\n' <<<"$on" | wc -l)
		[ "$on" != "$two" ] || [ "$n_cores" -eq 2 ] || continue
		rm -f "$work"/{a,b,floor}
		for ((i = 0; i < rounds; i++)); do
			run a "$on" "$work/xread" "$trace"
			run b "$on" "$program" "$trace"
			run floor "$on" "$program" --floor "$trace"
		done
		events=$(cat "$work/b.n")
		if [ "$events" != "$(cat "$work/a.n")" ]; then
			echo "$trace: $events events, and $(cat "$work/a.n") of x/exp/trace"
			wrong=1
		fi
		worst=$(paste -d' ' "$work/a" "$work/b" | awk '{ r = $1 / $4; if (NR == 1 || r < w) w = r } END { print w }')
		line="$(of a 1) $(of b 1) $(of a 3) $(of b 3) $(most a) $(most b) $(of floor 1) $worst"
		awk -v name="$(basename "$trace" .trace)" -v go="$minor" -v bytes="$(stat -c %s "$trace")" -v n="$events" -v cores="$n_cores" -v tsv="$tsv" '{
			printf "%-18s %2s %7.1f %10d %5d | %7.3f %7.3f | %7.3f %7.3f | %5.2fx %5.2fx | %6.1f %6.1f | %6.2f %6.2f | %6.0f %6.0f | %6.3f %5.0f%%\n",
				name, go, bytes / 1e6, n, cores, $1, $2, $3, $4, $1 / $3, $2 / $4, $2 / n * 1e9, $4 / n * 1e9,
				n / $2 / 1e6, n / $4 / 1e6, $9 / 1024, $10 / 1024, $11, 100 * $11 / $3
			printf "%s\t1.%s\t%d\t%d\t%d\t%s\t%s\t%s\t%s\t%.3f\t%.3f\t%.3f\t%.2f\t%.2f\t%.0f\t%.0f\t%s\t%s\t%d\t%d\t%s\t%.3f\n",
				name, go, bytes, n, cores, $1, $2, $3, $4, $1 / $3, $2 / $4, $13, $2 / n * 1e9, $4 / n * 1e9,
				n / $2, n / $4, $6, $8, $9, $10, $11, $11 / $3 >>tsv
		}' <<<"$line"
	done
done
echo "figures: $tsv"
exit $wrong
