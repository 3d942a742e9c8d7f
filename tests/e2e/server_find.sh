#!/bin/sh
# The search box's filter language over HTTP, against all events of the trace, filtered by other code.
set -eu
. tests/e2e/common.sh
. tests/e2e/server/start.sh

command -v node >/dev/null || skip 'no node'
for trace in demo go1.26-tasks go1.26-gc go1.22-mix; do
	"$TILESCOPE" events "tests/traces/good/$trace.trace" >"$work/events"
	start_server "tests/traces/good/$trace.trace"
	wait_ready
	node tests/e2e/server/find.mjs "$api" "$work/events" && pass || fail "$trace: search"
	stop_server
done
finish
