#!/bin/sh
# traces.sh: makes the traces of tests/traces that are missing. Each run of a real program differs, and golden
# files hang on the bytes: remove a trace to make it anew, then run golden.sh.
set -eu
export LC_ALL=C
cd "$(dirname "$0")/workloads"
traces=$(CDPATH='' cd ../../traces && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# make GO-VERSION NAME FLAGS...: one good trace, unless it is there
make() {
	version=$1 name=$2
	shift 2
	[ ! -e "$traces/good/$name.trace" ] || return 0
	program=$work/workloads-$version
	[ -x "$program" ] || GOTOOLCHAIN=go$version go build -trimpath -o "$program" .
	"$program" -o "$work/trace" "$@"
	mv "$work/trace" "$traces/good/$name.trace"
	echo "$name: $(wc -c <"$traces/good/$name.trace") bytes"
}

mkdir -p "$traces/good" "$traces/bad"
new=$(go env GOVERSION) # 1.26 or later
new=${new#go}
make 1.19.13 go1.19-mix -kind=mix -d=20ms -n=2 -pace=200us
make 1.21.13 go1.21-mix -kind=mix -d=20ms -n=2 -pace=200us
make 1.22.12 go1.22-mix -kind=mix -d=20ms -n=2 -pace=200us
make 1.23.12 go1.23-mix -kind=mix -d=20ms -n=2 -pace=200us
make 1.25.5 go1.25-mix -kind=mix -d=20ms -n=2 -pace=200us
make 1.22.12 go1.22-calm -kind=calm -d=3200ms
make 1.23.12 go1.23-calm -kind=calm -d=3200ms
make 1.25.5 go1.25-calm -kind=calm -d=3200ms
make "$new" go1.26-mix -kind=mix -d=20ms -n=2 -pace=200us
make "$new" go1.26-web -kind=web -d=20ms -n=4
make "$new" go1.26-tasks -kind=tasks -d=30ms -n=4
make "$new" go1.26-gc -kind=gc -d=40ms -n=2
make "$new" go1.26-locks -kind=locks -d=80ms -n=3 -pace=50us
make "$new" go1.26-files -kind=files -d=80ms -n=3
make "$new" go1.26-swarm -kind=swarm -d=60ms -n=800
make "$new" go1.26-churn -kind=churn -d=4ms -n=2
make "$new" go1.26-calm -kind=calm -d=3200ms
make "$new" go1.26-flight -kind=mix -flight -d=80ms -n=2 -pace=200us
make "$new" go1.26-cpusamples -kind=gc -d=200ms -n=1 -pace=2ms -cpuprofile
GODEBUG=traceallocfree=1 make "$new" go1.26-allocfree -kind=web -d=10ms -n=2
make "$new" go1.26-unfinished-first -kind=tasks -d=160ms -procs=1 -stop=false
make "$new" go1.26-unfinished -kind=tasks -d=1900ms -procs=1 -pace=1500us -stop=false
make "$new" demo -kind=mix -d=400ms -n=4 -pace=2500us

cd "$traces"
: >bad/empty.trace
printf 'go 1.26 trace\000\000\000' >bad/header-only.trace
printf 'This is a text file.\nIt was never a Go execution trace.\n' >bad/text.trace
head -c 20000 good/go1.26-tasks.trace >bad/truncated.trace
head -c 9 good/go1.26-tasks.trace >bad/truncated-header.trace
awk 'BEGIN { for (i = 0; i < 4096; i++) printf "%c", 1 + (i * i * 7919 + i * 104729) % 255 }' >bad/random.trace
{ printf 'go 1.26 trace\000\000\000'; tail -c 4080 bad/random.trace; } >bad/random-body.trace
# one byte of the middle flipped to 0xff
{ head -c 9999 good/go1.26-web.trace; printf '\377'; tail -c +10001 good/go1.26-web.trace; } >bad/flipped.trace
gzip -9nc good/go1.26-calm.trace >good/go1.26-calm.trace.gz
gzip -9nc good/go1.26-calm.trace | head -c 3000 >bad/truncated.trace.gz
gzip -9nc bad/text.trace >bad/text.gz
