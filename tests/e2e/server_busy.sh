#!/bin/sh
# More work than the server can do at once, and clients that go away, read slowly or come in numbers: who asks little gets it soon.
set -eu
. tests/e2e/common.sh
. tests/e2e/server/start.sh
command -v node >/dev/null || skip 'no node'
[ -x "$BUILD/worst" ] || skip 'no program worst'

# Enough events that looking through all of them takes a while.
"$BUILD/worst" --kib=2048 --write="$work" normal

start_server --workers=2 "$work/normal.trace"
wait_ready
node tests/e2e/server/busy.mjs "$port" "$id" "$server" && pass || fail 'busy'
stop_server

start_server --connections=32 "$work/normal.trace"
wait_ready
node tests/e2e/server/crowd.mjs "$port" 32 && pass || fail 'a crowd'
stop_server

start_server --workers=1 "$work/normal.trace"
wait_ready
node tests/e2e/server/burst.mjs "$port" "$server" && pass || fail 'a burst'
stop_server
finish
