#!/bin/sh
# lint.sh TOOL [BUILD]: one linter over the tree; `lint.sh fix` formats it. Exit code 77 when the tool is not installed.
set -eu
cd "$(dirname "$0")/.."
tool=$1
build=${2:-build/debug}

need() {
	command -v "$1" >/dev/null 2>&1 || [ -x "$1" ] || {
		echo "skipped: no $1"
		exit 77
	}
}

# sources NAME-PATTERN...: our own files
sources() {
	for pattern; do
		find ./*.js cmake parser tiles server web tests -name "$pattern" -type f
	done | sed 's|^\./||' | sort
}

case $tool in
layers)
	sources '*.[ch]' '*.js' | grep -E '^(parser|tiles|server|web)/' | xargs awk -f tests/check_layers.awk tests/layers.txt
	;;
format)
	need clang-format
	sources '*.c' '*.h' | xargs -r clang-format --dry-run --Werror
	;;
fix) # no linter: formats in place what `format` would refuse
	need clang-format
	sources '*.c' '*.h' | xargs -r clang-format -i
	;;
tidy)
	need clang-tidy
	# tests/gen/workloads/*.c is compiled by cgo, which writes the header it includes.
	sources '*.c' | grep -v -e '^tests/fuzz/' -e '^tests/gen/workloads/' |
		xargs -r -n 4 -P "$(nproc)" clang-tidy --quiet -p "$build" --extra-arg=-Wno-unknown-warning-option 2>&1 |
		{ grep -E '(warning|error):|Error while processing' -A 4 && exit 1 || exit 0; }
	;;
cppcheck)
	need cppcheck
	mkdir -p "$build/cppcheck"
	cppcheck --quiet --std=c11 --error-exitcode=1 --inline-suppr --enable=warning,portability,performance \
		--suppress=missingIncludeSystem --suppress=nullPointerArithmeticRedundantCheck --cppcheck-build-dir="$build/cppcheck" -j "$(nproc)" \
		-D_GNU_SOURCE -DTILESCOPE_VERSION='"0"' -I . parser tiles server
	;;
tsc)
	need node_modules/.bin/tsc
	node_modules/.bin/tsc -p jsconfig.json
	;;
eslint)
	need node_modules/.bin/eslint
	node_modules/.bin/eslint .
	;;
shellcheck)
	need shellcheck
	# shellcheck disable=SC2046 # our file names hold no spaces
	shellcheck -x start check .ci/run $(sources '*.sh')
	;;
*)
	echo "lint.sh: unknown tool $tool" >&2
	exit 2
	;;
esac
