#!/usr/bin/env bash
# Tiles over HTTP against nginx serving the same bytes from files under the same addresses with the same headers, in one run, in turn:
# the peak, and latencies at 30 % of nginx's peak, over 1, 64 and 1,000 connections. Each program has one core for itself and
# the load another; what is asked for is what a page fetches while it zooms in (save_tiles.mjs), with a browser's headers (load.c).
# Prints a table and writes all figures as TSV; times never make it fail, a wrong answer does.
#
#   cmake --build build/release --target bench-serve      (options: -DTILESCOPE_BENCH_SERVE="--rounds 5")
#   tests/bench/serve.sh [--connections "1 64 1000"] [--rounds 3] [--seconds 2] [--share 0.3] [--tsv FILE]
#                        [--program build/release/tilescope] [--load build/release/load] [TRACE]
#
# TRACE: tests/traces/good/demo.trace unless told. Columns: requests per second at the peak and their ratio; CPU time of the server and
# of the load per request there; at the fixed rate, latencies from when a request was due. All are medians of the rounds.
# Memory is the most that was resident; of nginx, of all its processes.
set -euo pipefail
export LC_ALL=C PATH=$PATH:/usr/sbin
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
connections="1 64 1000" rounds=3 seconds=2 share=0.3 tsv="" program=$top/build/release/tilescope load=$top/build/release/load
trace=$top/tests/traces/good/demo.trace
while [ $# -gt 0 ]; do
	case $1 in
	--connections) connections=${2?} && shift ;;
	--rounds) rounds=${2?} && shift ;;
	--seconds) seconds=${2?} && shift ;;
	--share) share=${2?} && shift ;;
	--tsv) tsv=${2?} && shift ;;
	--program) program=${2?} && shift ;;
	--load) load=${2?} && shift ;;
	-h | --help) sed -n '2,/^set /s/^# \{0,1\}//p' "$0" && exit ;;
	-*) echo "serve.sh: unknown option $1" >&2 && exit 2 ;;
	*) trace=$1 ;;
	esac
	shift
done
command -v nginx >/dev/null || { echo "skipped: no nginx, so no peer to measure against (apt-get install nginx-light)"; exit 77; }
command -v node >/dev/null || { echo "skipped: no node, which picks the tiles"; exit 77; }
[ -x "$program" ] && [ -x "$load" ] || { echo "Cannot measure: build tilescope and load first (cmake --build build/release --target tilescope load)"; exit 1; }
tsv=${tsv:-${TILESCOPE_BENCH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tilescope/bench}/serve.tsv}
mkdir -p "$(dirname "$tsv")"
work=$(mktemp -d)
ours="" nginx=""
# shellcheck disable=SC2317 # the trap calls it
stop() {
	[ -z "$ours" ] || kill -TERM "$ours" 2>/dev/null || true
	[ -z "$nginx" ] || kill -TERM "$nginx" 2>/dev/null || true
	wait
	rm -rf "$work"
}
trap stop EXIT
ulimit -n "$(ulimit -Hn)"

cores=$(taskset -cp $$ | sed 's/.*: //' | tr ',' '\n' | awk -F- '{ for (i = $1; i <= ($2 == "" ? $1 : $2); i++) print i }')
server_core=$(tail -n 1 <<<"$cores")
load_core=$(tail -n 2 <<<"$cores" | head -n 1)
[ "$server_core" != "$load_core" ] || echo "only one core: server and load share it" >&2

# Ours, and what it serves as files.
taskset -c "$server_core" "$program" --http=:0 --no-browser --workers=1 --cache-dir="$work/cache" "$trace" >"$work/out" 2>"$work/err" &
ours=$!
for ((i = 0; i < 600; i++)); do
	grep -qs 'listening on http' "$work/err" && break
	kill -0 "$ours" 2>/dev/null || { cat "$work/err"; exit 1; }
	sleep 0.1
done
address=$(sed -n 's/.*listening on \(http.*\)/\1/p' "$work/err")
base=${address%%/t/*} id=${address##*/}
ours_port=${base##*:}
for ((i = 0; i < 3000; i++)); do
	curl -s "$base/api/v1/traces/$id" | grep -q '"state":"ready"' && break
	kill -0 "$ours" 2>/dev/null || { cat "$work/err"; exit 1; }
	sleep 0.1
done
mkdir "$work/files"
node "$here/save_tiles.mjs" "$base" "$id" "$work/files" >"$work/addresses"
one=$(head -n 1 "$work/addresses" | cut -d' ' -f1)

# nginx, told to be fast: no log, open files kept, sendfile, as many requests per connection as ours.
nginx_port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => (console.log(s.address().port), s.close()))')
headers=$(curl -sI "$base$one" | tr -d '\r' | sed -n -E 's/^(Content-Security-Policy|X-Content-Type-Options|Referrer-Policy|Cross-Origin-[a-zA-Z-]*|Cache-Control): (.*)/add_header \1 "\2";/p')
cat >"$work/nginx.conf" <<END
worker_processes 1;
daemon off;
pid $work/nginx.pid;
error_log $work/nginx.err;
events { worker_connections 8192; use epoll; multi_accept on; }
http {
	access_log off;
	server_tokens off;
	sendfile on;
	tcp_nodelay on;
	keepalive_requests 10000;
	open_file_cache max=20000 inactive=1h;
	open_file_cache_valid 1h;
	types {}
	default_type application/octet-stream;
	client_body_temp_path $work/t1;
	proxy_temp_path $work/t2;
	fastcgi_temp_path $work/t3;
	uwsgi_temp_path $work/t4;
	scgi_temp_path $work/t5;
	map \$uri \$encoding { default zstd; "~/landmarks/" ""; }
	$headers
	add_header Vary Accept-Encoding;
	add_header Content-Encoding \$encoding;
	server { listen 127.0.0.1:$nginx_port backlog=4096; root $work/files; }
}
END
chmod 755 "$work" && chmod -R a+rX "$work/files"
taskset -c "$server_core" nginx -p "$work" -c "$work/nginx.conf" 2>"$work/nginx.start" &
nginx=$!
for ((i = 0; i < 100; i++)); do
	curl -s -o /dev/null "http://127.0.0.1:$nginx_port$one" && break
	kill -0 "$nginx" 2>/dev/null || { cat "$work/nginx.start" "$work/nginx.err"; exit 1; }
	sleep 0.1
done

nginx_all() { echo "$nginx $(cat "/proc/$nginx/task/$nginx/children")"; }
processes() { if [ "$1" = ours ]; then echo "$ours"; else nginx_all; fi; }
ticks() { for p in $(processes "$1"); do sed 's/.*) //' "/proc/$p/stat" | cut -d' ' -f12,13; done | awk '{ n += $1 + $2 } END { print n }'; }
peak_kib() { for p in $(processes "$1"); do sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$p/status"; done | awk '{ n += $1 } END { print n }'; }

# run WHO CONNECTIONS RATE FILE: appends "requests/s p50 p99 max server-us load-us"; RATE 0 is as fast as it goes
bad=0
run() {
	local port=$ours_port before after line
	[ "$1" = ours ] || port=$nginx_port
	before=$(ticks "$1")
	line=$(taskset -c "$load_core" "$load" --port="$port" --connections="$2" --seconds="$seconds" --warm=0 --rate="$3" "$work/addresses")
	after=$(ticks "$1")
	awk -v t=$((after - before)) -v hz="$(getconf CLK_TCK)" '{ print $1 / $3, $4, $5, $6, t / hz * 1e6 / $1, $7 * 1e6 / $1 }' <<<"$line" >>"$work/$4"
	if [ "$(cut -d' ' -f2 <<<"$line")" != 0 ]; then
		echo "$1, $2 connections: $(cut -d' ' -f2 <<<"$line") bad answers of $(cut -d' ' -f1 <<<"$line")"
		bad=1
	fi
}
both() { # CONNECTIONS RATE NAME
	rm -f "$work/$3".*
	for ((i = 0; i < rounds; i++)); do
		if ((i % 2)); then order="nginx ours"; else order="ours nginx"; fi
		for who in $order; do run "$who" "$1" "$2" "$3.$who"; done
	done
}
of() { cut -d' ' -f"$2" "$work/$1" | sort -n | awk '{ a[NR] = $1 } END { print a[int((NR + 1) / 2)] }'; }

# Each address once, so that both have it in memory.
for who in ours nginx; do run "$who" 4 0 warm; done
{
	echo "# $(date -u +%Y-%m-%d), $(nginx -v 2>&1 | sed 's/.*: //'), $(wc -l <"$work/addresses") addresses of $(awk '{ n += $2 } END { printf "%.0f", n / NR }' "$work/addresses") bytes on average ($(awk '{ n[$4]++ } END { for (k in n) printf "%s%s %d", s, k, n[k], s = ", " }' "$work/addresses" | sed 's/^, //'))"
	echo "#$(sed -n 's/^model name[^:]*://p' /proc/cpuinfo | head -n 1), one core each for server and load, load $(cut -d' ' -f1 /proc/loadavg), $rounds rounds of $seconds s in turn"
} | tee "$tsv"
printf 'connections\tours_rps\tnginx_rps\tratio\tours_cpu_us\tnginx_cpu_us\tload_cpu_us\trate\tours_p50_us\tnginx_p50_us\tours_p99_us\tnginx_p99_us\tratio_p99\tours_peak_kib\tnginx_peak_kib\n' >>"$tsv"
printf '%11s | %23s | %20s | %6s %15s %21s | %13s\n' '' 'peak requests/s' 'CPU us/request' fixed 'p50 us' 'p99 us' 'peak MiB'
printf '%11s | %7s %7s %7s | %6s %6s %6s | %6s %7s %7s %7s %7s %6s | %6s %6s\n' connections ours nginx ratio ours nginx load rate ours nginx ours nginx ratio ours nginx
for n in $connections; do
	both "$n" 0 peak
	rate=$(awk -v peak="$(of peak.nginx 1)" -v share="$share" 'BEGIN { printf "%d", peak * share }')
	both "$n" "$rate" fixed
	awk -v n="$n" -v tsv="$tsv" '{
		printf "%11d | %7.0f %7.0f %6.2fx | %6.1f %6.1f %6.1f | %6d %7.0f %7.0f %7.0f %7.0f %5.2fx | %6.1f %6.1f\n",
			n, $1, $2, $1 / $2, $3, $4, $5, $6, $7, $8, $9, $10, $9 / $10, $11 / 1024, $12 / 1024
		printf "%d\t%.0f\t%.0f\t%.3f\t%.2f\t%.2f\t%.2f\t%d\t%.1f\t%.1f\t%.1f\t%.1f\t%.3f\t%d\t%d\n",
			n, $1, $2, $1 / $2, $3, $4, $5, $6, $7, $8, $9, $10, $9 / $10, $11, $12 >>tsv
	}' <<<"$(of peak.ours 1) $(of peak.nginx 1) $(of peak.ours 5) $(of peak.nginx 5) $(of peak.ours 6) $rate $(of fixed.ours 2) $(of fixed.nginx 2) $(of fixed.ours 3) $(of fixed.nginx 3) $(peak_kib ours) $(peak_kib nginx)"
done
echo "figures: $tsv"
exit $bad
