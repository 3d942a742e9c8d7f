# shellcheck shell=bash
# Sourced by the benches: traces by kind and size, made where they are missing, by tests/gen/workloads and the installed Go, into
# $TILESCOPE_BENCH_CACHE or ${XDG_CACHE_HOME:-~/.cache}/tilescope/bench: KIND.SIZE.trace of about SIZE MB. Remove one to have it made anew.

bench_cache=${TILESCOPE_BENCH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tilescope/bench}

# need_go: the peer golang.org/x/exp/trace is a Go program
need_go() {
	command -v go >/dev/null || { echo "skipped: no Go, so no peer to measure against"; exit 77; }
	[ -x /usr/bin/time ] || { echo "Cannot measure: GNU time is missing (apt-get install time)"; exit 1; }
}

# make_traces WORK KINDS SIZES: their paths, into the array `traces`
make_traces() {
	local work=$1 kind size trace
	local gen=${BASH_SOURCE[0]%/*}/../gen/workloads

	mkdir -p "$bench_cache"
	traces=()
	for kind in $2; do
		for size in $3; do
			trace=$bench_cache/$kind.$size.trace
			if [ ! -e "$trace" ]; then
				echo "making $trace" >&2
				[ -x "$work/workloads" ] || (cd "$gen" && go build -trimpath -o "$work/workloads" .)
				"$work/workloads" -kind="$kind" -mb="$size" -o "$trace.part"
				mv "$trace.part" "$trace"
			fi
			traces+=("$trace")
		done
	done
}
