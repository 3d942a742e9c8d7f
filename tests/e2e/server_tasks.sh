#!/bin/sh
# User tasks over HTTP, by type and one by one, against those of `tilescope events`.
set -eu
. tests/e2e/common.sh
. tests/e2e/server/start.sh

command -v node >/dev/null || skip 'no node'
for trace in go1.26-tasks go1.22-mix go1.21-mix; do
	"$TILESCOPE" events -format=json -kind=TaskBegin,TaskEnd,Log,RegionBegin,RegionEnd,Sync "tests/traces/good/$trace.trace" >"$work/events"
	start_server "tests/traces/good/$trace.trace"
	wait_ready
	node tests/e2e/server/tasks.mjs "$api" "$work/events" && pass || fail "$trace: tasks"
	stop_server
done
finish
