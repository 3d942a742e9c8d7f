#!/bin/sh
# How what prints ends: the reader of the pipe goes, the disk is full, Ctrl-C; nothing is left behind.
set -eu
. tests/e2e/common.sh
trace=tests/traces/good/demo.trace
export TMPDIR="$work/tmp"
mkdir "$TMPDIR"

# Enough output that a pipe of 64 KiB cannot take it all.
for arguments in events 'events -format=json' 'events -format=csv' 'events -format=link' -d=wire -d=parsed; do
	# shellcheck disable=SC2086 # words
	{
		status=0
		"$TILESCOPE" $arguments $trace 2>"$work/err" || status=$?
		echo $status >"$work/status"
	} | head -n 1 >"$work/got"
	if [ "$(cat "$work/status")" = 0 ] && [ ! -s "$work/err" ] && [ -s "$work/got" ]; then
		pass
	else
		fail "$arguments | head: exit code $(cat "$work/status"): $(cat "$work/err")"
	fi
done

if [ -w /dev/full ]; then
	for arguments in events 'events -format=json' 'events -format=csv' -d=wire -d=footprint info 'info -format=json' 'events --help'; do
		status=0
		# shellcheck disable=SC2086 # words
		"$TILESCOPE" $arguments $trace >/dev/full 2>"$work/err" || status=$?
		if [ "$status" -eq 11 ] && grep -q 'Cannot write' "$work/err"; then
			pass
		else
			fail "$arguments >/dev/full: exit code $status: $(cat "$work/err")"
		fi
	done
fi

# A pipe nobody reads holds the command until Ctrl-C: the signal itself ends it, as the shell expects.
mkfifo "$work/pipe"
for arguments in events -d=wire; do
	# shellcheck disable=SC2217 # it holds the pipe open and reads nothing
	sleep 60 <"$work/pipe" &
	sleeper=$!
	status=0
	# A background process of a script ignores SIGINT; timeout(1) gives its child one that does not.
	# shellcheck disable=SC2086 # words
	timeout --foreground -s INT 1 "$TILESCOPE" $arguments $trace >"$work/pipe" 2>"$work/err" || status=$?
	kill "$sleeper" 2>/dev/null || true
	wait "$sleeper" 2>/dev/null || true
	case $status in
	124 | 130) if [ -s "$work/err" ]; then fail "$arguments, Ctrl-C: $(cat "$work/err")"; else pass; fi ;;
	*) fail "$arguments, Ctrl-C: exit code $status: $(cat "$work/err")" ;;
	esac
done
left=$(find "$TMPDIR" "$work/cache" -type f 2>/dev/null || true)
if [ -z "$left" ]; then pass; else fail "left behind: $left"; fi
finish
