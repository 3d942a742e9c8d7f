#!/bin/sh
# What cannot be read is refused in words: what, where in the file, what to do; a non-zero exit code; nothing
# is left behind, neither where the store was to go nor in the cache. Of a trace that is damaged later on,
# what comes before the damage is kept, and said to be a part.
set -eu
. tests/e2e/common.sh
store=$work/out/store.tilescope

# run COMMAND FILE: leaves its exit code in $status, what it says in $work/err
run() {
	rm -rf "$work/out" "$work/cache"
	mkdir -p "$work/out"
	status=0
	case $1 in
	ingest) "$TILESCOPE" ingest "$2" -o "$store" ;;
	events) "$TILESCOPE" events "$2" ;;
	esac >"$work/text" 2>"$work/err" </dev/null || status=$?
}

# refuse COMMAND NAME FILE PATTERN: COMMAND refuses FILE, says PATTERN and leaves nothing
refuse() {
	what="$2, $1"
	run "$1" "$3"
	left=$(find "$work/out" "$work/cache" -type f 2>/dev/null || true)
	if [ "$status" -eq 0 ] || [ "$status" -ge 126 ]; then
		fail "$what: exit code $status: $(head -n 20 "$work/err")"
	elif ! grep -qE "$4" "$work/err"; then
		fail "$what: no /$4/ in: $(head -n 5 "$work/err")"
	elif [ -n "$left" ]; then
		fail "$what: left behind $left"
	else
		pass
	fi
}

both() {
	refuse events "$@"
	refuse ingest "$@"
}

# keep NAME FILE PATTERN: ingest publishes what it could read, says PATTERN, leaves nothing but the store
keep() {
	run ingest "$2"
	if [ "$status" -ne 0 ] || [ ! -s "$store" ]; then
		fail "$1, ingest: no store, exit code $status: $(head -n 20 "$work/err")"
	elif ! grep -qE "$3" "$work/err"; then
		fail "$1, ingest: no /$3/ in: $(head -n 5 "$work/err")"
	elif [ "$(find "$work/out" "$work/cache" -type f 2>/dev/null)" != "$store" ]; then
		fail "$1, ingest: left behind $(find "$work/out" "$work/cache" -type f)"
	else
		pass
	fi
}

bad=tests/traces/bad
good=tests/traces/good
both empty $bad/empty.trace 'is empty'
both text $bad/text.trace 'not a Go execution trace'
both random $bad/random.trace 'not a Go execution trace'
both 'text in gzip' $bad/text.gz 'not a Go execution trace'
both 'truncated header' $bad/truncated-header.trace 'not a Go execution trace'
both 'random body' $bad/random-body.trace 'at byte 16'
both 'missing file' "$work/none.trace" 'none\.trace'
mkdir "$work/folder"
both directory "$work/folder" 'folder'
printf 'go 1.10 trace\000\000\000\000' >"$work/old.trace"
both 'old version' "$work/old.trace" '1\.10'
printf 'go 1.20 trace\000\000\000\101' >"$work/none.trace"
both 'version that no Go writes' "$work/none.trace" '1\.20'
rm "$work/none.trace"

# Go's reader finds nothing wrong with a header alone; there is nothing to show of it.
refuse ingest 'header only' $bad/header-only.trace 'any event'

# Of the only generation, what orders is kept.
refuse events 'truncated gzip' $bad/truncated.trace.gz 'ends inside a gzip member, at byte 3000'
keep 'truncated gzip' $bad/truncated.trace.gz 'ends inside a gzip member, at byte 3000'
refuse events truncated $bad/truncated.trace 'generation 1.*byte 20000.*trace\.Stop'
keep truncated $bad/truncated.trace 'generation 1.*byte 20000.*trace\.Stop'
refuse events unfinished-first $good/go1.26-unfinished-first.trace 'trace\.Stop'
keep unfinished-first $good/go1.26-unfinished-first.trace 'trace\.Stop'

refuse events flipped $bad/flipped.trace 'at byte 9999'
keep flipped $bad/flipped.trace 'at byte 9999'
refuse events unfinished $good/go1.26-unfinished.trace 'generation 2.*trace\.Stop'
keep unfinished $good/go1.26-unfinished.trace 'generation 2.*trace\.Stop'
head -c 20000 $good/go1.26-calm.trace >"$work/cut.trace"
refuse events cut "$work/cut.trace" 'generation 3.*byte 20000'
keep cut "$work/cut.trace" 'generation 3'

# A bound on memory is an error in words, and leaves nothing behind.
status=0
"$TILESCOPE" ingest --memory=2 $good/go1.26-calm.trace -o "$work/small.tiles" 2>"$work/err" || status=$?
if [ "$status" -eq 10 ] && grep -q -e '--memory=MIB allows more' "$work/err" && [ ! -e "$work/small.tiles" ]; then
	pass
else
	fail "ingest --memory=2: exit code $status, $(cat "$work/err")"
fi
finish
