#!/bin/sh
# A damaged trace: what Go throws away and we keep, on the command line; what is lost is told; -strict stops where Go does.
set -eu
. tests/e2e/common.sh
good=tests/traces/good

# turn FILE BYTE: the trace with that byte turned into 0xff, in $work/bad.trace
turn() {
	head -c "$2" "$1" >"$work/bad.trace"
	printf '\377' >>"$work/bad.trace"
	tail -c +$(($2 + 2)) "$1" >>"$work/bad.trace"
}

# is NAME ARGUMENTS...: true or a failure
is() {
	what=$1
	shift
	if "$@"; then pass; else fail "$what"; fi
}

# Clock and thread of each event, which neither a damage before it nor what is known of it changes.
keys() {
	sed -nE 's/^(M=[0-9]+) .* (Time=[0-9]+) .*/\1 \2/p' "$1"
}

# One bad byte in the second of four generations: the first, third and fourth come out as they are.
"$TILESCOPE" events $good/go1.26-calm.trace >"$work/whole"
turn $good/go1.26-calm.trace 9000
status=0
"$TILESCOPE" events "$work/bad.trace" >"$work/saved" 2>"$work/err" || status=$?
is "bad byte: exit code $status" [ "$status" -eq 7 ]
is 'bad byte: no word of its place' grep -q 'byte 900[0-9]' "$work/err"
is 'bad byte: four generations' [ "$(grep -c ' Sync ' "$work/saved")" -eq 5 ]
keys "$work/whole" | awk '!/Time=177[01]/' >"$work/a" # from 1772 s of the clock on
keys "$work/saved" | awk '!/Time=177[01]/' >"$work/b"
is 'bad byte: what follows differs' cmp "$work/a" "$work/b"
status=0
"$TILESCOPE" events - <"$work/bad.trace" >"$work/piped" 2>/dev/null || status=$?
is "bad byte, from a pipe: exit code $status" [ "$status" -eq 7 ]
is 'bad byte, from a pipe: other events' cmp -s "$work/saved" "$work/piped"

status=0
"$TILESCOPE" info -format=json "$work/bad.trace" >"$work/info" 2>/dev/null || status=$?
is "info: exit code $status" [ "$status" -eq 7 ]
is 'info tells no gap' grep -q '"gaps":\[{"code":"damaged","message":"Cannot' "$work/info"
is 'info tells another generation' grep -q '"first_generation":"2","last_generation":"2"' "$work/info"
for flags in 'events -strict' -d=parsed; do
	status=0
	# shellcheck disable=SC2086 # words
	"$TILESCOPE" $flags "$work/bad.trace" >"$work/${flags##*[-=]}" 2>/dev/null || status=$?
	is "$flags: exit code $status" [ "$status" -eq 7 ]
done
is '-strict is not -d=parsed' cmp -s "$work/strict" "$work/parsed"
is '-strict goes on' [ "$(wc -l <"$work/strict")" -lt "$(wc -l <"$work/saved")" ]
is 'ingest of a gap' "$TILESCOPE" ingest "$work/bad.trace" -o "$work/gap.tiles" 2>"$work/err"
is 'ingest tells no gap' grep -q 'A part of the trace is missing' "$work/err"

# Killed in its first generation: no complete one, and yet nearly every record can be shown.
"$TILESCOPE" events $good/go1.26-unfinished-first.trace >"$work/saved" 2>"$work/err" && fail 'unfinished: no error'
is 'unfinished: lost events' [ "$(grep -c ' Time=' "$work/saved")" -gt 1000 ]
is 'unfinished: no stand-in for stacks' grep -q 'no stack recorded: the trace ends before its tables' "$work/saved"
finish
