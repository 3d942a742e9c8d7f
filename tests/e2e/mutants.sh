#!/bin/sh
# mutants.sh [MUTANTS] [CUTS]: damaged copies of the bundled traces (tests/hostile/mutants.c): no crash, no hang, and what
# was settled before the damage is served as it was. CUTS: every so many bytes a prefix, and all around the edges of batches.
set -eu
. tests/e2e/common.sh
[ -x "$BUILD/mutants" ] || skip "no program mutants"

if "$BUILD/mutants" "--n=${1:-2000}" tests/traces/good/*.trace; then pass; else fail mutants; fi
if "$BUILD/mutants" "--cuts=${2:-97}" tests/traces/good/*-calm.trace; then pass; else fail cuts; fi
finish
