/* mutate.h — damages a trace in ways that random bytes never find: it knows batches, generations, records
 * and numbers, and keeps the sizes around what it changes right.
 *
 * Parses the framing itself, by GO_TRACE.md and not by the reader's code; what cannot be parsed is
 * one piece "rest", so that a mutant can be mutated again.
 *
 * 1. The same source, other, cap and seed give the same mutant.
 * 2. A mutant never exceeds cap; it may equal its source.
 *
 * Memory: malloc, freed before mutate() returns; layouts are the caller's to clear. Out of memory aborts.
 * Threads: no state. */
#ifndef TESTS_FUZZ_MUTATE_H
#define TESTS_FUZZ_MUTATE_H

#include <stddef.h>
#include <stdint.h>

enum piece_kind { PIECE_HEADER, PIECE_BATCH, PIECE_END, PIECE_REST };

/* A stretch of the file: bytes [start .. end), payload from data on. */
struct piece {
	size_t start, data, end;
	uint64_t generation, m, time;
	uint8_t kind; /* enum piece_kind */
};

struct layout {
	struct piece *pieces;
	size_t n, cap;
	int minor; /* Go version of the header, or 0 */
};

void layout_read(struct layout *l, const uint8_t *bytes, size_t n);
void layout_clear(struct layout *l);

/* How many bytes from the start settle the generation that piece i belongs to: they end with its end mark (1.26), or
 * with the header of the next generation's first batch. 0 where only the end of the file does. */
size_t layout_settled(const struct layout *l, size_t i);

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
