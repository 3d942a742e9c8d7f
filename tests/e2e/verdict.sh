#!/bin/sh
# verdict.sh [MUTANTS]: of damaged traces Go's own reader, asked now, gives the same events and the same verdict as ours, but
# for the classes that tests/hostile/against.h names; of the hand-made ones, the verdict that tests/unit/damage_table.c says.
set -eu
. tests/e2e/common.sh
command -v go >/dev/null 2>&1 || skip "no Go"
go version | awk '{ split(substr($3, 3), v, "."); exit !(v[1] > 1 || v[2] >= 26) }' ||
	skip "$(go version) cannot read the newest traces"
export TZ=UTC

# As a package of the Go that is installed: its reader may be imported from there alone.
printf '{"Replace": {"%s/src/cmd/tilescope_verdict/main.go": "%s/tests/e2e/verdict/main.go"}}\n' \
	"$(go env GOROOT)" "$PWD" >"$work/overlay.json"
(cd "$work" && GOFLAGS='' GOWORK=off go build -overlay overlay.json -o verdict cmd/tilescope_verdict) ||
	skip "this Go cannot be built with"

# ask DIR: DIR/verdicts and DIR/*.hashes
ask() {
	find "$1" -name '*.trace' -print | sort | xargs "$work/verdict" >"$1/verdicts"
}

mkdir "$work/made"
"$BUILD/damage_test" "--write=$work/made" >"$work/rows"
ask "$work/made"
sort -n "$work/made/verdicts" | awk '
	NR == FNR { want[$1] = $2; row[$1] = $0; next }
	want[$1] != $4 { print "row " row[$1] "; Go: " $0; n++ }
	END { exit n > 0 }' "$work/rows" - && pass || fail "hand-made traces"

# In portions: each mutant is as long as its original.
n=${1:-500}
first=0
while [ "$first" -lt "$n" ]; do
	some=$((n - first < 1000 ? n - first : 1000))
	rm -rf "$work/mutants"
	mkdir "$work/mutants"
	"$BUILD/mutants" "--first=$first" "--n=$some" "--write=$work/mutants" tests/traces/good/*.trace
	ask "$work/mutants"
	"$BUILD/mutants" "--against=$work/mutants" tests/traces/good/*.trace && pass || fail "mutants from $first"
	first=$((first + some))
done
finish
