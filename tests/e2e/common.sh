# shellcheck shell=sh
# Sourced by the scripts beside it. They run from the top of the tree, with TILESCOPE = the program.

skip() {
	echo "skipped: $*"
	exit 77
}

failures=0
fail() {
	echo "FAIL $*"
	failures=$((failures + 1))
}

finish() {
	echo "$((passed + 0)) passed, $failures failed"
	[ "$failures" -eq 0 ]
	exit
}

passed=0
pass() {
	passed=$((passed + 1))
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
export XDG_CACHE_HOME="$work/cache"

[ -x "${TILESCOPE:-}" ] || skip "TILESCOPE names no program"

# compare_events TRACE EXPECTED NAME: what `tilescope events -strict` prints must be byte for byte the expected text.
# An unfinished or cut trace prints what is complete, then says so on stderr and exits non-zero.
compare_events() {
	status=0
	"$TILESCOPE" events -strict "$1" >"$work/got" 2>"$work/err" || status=$?
	if ! cmp "$2" "$work/got" >"$work/cmp" 2>&1; then
		fail "$3: $(cat "$work/cmp" "$work/err")"
		diff "$2" "$work/got" | head -n 10
		return
	fi
	case $3 in
	*unfinished* | *-cut*)
		if [ ! -s "$work/err" ]; then
			fail "$3: nothing said on stderr about what is missing"
			return
		fi
		;;
	*)
		if [ "$status" -ne 0 ]; then
			fail "$3: exit code $status: $(cat "$work/err")"
			return
		fi
		;;
	esac
	pass
}
