/* reading.h — all that the reader says of some bytes, kept so that two readings can be compared.
 *
 * Each event is printed as `tilescope events` would and chained into a hash, so that one number stands for
 * all events up to it: two readings agree in their first n events where hashes[n - 1] is the same.
 *
 * 1. Whatever the bytes, what the headers of the reader promise is held (time rises strictly, an error
 *    stays, all memory comes back); a break aborts with a word on stderr.
 *
 * Memory: by malloc, so that the reader's own count ends at 0; until reading_clear().
 * Threads: one reading belongs to one thread. */
#ifndef TESTS_HOSTILE_READING_H
#define TESTS_HOSTILE_READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/err.h"

struct source;

struct reading {
	uint64_t *hashes; /* FNV-1a of the text of all events up to this one */
	size_t n, cap;
	size_t *syncs; /* indices of the Syncs */
	size_t n_syncs, cap_syncs;
	struct err e;
	bool is_strict; /* set by the caller: stop at the first damage, as Go does */
	bool has_last_sync;
	size_t peak_bytes; /* of memory in use by the reader */
};

/* Read all; what was in *r before is overwritten, its memory used again. */
void reading_of_bytes(struct reading *r, const uint8_t *bytes, size_t n);
void reading_of_source(struct reading *r, struct source *src);
void reading_clear(struct reading *r);

/* Read once more, as changes of lanes; number of changes. Same care, nothing kept. */
uint64_t reading_changes(const uint8_t *bytes, size_t n);

/* A whole file, by malloc; exits with a message where it cannot be read. */
uint8_t *reading_file(const char *path, size_t *n);

#endif
