#!/usr/bin/env bash
# What the worst traces of tests/hostile/worst_case.c cost beside a normal one of the same size: to read, and to ingest; and
# what small compressed files cost that unpack to much. Prints tables; fails only if something does not run.
#
#   tests/bench/worst.sh BUILD [KIB]        BUILD has the programs tilescope and worst: -DCMAKE_BUILD_TYPE=Release -DTILESCOPE_TESTS=ON
set -euo pipefail
build=$1
kib=${2:-4096}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[ -x /usr/bin/time ] || { echo "Cannot measure: GNU time is missing (apt-get install time)"; exit 1; }

"$build/worst" "--kib=$kib"

# ingest NAME FILE: a row
ingest() {
	rm -f "$work/store"
	status=0
	/usr/bin/time -q -o "$work/time" -f '%U %S %M' timeout 600 "$build/tilescope" ingest "$2" -o "$work/store" \
		>/dev/null 2>"$work/err" || status=$?
	stored=$([ -e "$work/store" ] && stat -c %s "$work/store" || echo 0)
	tail -n 1 "$work/time" | awk -v n="$1" -v b="$(stat -c %s "$2")" -v st="$stored" -v rc="$status" -v w="$(head -c 60 "$work/err")" '{
		printf "%-18s %7.2f %8.2f %8.0f %8.1f %4d  %s\n", n, b / 1e6, $1 + $2, $3 / 1024, st / 1e6, rc, w }'
}

printf '\n%-18s %7s %8s %8s %8s %4s\n' ingest MB 'cpu s' 'RSS MiB' 'store MB' exit
"$build/worst" "--kib=$kib" "--write=$work"
ingest normal "$work/normal.trace"
for trace in "$work"/*.trace; do
	[ "$trace" = "$work/normal.trace" ] || ingest "$(basename "$trace" .trace)" "$trace"
done

# Bombs: the same 64 times longer, compressed.
"$build/worst" "--kib=$((kib * 64))" "--write=$work" empty-batches goroutines
for name in empty-batches goroutines; do
	gzip -9 <"$work/$name.trace" >"$work/$name.gz"
	zstd -qf -19 "$work/$name.trace" -o "$work/$name.zst"
	ingest "$name.gz" "$work/$name.gz"
	ingest "$name.zst" "$work/$name.zst"
done
