#!/bin/sh
# Snapshots of an ingest: what is read so far, as a store. The store at the end is the same with and without them; what a snapshot
# says of its stretch of time is what the whole store says of it; an ingest that is killed leaves nothing that anybody takes for one.
set -eu
. tests/e2e/common.sh
scale=$BUILD/scale_trace
[ -x "$scale" ] || skip "no scale_trace"

"$scale" --alive=2000 --total=20000 --procs=16 --threads=40 --functions=60 --events=1000000 --generation=20000 \
	>"$work/trace" 2>"$work/made"

# ingest STORE ARGUMENTS...: what it reports is in $work/reports
ingest() {
	store=$1
	shift
	"$TILESCOPE" ingest "$work/trace" -o "$store" --progress-fd=3 "$@" 3>"$work/reports" 2>"$work/err"
}

for threads in 1 3; do
	rm -f "$work/part"
	if ingest "$work/plain" --threads=$threads && ingest "$work/store" --threads=$threads --snapshots="$work/part"; then
		pass
	else
		fail "$threads threads: $(cat "$work/err")"
	fi
	if cmp "$work/plain" "$work/store"; then pass; else fail "$threads threads: another store with snapshots"; fi
	# Once all is read the zoom levels are told of, from none to all of them, and nothing else any more.
	if awk -F '[:,}]' '/"prepared"/ {
		if ($8 + 0 < before + 0 || $8 + 0 > $10 + 0 || $2 != $4) exit 1
		before = $8; all = $10; n++
		next
	}
	/"bytes"/ && n { exit 1 }
	END { if (!n || before + 0 != all + 0) exit 1 }' "$work/reports"; then pass; else fail "$threads threads: zoom levels: $(tail -n 3 "$work/reports")"; fi
	told=$(sed -n 's/^{"part":\([0-9]*\)}$/\1/p' "$work/reports" | tr '\n' ' ')
	count=$(echo "$told" | wc -w)
	if [ "$count" -gt 0 ] && [ "$told" = "$(seq -s ' ' 1 "$count") " ]; then pass; else fail "$threads threads: told of parts: $told"; fi
done

# The last snapshot and the whole: the same sums over what both have, by everything there is.
"$TILESCOPE" info "$work/part" >"$work/info"
span=$(awk '$1 == "span" { sub(/\./, "", $2); print $2 + 0 }' "$work/info")
whole=$("$TILESCOPE" info "$work/store" | awk '$1 == "span" { sub(/\./, "", $2); print $2 + 0 }')
if [ "$span" -gt 0 ] && [ "$span" -lt "$whole" ]; then pass; else fail "spans: $span of $whole"; fi
for by in state goroutine function proc thread; do
	"$TILESCOPE" summary -by=$by -from=0 -to="$span" -format=csv "$work/part" | sort >"$work/part.csv"
	"$TILESCOPE" summary -by=$by -from=0 -to="$span" -format=csv "$work/store" | sort >"$work/store.csv"
	if [ -s "$work/part.csv" ] && diff "$work/part.csv" "$work/store.csv" >"$work/diff"; then
		pass
	else
		fail "sums by $by: $(head -n 5 "$work/diff")"
	fi
done

# Killed in the middle: the store was not there and is not, nor anything that is not known as unfinished.
rm -f "$work/killed" "$work/part"
mkfifo "$work/pipe"
"$TILESCOPE" ingest "$work/trace" -o "$work/killed" --progress-fd=3 --snapshots="$work/part" 3>"$work/pipe" 2>/dev/null &
reader=$!
while read -r line; do
	case $line in '{"part":'*) break ;; esac
done <"$work/pipe"
kill -KILL $reader
wait $reader || true
[ ! -e "$work/killed" ] && pass || fail 'a store of a killed ingest'
if [ -s "$work/part" ] && "$TILESCOPE" info "$work/part" >/dev/null; then pass; else fail 'a snapshot that was told of cannot be read'; fi
if ingest "$work/killed" && cmp "$work/killed" "$work/plain"; then pass; else fail "after a kill: $(cat "$work/err")"; fi
finish
