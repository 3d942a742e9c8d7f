#!/bin/sh
# However a trace comes, plain, gzipped, as zstd, by a file or by standard input: the same events, the same store,
# the same id; and nothing is left behind by its unpacking.
set -eu
. tests/e2e/common.sh
. tests/e2e/server/start.sh
command -v gzip >/dev/null && command -v zstd >/dev/null || skip 'no gzip or no zstd'
zst=$work/t.zst gz=$work/t.gz

# same COMMAND...: prints what the plain trace did, on standard output, and exits as it did
same() {
	got=0
	"$@" >"$work/got" 2>"$work/err" || got=$?
	if [ "$got" -ne "$want" ] || ! cmp -s "$work/want" "$work/got"; then
		fail "$trace: $*: exit code $got, not $want: $(head -n 3 "$work/err")"
	else
		pass
	fi
}

for trace in tests/traces/good/*.trace; do
	n=$(($(wc -c <"$trace") / 2))
	{ head -c $n "$trace" | gzip -c && tail -c +$((n + 1)) "$trace" | gzip -c; } >"$gz"
	{ head -c $n "$trace" | zstd -qc && tail -c +$((n + 1)) "$trace" | zstd -qc; } >"$zst"
	want=0
	"$TILESCOPE" events "$trace" >"$work/want" 2>/dev/null || want=$?
	same "$TILESCOPE" events "$gz"
	same "$TILESCOPE" events "$zst"
	same "$TILESCOPE" events - <"$trace"
	same "$TILESCOPE" events - <"$zst"
	# shellcheck disable=SC2016 # for the shell that makes the pipe
	same sh -c 'cat "$1" | "$0" events -' "$TILESCOPE" "$gz"
	"$TILESCOPE" ingest "$trace" -o "$work/plain.store" 2>/dev/null || continue
	for packed in "$gz" "$zst"; do
		"$TILESCOPE" ingest "$packed" -o "$work/packed.store" 2>/dev/null || fail "$trace: cannot ingest $packed"
		if cmp -s "$work/plain.store" "$work/packed.store"; then pass; else fail "$trace: another store from $packed"; fi
	done
done

trace=tests/traces/good/go1.26-calm.trace
want=0
"$TILESCOPE" info $trace >"$work/want"
same "$TILESCOPE" info $trace.gz
"$TILESCOPE" -d=wire $trace >"$work/want"
same "$TILESCOPE" -d=wire $trace.gz
# Standard input can be read only once: no table of records.
"$TILESCOPE" info $trace | awk '/^$/ { exit } { print }' >"$work/want"
same "$TILESCOPE" info - <$trace.gz

# The server: the same id, a store made once, no file but it.
start_server $trace
wait_ready
stop_server
plain_id=$id
start_server $trace.gz
wait_ready
stop_server
if [ "$id" = "$plain_id" ]; then pass; else fail "id $id, not $plain_id"; fi
rm -rf "$work/cache"
start_server $trace.gz
wait_ready
stop_server
if [ "$id" = "$plain_id" ]; then pass; else fail "id $id, not $plain_id"; fi

# What no trace can be ends soon, and a wait ends with a signal.
head -c 300000000 /dev/zero | zstd -qc >"$work/bomb.zst"
zstd -qc $trace.gz >"$work/twice"
for bad in bomb.zst twice; do
	got=0
	timeout 20 "$TILESCOPE" ingest "$work/$bad" -o "$work/bad.store" 2>"$work/err" || got=$?
	if [ "$got" -ge 2 ] && [ "$got" -lt 20 ] && [ ! -e "$work/bad.store" ]; then pass; else fail "$bad: exit code $got"; fi
done
finish
