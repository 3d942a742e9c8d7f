#!/bin/sh
# `tilescope -d=MODE` prints what Go printed of a trace when it was frozen; flags in every spelling; errors with usage.
set -eu
. tests/e2e/common.sh
command -v zstd >/dev/null 2>&1 || skip "no zstd"
calm=tests/traces/good/go1.26-calm.trace
golden=tests/golden/go1.26-calm

# same WHAT EXPECTED ARGUMENTS...
same() {
	what=$1 expected=$2
	shift 2
	if ! "$TILESCOPE" "$@" >"$work/got" 2>"$work/err"; then
		fail "$what: $(cat "$work/err")"
	elif ! cmp "$expected" "$work/got" >"$work/cmp" 2>&1; then
		fail "$what: $(cat "$work/cmp")"
	else
		pass
	fi
}

for mode in wire footprint events; do
	zstd -qdc "$golden/$mode.txt.zst" >"$work/$mode"
done
same wire "$work/wire" -d=wire $calm
same '-d wire' "$work/wire" -d wire $calm
same '--d wire' "$work/wire" --d wire $calm
same 'file first' "$work/wire" $calm --d=wire
same footprint "$work/footprint" -d=footprint $calm
same parsed "$work/events" -d=parsed $calm

# A Go of the future: read with the newest table.
{
	printf 'go 1.99 trace\000\000\000'
	tail -c +17 $calm
} >"$work/future.trace"
same future "$work/wire" -d=wire "$work/future.trace"

# refuse CODE PATTERN ARGUMENTS...
refuse() {
	code=$1 pattern=$2
	shift 2
	status=0
	"$TILESCOPE" "$@" >"$work/got" 2>"$work/err" </dev/null || status=$?
	if [ "$status" -ne "$code" ]; then
		fail "$*: exit code $status instead of $code: $(head -n 5 "$work/err")"
	elif ! grep -qE -e "$pattern" "$work/err"; then
		fail "$*: no /$pattern/ in: $(head -n 5 "$work/err")"
	elif [ -s "$work/got" ]; then
		fail "$*: data on standard output"
	else
		pass
	fi
}
refuse 2 'none of parsed, wire, footprint' -d=1 $calm
refuse 2 'usage: tilescope -d=' -d=wire
refuse 2 'one file too many' -d=wire $calm $calm
refuse 2 'needs a value' $calm -d
refuse 2 'no such flag' -d=wire -x $calm
refuse 4 'Cannot open' -d=wire "$work/none"
refuse 5 'not a Go execution trace' -d=footprint tests/traces/bad/text.trace
refuse 7 'byte 9999' -d=footprint tests/traces/bad/flipped.trace
printf 'go 1.19 trace\000\000\000\101' >"$work/old.trace"
refuse 6 '1\.19' -d=wire "$work/old.trace"
refuse 2 'usage: tilescope events' events
refuse 2 'no such flag; see tilescope events --help' events -x $calm
refuse 2 'none of go, json, csv, link' events -format=xml $calm
refuse 2 'there is no kind "Nothing"' events -kind=Metric,Nothing $calm
refuse 2 'no list of ids' events -g=1,x $calm
refuse 2 'neither a time T' events -from=soon $calm
refuse 2 'no regular expression' events -match='Any "["' $calm
refuse 2 'in quotes' events -match='Any main' $calm
# shellcheck disable=SC2016 # the quotes are the pattern's
refuse 2 'back references' events -match='Any `(a)\1`' $calm
refuse 2 'repetitions' events -match='Any "(a{99}){99}"' $calm
refuse 2 'usage: tilescope info' info
refuse 2 'none of text, json' info --format=xml $calm

for command in events info -d=wire; do
	if "$TILESCOPE" $command --help >"$work/got" 2>"$work/err" && grep -q '^Usage: ' "$work/got"; then
		pass
	else
		fail "$command --help"
	fi
done
finish
