#!/bin/sh
# An independent checker (tests/validate) finds nothing wrong with the events of any good trace, and finds each kind
# of error where one is planted in the text.
set -eu
. tests/e2e/common.sh
validate=$BUILD/validate_events
[ -x "$validate" ] || skip "no validate_events"

for trace in tests/traces/good/*.trace ../shared/traces/*.trace; do
	[ -e "$trace" ] || continue
	"$TILESCOPE" events -strict "$trace" >"$work/text" 2>"$work/err" ||
		[ -s "$work/err" ] || fail "$trace: fails without a word" # some of them are cut off
	if "$validate" "$(head -c 7 "$trace" | tail -c 2)" <"$work/text" >"$work/said"; then
		pass
	else
		fail "$trace: $(head -n 5 "$work/said")"
	fi
done

# plant RULE TRACE SED-SCRIPT: the text of the trace, changed by sed, breaks the rule
plant() {
	"$TILESCOPE" events "tests/traces/good/$2.trace" | sed -E "$3" >"$work/text"
	if "$validate" <"$work/text" >"$work/said"; then
		fail "planted $1 with $3: nothing found"
	elif ! grep -q "^line [0-9]*: $1: " "$work/said"; then
		fail "planted $1 with $3: found $(head -n 3 "$work/said")"
	else
		pass
	fi
}

plant time go1.26-mix '500,$ s/Time=[0-9]+/Time=5/'
plant time go1.26-mix '1000 { h; G }; s/^(M=.*)$/\1/; /^M=.*Metric/ { p }'
plant sync go1.26-mix 's/ Sync (.*) N=2/ Sync \1 N=3/'
plant sync go1.26-mix '1d'
plant sync go1.26-calm 's/N=3 /N=2 /'
plant clock go1.26-mix 's/ Trace=.*//'
plant clock go1.26-mix 's/Mono=[0-9]+/Mono=0/'
plant clock go1.26-calm 's/ N=2 Trace=[0-9]+/ N=2 Trace=1/'
plant clock go1.26-calm 's/ N=3 (.*) Mono=[0-9]+/ N=3 \1 Mono=1/'
plant clock go1.26-calm 's/ N=3 (.*) Wall=[0-9]+/ N=3 \1 Wall=1999/'
plant metric go1.26-gc 's/Name="\/gc\/heap\/goal:bytes"/Name="goal"/'
plant label go1.26-gc 's/Label="[^"]*"/Label=""/'
plant label go1.26-gc 's/Resource=Goroutine\([0-9]+\)/Resource=Goroutine(987654)/'
plant state go1.26-mix 's/(GoID=.*) Running->Waiting/\1 Runnable->Waiting/'
plant state go1.26-mix 's/(ProcID=.*) Idle->Running/\1 NotExist->Running/'
plant undetermined go1.26-calm '/ N=2 /,$ s/Runnable->Running/Undetermined->Running/'
plant undetermined go1.26-mix 's/Running->Runnable/Running->Undetermined/'
plant thread go1.26-mix 's/^M=[0-9]+ (.*Runnable->Running)/M=-1 \1/'
plant thread go1.26-mix 's/(GoID=.*) Running->Waiting.*/\1 Running->Syscall/'
plant thread go1.26-mix 's/(ProcID=.*) Running->Idle.*/\1 Running->Running/'
plant thread go1.26-mix 's/^M=[0-9]+ (.*Runnable->Running)/M=77 \1/'
plant death go1.26-gc '/RangeBegin.*mark assist/ { p; s/RangeBegin.*Goroutine\(([0-9]+)\)/StateTransition Time=9 GoID=\1 Running->NotExist Reason=""/ }'
plant range go1.26-gc '/RangeEnd.*incremental sweep/ d'
plant range go1.26-gc '/RangeBegin.*concurrent mark/ d'
plant range go1.26-gc '/RangeBegin.*stop-the-world/ d'
plant task go1.26-tasks 's/(TaskEnd .*) Type=.*/\1 Type="another"/'
plant task go1.26-tasks 's/(TaskBegin .*) Parent=[0-9]+/\1 Parent=0/'
plant task go1.26-tasks 's/(TaskBegin .*) ID=[0-9]+/\1 ID=0/'
plant region go1.26-tasks 's/(RegionEnd .*) Type=.*/\1 Type="another"/'
plant stack go1.26-mix 's/^(\t\t.*):[0-9]+$/\1:0/'
plant stack go1.26-mix 's/^\t([^\t].*) @ 0x[0-9a-f]+$/\t\1 @ 0x0/'
plant stack go1.26-mix 's/^\t([^\t].*) (@ 0x[0-9a-f]+)$/\t \2/'
plant stack go1.26-mix '/Running->Waiting/,/^Stack=/ { /^TransitionStack=/,/^$/ s/@ 0x/@ 0x1/ }'
plant syntax go1.26-mix 's/ Time=/ When=/'
plant syntax go1.26-mix 's/ StateTransition / StateJump /'
plant syntax go1.26-mix '/^\t\t/ d'
finish
