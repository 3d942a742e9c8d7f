#!/bin/sh
# How a server begins and ends: bad input, a store used again, a taken port, a trace that changes, a signal at any time.
set -eu
. tests/e2e/common.sh
. tests/e2e/server/start.sh

# refuse CODE PATTERN ARGUMENTS...: it ends by itself with the code and says the pattern
refuse() {
	code=$1 pattern=$2
	shift 2
	status=0
	timeout 20 "$TILESCOPE" --no-browser --http=:0 "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
	if [ "$status" -ne "$code" ]; then
		fail "$*: exit code $status instead of $code: $(head -n 5 "$work/err")"
	elif ! grep -qE "$pattern" "$work/err"; then
		fail "$*: no /$pattern/ in: $(head -n 5 "$work/err")"
	elif [ -s "$work/out" ]; then
		fail "$*: data on standard output"
	else
		pass
	fi
}

mkdir "$work/folder"
: >"$work/empty"
refuse 4 'Cannot open .*none: No such file' "$work/none"
refuse 2 'is a directory' "$work/folder"
refuse 5 'is empty' "$work/empty"
refuse 5 'not a Go execution trace' tests/traces/bad/random.trace
refuse 2 'no such flag' --nothing
refuse 2 'only this machine' --http=0.0.0.0:1 "$work/empty"
refuse 3 'Cannot keep stores' --cache-dir=/proc/nothing tests/traces/good/go1.26-mix.trace
left=$(find "$work/cache" -type f 2>/dev/null || true)
if [ -z "$left" ]; then pass; else fail "left behind: $left"; fi

"$TILESCOPE" --help >"$work/out" 2>"$work/err" && grep -q -- --http "$work/out" && [ ! -s "$work/err" ] && pass || fail '--help'
"$TILESCOPE" --version | grep -q 'store format 3' && pass || fail '--version'

# One bad file among good ones is told, and the others are served.
start_server "$work/none" tests/traces/good/go1.26-mix.trace tests/traces/bad/random.trace
grep -q 'Cannot open' "$work/server.err" && pass || fail 'the missing file is not told'
tries=0
until [ "$(curl -s "$base/api/v1/traces" | grep -o '"state":"[a-z]*"' | sort | tr '\n' ' ')" = '"state":"failed" "state":"ready" ' ]; do
	tries=$((tries + 1))
	[ $tries -lt 300 ] || { fail "states: $(curl -s "$base/api/v1/traces")" && break; }
	sleep 0.1
done
curl -s "$base/api/v1/traces" | grep -q '"code":"format"' && pass || fail 'no error in the list'

# A port that is taken.
refuse 3 "port=$port is taken" --http=":$port" tests/traces/good/go1.26-mix.trace
stop_server

# The same trace again: its store is used. Others may not look into the folder.
before=$(find "$work/cache" -name '*.tiles' -exec ls -li {} +)
start_server tests/traces/good/go1.26-mix.trace
wait_ready
stop_server
if [ "$before" = "$(find "$work/cache" -name '*.tiles' -exec ls -li {} +)" ]; then pass; else fail 'the store was made again'; fi
if [ "$(find "$work/cache/tilescope" -maxdepth 1 ! -perm 700 ! -perm 600)" = '' ]; then pass; else fail 'others may read the cache'; fi

# Without a file: what was read before is there under its name and opens; what is no store is not.
cp "$(find "$work/cache" -name '*.tiles')" "$work/cache/tilescope/not-an-id.v3.tiles"
ln -s /etc/passwd "$work/cache/tilescope/00000000000000000000000000000002.v3.tiles"
echo none >"$work/cache/tilescope/00000000000000000000000000000001.v3.tiles"
before_id=$id
start_server
list=$(curl -s "$base/api/v1/traces")
case $list in *"\"id\":\"$before_id\",\"name\":\"go1.26-mix.trace\",\"state\":\"ready\",\"bytes\":48833,\"go\":\"1.26\",\"span_ns\":21981568,\"events\":3849,\"store_bytes\":"*) pass ;; *) fail "the library: $list" ;; esac
[ "$(echo "$list" | grep -o '"id"' | wc -l)" = 2 ] && pass || fail "more than the stores: $list"
echo "$list" | grep -q '"state":"failed","error":{"code":"format"' && pass || fail "no word of the file that is no store: $list"
[ "$(curl -s -o /dev/null -w '%{http_code}' "$base/t/$before_id")" = 200 ] && pass || fail 'the link does not open'
curl -s "$base/api/v1/traces/$before_id" | grep -q '"state":"ready","bytes":48833,' && pass || fail 'no manifest'
[ "$base/" = "$address" ] && pass || fail "not the library: $address"
stop_server
rm "$work/cache/tilescope/not-an-id.v3.tiles" "$work/cache/tilescope/0000000000000000000000000000000"?.v3.tiles

# Its cache deleted while it serves: words that say what to do, no path, and the server lives.
start_server tests/traces/good/go1.26-mix.trace
wait_ready
mv "$work/cache/tilescope" "$work/away"
for i in 1 2 3 4 5 6 7 8; do curl -s "$api/strings?ids=$i" "$api/goroutines?limit=$i" "$base/api/v1/traces"; done >"$work/answers"
grep -qF "$work" "$work/answers" && fail "a path in an answer: $(head -c 500 "$work/answers")" || pass
kill -0 "$server" && pass || fail 'the server died with its cache'
mv "$work/away" "$work/cache/tilescope"
stop_server

# A store that is none is made again; what a killed read left is swept away.
store=$(find "$work/cache" -name "$before_id.v3.tiles")
echo damaged >"$store"
: >"$store.new.partial.0123456789abcdef"
start_server tests/traces/good/go1.26-mix.trace
wait_ready
stop_server

# A trace that grows while it is read is not served as if it were whole.
cp tests/traces/good/demo.trace "$work/growing.trace"
(trap - EXIT && while [ -d "$work/folder" ]; do printf x >>"$work/growing.trace" && sleep 0.005; done) &
writer=$!
refuse 3 'changed while|changed or failed meanwhile' "$work/growing.trace"
rmdir "$work/folder"
wait $writer || true

# A signal at any time: a clean end, and no child is left.
for delay in 0 0.02 0.05 0.1 0.2 0.4 0.8; do
	rm -rf "$work/cache"
	XDG_CACHE_HOME="$work/cache" "$TILESCOPE" --http=:0 --no-browser tests/traces/good/demo.trace >/dev/null 2>"$work/server.err" </dev/null &
	server=$!
	# Before it waits for signals, one ends it as it ends any process: until it ignores SIGPIPE.
	tries=0
	until grep -qs '^SigIgn:.*[13579bdf]...$' "/proc/$server/status" || [ $tries -gt 500 ]; do
		tries=$((tries + 1))
		sleep 0.01
	done
	sleep $delay
	children=$(cat "/proc/$server/task/"*/children 2>/dev/null || true)
	stop_server
	for child in $children; do
		kill -0 "$child" 2>/dev/null && fail "a child lives on: $child"
	done
done

# A browser that has ended leaves no process behind while the server goes on. It is opened where somebody sits at a terminal.
if command -v script >/dev/null; then
	printf '#!/bin/sh\n: >"%s/opened"\n' "$work" >"$work/browser"
	chmod +x "$work/browser"
	env -u SSH_CONNECTION -u SSH_TTY BROWSER="$work/browser" script -qfc "echo \$\$ >'$work/pid'; exec '$TILESCOPE' --http=:0 tests/traces/good/go1.26-mix.trace" \
		"$work/typescript" </dev/null >/dev/null 2>&1 &
	terminal=$!
	tries=0
	until [ -e "$work/opened" ] && [ -z "$(cat "/proc/$(cat "$work/pid")/task/"*/children)" ]; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || { fail "a browser stays: $(cat "$work/typescript")" && break; }
		sleep 0.1
	done
	if [ $tries -lt 100 ]; then pass; fi
	kill -TERM "$(cat "$work/pid")" || fail 'the server ended before it was told to'
	wait $terminal || true
fi

# Clients that come and go while it ends.
start_server tests/traces/good/demo.trace
wait_ready
clients=
for i in 1 2 3 4 5 6 7 8; do
	(trap - EXIT && while kill -0 "$server" 2>/dev/null; do curl -s --max-time 0.0$i "$api/summary?view=A" "$api/tiles/P/0/$i/0/0?v=3" "$api/events?limit=50" >/dev/null; done) 2>/dev/null &
	clients="$clients $!"
done
sleep 2
stop_server
for client in $clients; do wait "$client" || true; done
if grep -q 'ERROR\|runtime error\|WARNING' "$work/server.err"; then fail "$(head -n 30 "$work/server.err")"; else pass; fi

# What fills the disk goes before a trace is read: the store that was used longest ago, and no more than is needed.
room=$work/room
old=$room/00000000000000000000000000000000.v1.tiles
mkdir -m 700 "$room"
truncate -s 2G "$old"
start_server --cache-dir="$room" --cache-dir-gib=0 tests/traces/good/go1.26-locks.trace
wait_ready
stop_server
[ -e "$old" ] && pass || fail 'a bound of 0 removed a store'
start_server --cache-dir="$room" --cache-dir-gib=1 tests/traces/good/go1.26-gc.trace
wait_ready
stop_server
[ ! -e "$old" ] && [ "$(find "$room" -name '*.tiles' | wc -l)" = 2 ] && pass || fail "kept: $(ls -l "$room")"
grep -q 'removed a store.*0\.v1\.tiles bytes=2147483648' "$work/server.err" && pass || fail "not told: $(cat "$work/server.err")"
refuse 2 'a number from 0' --cache-dir-gib=-1 tests/traces/good/go1.26-mix.trace
finish
