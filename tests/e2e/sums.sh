#!/bin/sh
# sums.sh [RANGES [TRACE...]]: `tilescope summary` gives, over random ranges, the sums by goroutine, proc and state that a program
# with golang.org/x/exp/trace alone gives (tests/e2e/sums): --clock=go those of Go's times, --clock=wire those of the clock that
# the same reader takes from the records before it makes times rise. No difference is allowed, not in a nanosecond.
# At full size: sh tests/e2e/sums.sh 200
set -eu
GOCACHE=$(go env GOCACHE 2>/dev/null) || GOCACHE= # not the empty one of the scripts
. tests/e2e/common.sh
. tests/e2e/server/start.sh
[ -n "$GOCACHE" ] || skip "no Go"
export GOCACHE LC_ALL=C GOWORK=off
ranges=${1:-3}
[ $# -eq 0 ] || shift
if [ $# -eq 0 ]; then
	set -- tests/traces/good/*.trace
	if [ "$ranges" -ge 200 ]; then
		set -- "$@" ../shared/traces/*.trace "$(go env GOROOT)"/src/internal/trace/internal/tracev1/testdata/*_good
	else
		set -- "$@" "$(go env GOROOT)"/src/internal/trace/internal/tracev1/testdata/stress_start_stop_1_11_good
	fi
fi

# The reader as it is; and a copy without the lines that keep times rising and give a system call of version 1 its nanosecond.
here=tests/e2e/sums
(cd $here && go build -o "$work/sums_go" .) 2>"$work/err" || skip "no golang.org/x/exp: $(head -n 1 "$work/err")"
module=$(cd $here && go list -m -f '{{.Dir}}' golang.org/x/exp)
mkdir "$work/exp"
cp -r "$module/trace" "$module/go.mod" "$work/exp/"
chmod -R u+w "$work/exp"
sed -i 's/^\(	*\)e\.base\.time = r\.lastTs + 1$/\1_ = r.lastTs/' "$work/exp/trace/reader.go"
sed -i 's/^\(	*\)ev\.base\.time = it\.lastTs + 1$/\1_ = it.lastTs/; s/Time(ev\.Ts + 1)/Time(ev.Ts)/' "$work/exp/trace/tracev1.go"
cp $here/go.mod $here/go.sum "$work/"
go mod edit -replace "golang.org/x/exp=$work/exp" "$work/go.mod"
changed=$(diff -r "$module/trace" "$work/exp/trace" | grep -c '^>') || true
if [ "$changed" -eq 4 ]; then pass; else fail "lines changed in the reader: $changed"; fi
(cd $here && go build -modfile "$work/go.mod" -o "$work/sums_wire" .)

# sums CLOCK DIR TRACE
sums() {
	rm -rf "$2"
	mkdir "$2"
	if [ "$1" = go ]; then
		"$work/sums_go" -n "$ranges" -o "$2" "$3" 2>"$work/err"
	else
		"$work/sums_wire" -wire -n "$ranges" -o "$2" "$3" 2>"$work/err"
	fi
}

# Go itself orders events of Go 1.11 to 1.21 that share a tick by chance: then there is no sum to compare with.
is_stable() {
	head -c 16 "$1" | grep -aqE '^go 1\.(1[0-9]|2[01]) ' || return 0
	for _ in 1 2 3; do
		sums go "$work/again" "$1"
		diff -r "$work/want" "$work/again" >/dev/null || return 1
	done
}

# got ARGUMENTS...: the sums without the functions, sorted
got() {
	"$TILESCOPE" summary --format=csv "$@" 2>"$work/err" | tr -d '\r' | tail -n +2 | cut -d, -f1,3- | sort
}

n_ranges=0 n_different=0
compare() {
	while read -r number from to; do
		n_ranges=$((n_ranges + 1))
		for by in goroutine proc state; do
			got "--clock=$1" "--by=$by" "--from=$from" "--to=$to" "$2" >"$work/got"
			cmp -s "$work/got" "$work/want/$number.$by" && continue
			n_different=$((n_different + 1))
			fail "$2: --clock=$1 --by=$by --from=$from --to=$to: $(cat "$work/err")"
			diff "$work/got" "$work/want/$number.$by" | head -n 6
		done
	done <"$work/want/ranges"
}

for trace; do
	[ -e "$trace" ] || continue
	before=$n_different ranges_before=$n_ranges
	for clock in go wire; do
		if ! sums $clock "$work/want" "$trace"; then
			echo "not compared: $trace: Go says: $(cat "$work/err")"
		elif [ $clock = go ] && ! is_stable "$trace"; then
			echo "not compared by Go's times: $trace: Go's own differ from run to run"
		else
			compare $clock "$trace"
		fi
	done
	[ "$before" -ne "$n_different" ] || pass
	echo "$trace: $((n_different - before)) of $((3 * (n_ranges - ranges_before))) differ"
done
echo "$n_ranges ranges, each by goroutine, proc and state: $n_different differences"
[ "$n_ranges" -gt 0 ] || fail 'nothing was compared'

# By function: what its goroutines give together. From a store as from the trace.
trace=tests/traces/good/go1.26-mix.trace
"$TILESCOPE" summary --by=goroutine --format=csv -from=1ms -to=+15ms $trace | tr -d '\r' | tail -n +2 |
	awk -F, '{ k = "," $2 "," $3 "," $4; ns[k] += $5; n[k] += $6 } END { for (k in ns) printf "%s,%d,%d\n", k, ns[k], n[k] }' | sort >"$work/want.csv"
"$TILESCOPE" ingest $trace -o "$work/store.tiles" 2>/dev/null
"$TILESCOPE" summary --by=function --format=csv -from=1ms -to=+15ms "$work/store.tiles" | tr -d '\r' | tail -n +2 | sort >"$work/got"
if [ -s "$work/got" ] && cmp -s "$work/want.csv" "$work/got"; then pass; else fail "by function: $(diff "$work/want.csv" "$work/got" | head -n 5)"; fi

# Over HTTP the same bytes.
start_server $trace
wait_ready
for query in by=goroutine by=thread 'by=state&clock=go' 'by=proc&clock=go' 'by=function'; do
	for format in csv json; do
		clock=${query#*clock=}
		[ "$clock" != "$query" ] || clock=wire
		by=${query#by=}
		by=${by%%&*}
		"$TILESCOPE" summary "--by=$by" "--clock=$clock" "--format=$format" $trace 2>/dev/null |
			sed 's/"from":"[-0-9]*","to":"[0-9]*"//' >"$work/want.$format"
		curl -s "$api/summary?$query&format=$format" | sed -n 's/"from":"[-0-9]*","to":"[0-9]*"//; p' >"$work/got"
		[ $format = csv ] || echo >>"$work/got"
		if cmp -s "$work/want.$format" "$work/got"; then pass; else fail "HTTP, $query, $format: $(head -c 300 "$work/got")"; fi
	done
done
status() { curl -s -o "$work/body" -w '%{http_code}' "$api/summary?$1"; }
for query in by=x 'by=state&clock=utc' 'by=state&format=table' 'by=state&view=P' 'by=state&from=-1' 'by=state&from=9&to=8' 'view=P&clock=go'; do
	if [ "$(status "$query")" = 400 ]; then pass; else fail "HTTP, $query: $(cat "$work/body")"; fi
done
stop_server

# Errors in words, and their exit codes.
code() {
	want=$1
	shift
	status=0
	"$TILESCOPE" summary "$@" >"$work/got" 2>"$work/err" || status=$?
	if [ "$status" -eq "$want" ] && [ -s "$work/err" ]; then pass; else fail "summary $*: exit code $status: $(cat "$work/err")"; fi
}
code 2
code 2 --by=x $trace
code 2 --clock=x $trace
code 2 --format=x $trace
code 2 --from=x $trace
code 2 --from=2ms --to=1ms $trace
code 4 /nonexistent
code 5 tests/traces/bad/text.trace
head -c 9000 tests/traces/good/go1.26-calm.trace >"$work/bad.trace"
printf '\377' >>"$work/bad.trace"
tail -c +9002 tests/traces/good/go1.26-calm.trace >>"$work/bad.trace"
code 7 --by=proc "$work/bad.trace"
grep -q Idle "$work/got" && pass || fail 'a damaged trace has no sums'
finish
