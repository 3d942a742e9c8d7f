#!/bin/sh
# Tables over HTTP: what goroutines did, by function and one by one, against `tilescope summary --by=goroutine`; sets of rows
# against the rows one by one; every table as CSV against the same as JSON, page by page.
set -eu
. tests/e2e/common.sh
. tests/e2e/server/start.sh

command -v node >/dev/null || skip 'no node'
for trace in demo go1.26-mix go1.26-tasks go1.26-cpusamples go1.21-mix; do
	"$TILESCOPE" summary --by=goroutine --format=json "tests/traces/good/$trace.trace" >"$work/sums"
	start_server "tests/traces/good/$trace.trace"
	wait_ready
	node tests/e2e/server/tables.mjs "$api" "$work/sums" && pass || fail "$trace: goroutine tables"
	node tests/e2e/server/rows.mjs "$api" && pass || fail "$trace: sets of rows"
	node tests/e2e/server/csv.mjs "$api" && pass || fail "$trace: CSV"
	stop_server
done

# Goroutines that learnt their function later than their row are found by it.
start_server tests/traces/good/go1.26-unfinished-first.trace
wait_ready
for table in goroutines goroutines/times; do
	curl -s "$api/$table?match=no+stack&limit=1000" | grep -o '"g":"[0-9]*"' | sort >"$work/$(basename $table)"
done
[ -s "$work/times" ] && cmp -s "$work/goroutines" "$work/times" && pass || fail 'functions learnt late'
stop_server
finish
