#!/bin/sh
# Stacks of a range (tree, list, pprof) and durations, against plain sums over the lists of events.
set -eu
. tests/e2e/common.sh
. tests/e2e/server/start.sh

command -v node >/dev/null || skip 'no node'
for trace in demo go1.26-cpusamples go1.26-locks go1.21-mix; do
	start_server "tests/traces/good/$trace.trace"
	wait_ready
	node tests/e2e/server/profile.mjs "$api" && pass || fail "$trace: profile"
	stop_server
done
finish
