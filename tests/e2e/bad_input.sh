#!/bin/sh
# What cannot be read is refused in words: what, where in the file, what to do; a non-zero exit code; nothing
# is left behind, neither where the store was to go nor in the cache.
set -eu
. tests/e2e/common.sh

# refuse NAME FILE PATTERN: both `events` and `ingest` refuse FILE and say PATTERN
refuse() {
	for command in events ingest; do
		mkdir -p "$work/out"
		status=0
		if [ "$command" = ingest ]; then
			"$TILESCOPE" ingest "$2" -o "$work/out/store.tilescope" >"$work/text" 2>"$work/err" </dev/null || status=$?
		else
			"$TILESCOPE" events "$2" >"$work/text" 2>"$work/err" </dev/null || status=$?
		fi
		what="$1, $command"
		if [ "$status" -eq 0 ]; then
			fail "$what: exit code 0"
		elif [ "$status" -ge 126 ]; then
			fail "$what: exit code $status: $(head -n 20 "$work/err")"
		elif ! grep -qE "$3" "$work/err"; then
			fail "$what: no /$3/ in: $(head -n 5 "$work/err")"
		elif left=$(find "$work/out" "$work/cache" -type f 2>/dev/null) && [ -n "$left" ]; then
			fail "$what: left behind $left"
		else
			pass
		fi
		rm -rf "$work/out" "$work/cache"
	done
}

bad=tests/traces/bad
refuse empty $bad/empty.trace 'empty'
refuse text $bad/text.trace 'not a Go execution trace'
refuse random $bad/random.trace 'not a Go execution trace'
refuse gzip tests/traces/good/go1.26-calm.trace.gz 'gzip -dc'
refuse 'text in gzip' $bad/text.gz 'gzip'
refuse 'truncated header' $bad/truncated-header.trace 'not a Go execution trace'
refuse 'random body' $bad/random-body.trace 'at byte 16'
refuse truncated $bad/truncated.trace 'ends inside it, from byte 16 to 20000.*trace\.Stop'
refuse 'truncated gzip' $bad/truncated.trace.gz 'gzip'
refuse flipped $bad/flipped.trace 'at byte 9999'
printf 'go 1.19 trace\000\000\000\000' >"$work/old.trace"
refuse 'old version' "$work/old.trace" '1\.19'
refuse unfinished-first tests/traces/good/go1.26-unfinished-first.trace 'trace.Stop|unfinished|incomplete|cut off'
refuse 'missing file' "$work/none.trace" 'none.trace'
mkdir "$work/folder"
refuse directory "$work/folder" 'folder'
finish
