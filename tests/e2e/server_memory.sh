#!/bin/sh
# A store that claims more than the server may hold: its requests are answered 503 "memory", and all others as before.
set -eu
. tests/e2e/common.sh
. tests/e2e/server/start.sh
command -v sqlite3 >/dev/null || skip 'no sqlite3'
command -v zstd >/dev/null || skip 'no zstd'

start_server --memory-mib=64 tests/traces/good/go1.26-calm.trace tests/traces/good/go1.25-calm.trace
tries=0
until [ "$(find "$work/cache" -name '*.v3.tiles' | wc -l)" = 2 ]; do
	tries=$((tries + 1))
	[ $tries -lt 300 ] || { fail 'no stores' && finish; }
	sleep 0.1
done
stop_server

# Of one of them, every index of blocks is 300 MB of zeros.
bad=$(find "$work/cache" -name '*.v3.tiles' | sort | head -n 1)
good=$(find "$work/cache" -name '*.v3.tiles' | sort | tail -n 1)
head -c 300000000 /dev/zero | zstd -q --stream-size=300000000 >"$work/zeros"
chmod u+w "$bad"
sqlite3 "$bad" "update blob set data = readfile('$work/zeros') where id >> 60 = 4"
start_server --memory-mib=64
bad="$base/api/v1/traces/$(basename "$bad" .v3.tiles)"
good="$base/api/v1/traces/$(basename "$good" .v3.tiles)"

for _ in 1 2 3 4 5 6; do # whatever worker has it
	answers '^HTTP/1.1 503' "$bad/tiles/A/0/20/0/0?v=3"
	answers '"code":"memory"' "$bad/tiles/P/0/20/0/0?v=3"
	grep -qi '^Retry-After' "$work/answer" && pass || fail 'no Retry-After'
	answers '^HTTP/1.1 200' "$good/tiles/A/0/20/0/0?v=3"
	answers '^HTTP/1.1 200' "$good"
	answers '^HTTP/1.1 200' "$good/summary?view=G"
done
bytes=$(awk '/^VmHWM/ { print $2 }' "/proc/$server/status")
echo "at most $bytes KiB"
stop_server
finish
