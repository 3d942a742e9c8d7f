#!/bin/sh
# The list of goroutines, filtered and in order, and rows of single ones, over HTTP.
set -eu
. tests/e2e/common.sh
. tests/e2e/server/start.sh

command -v node >/dev/null || skip 'no node'
for trace in demo go1.26-churn; do
	start_server "tests/traces/good/$trace.trace"
	wait_ready
	node tests/e2e/server/search.mjs "$api" && pass || fail "$trace: goroutines"
	stop_server
done
finish
