# shellcheck shell=sh
# Sourced after common.sh by scripts that talk to a server: starts and stops one, on any free port.
# shellcheck disable=SC2034,SC2154 # set here, used there, and the other way round

command -v curl >/dev/null || skip 'no curl'

# A script that fails half-way leaves no server behind.
server=
trap '[ -z "$server" ] || kill -KILL "$server" 2>/dev/null; rm -rf "$work"' EXIT

# start_server ARGUMENTS...: sets server (its process), base, port, and of the first trace id and api
start_server() {
	rm -f "$work/server.err" # or the line of the server before is found
	XDG_CACHE_HOME="$work/cache" "$TILESCOPE" --http=:0 --no-browser "$@" >"$work/server.out" 2>"$work/server.err" </dev/null &
	server=$!
	tries=0
	until grep -qs 'listening on http' "$work/server.err"; do
		tries=$((tries + 1))
		if [ $tries -gt 300 ] || ! kill -0 "$server" 2>/dev/null; then
			fail "no server: $(head -n 5 "$work/server.err")"
			finish
		fi
		sleep 0.1
	done
	address=$(sed -n 's/.*listening on \(http.*\)/\1/p' "$work/server.err")
	base=$(echo "$address" | sed 's|^\(http://[^/]*\)/.*|\1|')
	port=${base##*:}
	id=${address##*/}
	api="$base/api/v1/traces/$id"
}

# Until the trace of $api is read.
wait_ready() {
	tries=0
	until curl -s "$api" | grep -q '"state":"ready"'; do
		tries=$((tries + 1))
		if [ $tries -gt 300 ]; then
			fail "never ready: $(curl -sS "$api" 2>&1 | head -c 300) $(head -n 20 "$work/server.err")"
			finish
		fi
		sleep 0.1
	done
}

# answers PATTERN ADDRESS: headers and body, each on its lines. What came of a request that failed is looked at all the same.
answers() {
	curl -si "$2" >"$work/answer" || true
	if grep -qaE "$1" "$work/answer"; then pass; else fail "no /$1/ from $2: $(head -c 700 "$work/answer")"; fi
}

# The coarsest level of the trace.
level() {
	echo $(($(curl -s "$api" | sed 's/.*"levels":\([0-9]*\).*/\1/') - 1))
}

# SIGTERM: an end within 5 s, with code 0, and nothing left in the cache but stores and their names.
stop_server() {
	begun=$(date +%s)
	kill -TERM "$server"
	status=0
	wait "$server" || status=$?
	ended=$server
	server=
	if [ "$status" -eq 0 ]; then pass; else fail "server $ended ended with $status: $(tail -n 20 "$work/server.err")"; fi
	if [ $(($(date +%s) - begun)) -le 5 ]; then pass; else fail 'the server took its time to end'; fi
	left=$(find "$work/cache" -type f ! -name '*.v3.tiles' ! -name '*.name' 2>/dev/null || true)
	if [ -z "$left" ]; then pass; else fail "left behind: $left"; fi
}
