#!/bin/sh
# build.sh OUT: writes the traces of Go's own reader tests, with what Go makes of them, to the folder OUT.
set -eu
here=$(CDPATH='' cd -- "$(dirname "$0")" && pwd)
mkdir -p "$1"
out=$(CDPATH='' cd -- "$1" && pwd)
root=$(go env GOROOT)
testdata=$root/src/internal/trace/testdata
[ -d "$testdata/tests" ] || {
	echo "this Go came without $testdata" >&2
	exit 77
}
# The overlay lets the compiler see main.go inside Go's tree, where internal/trace may be imported.
printf '{"Replace":{"%s":"%s"}}\n' "$root/src/internal/trace/zz_corpus/main.go" "$here/main.go" >"$out/overlay.json"
cd "$root/src" # outside any module of ours
go build -trimpath -overlay "$out/overlay.json" -o "$out/corpus" internal/trace/zz_corpus
"$out/corpus" "$testdata" "$out"
