/* trace_script.h — a line of text becomes the bytes of a small trace, whole or broken on purpose.
 *
 *	trace_script(&w, 26, "batch 1 7 100; ProcStatus 0 0 1; ! GoStart 0 11 1; clock 1; end", &at)
 *
 * Statements stand between semicolons; a number is decimal, `max` (2^64-1) or `high` (2^63).
 *
 *	batch GENERATION M TIME       events of thread M follow
 *	EventName NUMBER...           an event of parser/spec.c with all its numbers, the time difference first
 *	strings, stacks, samples GENERATION     a batch that begins so; then:
 *	string ID TEXT · long ID BYTES          one string, of that text or that many bytes
 *	stack ID FRAMES NUMBER...               as it lies in the file: pc, function, file, line of each frame
 *	sample NUMBER...
 *	clock GENERATION [HZ]         the clock as this version of Go writes it, at 1 GHz
 *	sync GENERATION               a clock that the next statements fill
 *	experiment NUMBER GENERATION  an experimental batch
 *	size BYTES                    what the open batch says of its size, true or not
 *	close                         the open batch ends; so it does before the next and at the end of the text
 *	end                           the end mark of Go 1.26
 *	x HEX... · text TEXT          bytes as they are, in the open batch or outside one
 *	times N STATEMENT             the same N times
 *	! STATEMENT                   *at becomes the offset where it begins
 *
 * Up to 1.21 there are no batches in this sense: `Batch P TICKS` is a record as any other of parser/legacy_spec.c, and
 * `string`, `long` and `stack` are that format's.
 *
 * Knows no rule of the format but how a number is written: what it makes may be wrong in every other way. A word that
 * it does not know, or no memory, aborts the test. */
#ifndef TESTS_UNIT_TRACE_SCRIPT_H
#define TESTS_UNIT_TRACE_SCRIPT_H

#include <stdint.h>

struct trace_writer;

/* Header and statements behind what *w holds; minor 0: no header. *at is -1 without a mark. The caller clears *w. */
void trace_script(struct trace_writer *w, int minor, const char *text, int64_t *at);

#endif
