#!/bin/sh
# `tilescope events`: JSON and CSV say what the text says, filters add up, and every link leads to its event.
set -eu
. tests/e2e/common.sh
. tests/e2e/server/start.sh
command -v node >/dev/null 2>&1 || skip "no node"

for name in go1.26-tasks go1.26-cpusamples go1.23-calm go1.21-mix; do
	node tests/e2e/server/formats.mjs "$TILESCOPE" "tests/traces/good/$name.trace" && pass || fail "$name"
done
for name in go1.26-tasks go1.26-cpusamples; do
	start_server "tests/traces/good/$name.trace"
	wait_ready
	node tests/e2e/server/formats.mjs "$TILESCOPE" "tests/traces/good/$name.trace" "$base" && pass || fail "links of $name"
	stop_server
done
finish
