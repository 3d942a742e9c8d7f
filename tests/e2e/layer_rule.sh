#!/bin/sh
# tests/check_layers.awk says nothing about a tree that keeps the rule and names each way to break it.
set -eu
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
checker=$PWD/tests/check_layers.awk
cd "$tree"
mkdir low high
cat >layers.txt <<'END'
# a comment
low
	ahead.h +
	first +
	second
	ahead
high  low
	top
	last +
side
	alone
<third.h> low/first
END
failures=0

# expect WORDS FILE CONTENT: the checker says WORDS ("" for nothing) of FILE
expect() {
	printf '%s\n' "$3" >"$2"
	said=$(awk -f "$checker" layers.txt "$2" 2>&1) && status=0 || status=$?
	case $1 in
	'') [ "$status" -eq 0 ] && [ -z "$said" ] ;;
	*) [ "$status" -ne 0 ] && case $said in *"$1"*) ;; *) false ;; esac ;;
	esac || {
		echo "FAIL $2 with: $3; expected: $1; said: $said"
		failures=$((failures + 1))
	}
	rm "$2"
}

expect '' high/top.c '#include "low/first.h"'
expect '' low/second.c '#include "low/first.h"'
expect '' low/second.h '#include <stdint.h>'
expect '' low/first.c '#include <third.h>'
expect '' low/first.c '#include "low/ahead.h"'
expect '' low/ahead.c '#include "low/second.h"'
expect 'low/ahead.h stands above low/second' low/ahead.h '#include "low/second.h"'
expect '' high/top.js "import {b} from \"../low/first.js\";"
expect '' high/top.js "import {a} from '../low/first.js';"
expect 'may not include <third.h>' low/second.c '#include <third.h>'
expect 'stands above low/second' low/first.c '#include "low/second.h"'
expect 'stands above high/top' low/first.js "import {a} from '../high/top.js';"
expect 'low/second is not marked +' high/top.c '#include "low/second.h"'
mkdir side
expect 'side may not include from low' side/alone.c '#include "low/first.h"'
expect 'low/new is not in layers.txt' low/new.c ''
expect 'low/new is not in layers.txt' high/top.h '#include "low/new.h"'
[ "$failures" -eq 0 ]
