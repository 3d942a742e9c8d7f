/* mutate.h — damages a trace in ways that random bytes never find: it knows batches, generations, records
 * and numbers, and keeps the sizes around what it changes right.
 *
 * A mutant can be mutated again.
 *
 * 1. The same source, other, cap and seed give the same mutant.
 * 2. A mutant never exceeds cap; it may equal its source.
 *
 * Memory: malloc, freed before mutate() returns. Out of memory aborts.
 * Threads: no state. */
#ifndef TESTS_FUZZ_MUTATE_H
#define TESTS_FUZZ_MUTATE_H

#include <stddef.h>
#include <stdint.h>

#include "tests/fuzz/layout.h"

/* Mutate src, taking pieces of `other` (may be NULL) for splices. Bytes written to dst. */
size_t mutate(const uint8_t *src, size_t n, const uint8_t *other, size_t n_other, uint8_t *dst,
	size_t cap, uint64_t seed);

/* The same with one named mutator, 0 .. mutate_n_kinds() - 1. */
size_t mutate_kind(const uint8_t *src, size_t n, const uint8_t *other, size_t n_other, uint8_t *dst,
	size_t cap, uint64_t seed, unsigned kind);
unsigned mutate_n_kinds(void);
const char *mutate_kind_name(unsigned kind);

/* The generator of all random choices; also for callers. */
uint64_t mutate_random(uint64_t *state);

#endif
