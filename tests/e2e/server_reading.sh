#!/bin/sh
# A trace that is still being read is served as far as it is read: everything works on the part, nothing of it may be kept; then
# the whole is served under addresses that can be. A server that is killed meanwhile leaves nothing that is served later.
set -eu
. tests/e2e/common.sh
. tests/e2e/server/start.sh
scale=$BUILD/scale_trace
[ -x "$scale" ] || skip "no scale_trace"

"$scale" --alive=2000 --total=20000 --procs=16 --threads=40 --functions=60 --events=1000000 --generation=20000 \
	>"$work/big.trace" 2>"$work/made"

# The reader's process.
reader() {
	cat "/proc/$server/task/"*/children | tr ' ' '\n' | head -n 1
}

# Starts the server, and stops its reader as soon as there is something to show.
start_reading() {
	start_server "$work/big.trace"
	child=$(reader)
	tries=0
	until curl -s "$api?part=1" | grep -q '"part":'; do
		tries=$((tries + 1))
		[ $tries -lt 1000 ] || { fail "no part: $(curl -s "$api" | head -c 300)" && finish; }
		sleep 0.01
	done
	kill -STOP "$child"
}

start_reading
answers '"state":"ingesting".*"part":[0-9]+,"progress":\{"phase":"(reading|preparing)","bytes":[0-9]+' "$api"
answers '^Cache-Control: no-store' "$api"
answers '"groups":\[\{"group":0' "$api"
part=$(curl -s "$api" | sed 's/.*"part":\([0-9]*\).*/\1/')
answers '"part":'"$part"',"progress":\{[^}]*\}\}' "$api?part=$part"
grep -q '"groups"' "$work/answer" && fail 'all of the manifest for who has it' || pass
answers '"state":"ingesting",.*"part":' "$base/api/v1/traces"
answers '^HTTP/1.1 400' "$api?part=x"
k=$(level)
span=$(curl -s "$api" | sed 's/.*"span_ns":\([0-9]*\).*/\1/')
for address in "tiles/P/0/$k/0/0" "tiles/A/0/$k/0/0" "tiles/F/0/$k/0/0" "landmarks/$k/0"; do
	answers '^HTTP/1.1 200' "$api/$address?v=3&part=$part"
	grep -qi '^Cache-Control: no-store' "$work/answer" && pass || fail "$address may be kept: $(head -n 12 "$work/answer")"
	grep -qi '^ETag' "$work/answer" && fail "$address has an ETag" || pass
	answers '^HTTP/1.1 200' "$api/$address?v=3&part=99999"
	answers '^Cache-Control: no-store' "$api/$address?v=3"
	answers '^HTTP/1.1 400' "$api/$address?v=3&part=-1"
done
answers '"T":"[0-9]+"' "$api/events?limit=3"
answers '"states":\[\{"state":' "$api/summary?view=G"
answers '"goroutines":\[\{"g":"' "$api/goroutines?limit=3"
answers '"strings":\[\{"id":3,"text":"' "$api/strings?ids=3"
curl -s "$api/summary?by=state&from=0&to=$span&format=csv" | sort >"$work/part.csv"
ls "$work/cache/tilescope" >"$work/files"
grep -qE '\.v2\.tiles$' "$work/files" && fail "a store before the end: $(cat "$work/files")" || pass

kill -CONT "$child"
wait_ready
answers '"state":"ready"' "$api?part=$part"
grep -qE '"(part|progress)"' "$work/answer" && fail "still a part: $(head -c 900 "$work/answer")" || pass
k=$(level)
answers '^Cache-Control: .*immutable' "$api/tiles/P/0/$k/0/0?v=3"
answers '^Cache-Control: no-store' "$api/tiles/P/0/$k/0/0?v=3&part=$part"
answers '^Cache-Control: .*immutable' "$api/tiles/P/0/$k/0/0?v=3"
curl -s "$api/summary?by=state&from=0&to=$span&format=csv" | sort >"$work/whole.csv"
if [ -s "$work/part.csv" ] && cmp "$work/part.csv" "$work/whole.csv"; then pass; else fail 'the part had other sums'; fi
stop_server

# Ended while it reads: nothing stays. Killed: what stays is swept by the next one, which reads it all again.
rm -rf "$work/cache"
start_reading
kill -CONT "$child"
stop_server
start_reading
kill -KILL "$server"
wait "$server" || true
server=
tries=0
while kill -0 "$child" 2>/dev/null && [ $tries -lt 500 ]; do
	tries=$((tries + 1))
	sleep 0.01
done
find "$work/cache" -name '*.tiles' | grep -q . && fail 'a store of a killed server' || pass
[ "$(find "$work/cache" -name '*.partial.*' | wc -l)" -ge 2 ] && pass || fail 'nothing to sweep'
start_reading
[ "$(find "$work/cache" -name '*.partial.*' | wc -l)" -le 3 ] && pass || fail "not swept: $(find "$work/cache" -type f)"
kill -CONT "$child"
wait_ready
stop_server
finish
