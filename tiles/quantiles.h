/* quantiles.h - percentiles of many sets of numbers, within one bound on memory for all of them.
 *
 *   numbers, each for one of the sets ► quantiles_seal() ► quantiles_at()
 *
 * All numbers are kept until `most` are there. Then equal ones of a set are kept once; where that does
 * not make room for half of them, all are rounded down, again and for good, to 10 binary digits, and
 * as long as it does not, to 8, 6, 4, 2 and 1. `digits` tells: a percentile is then less than
 * 2^(1 - digits) of itself low. Zeros take no room: who asks knows how many there are.
 *
 * 1. While no more than `most` numbers that are not zero were added, percentiles are exact.
 *
 * Memory: 16 bytes per number up to `most`, up to twice that while sets grow; 128 bytes at least for each set
 * that has one. Threads: none. Errors: ERR_MEMORY. */
#ifndef TILES_QUANTILES_H
#define TILES_QUANTILES_H

#include <stddef.h>
#include <stdint.h>

#include "parser/base/vec.h"
#include "tiles/durations.h"

struct err;

#define QUANTILES_EXACT 64 /* digits */

struct quantile_set {
	VEC(struct duration) values; /* ascending, each once, after quantiles_seal() */
	uint64_t n;
};

struct quantiles {
	VEC(struct quantile_set) sets;
	size_t n_values, most;
	unsigned digits;
};

void quantiles_init(struct quantiles *q, size_t most);
void quantiles_clear(struct quantiles *q);

/* To set number `set`; there are as many sets as were named. */
int quantiles_add(struct quantiles *q, size_t set, uint64_t value, struct err *e);

/* Once all are there. */
void quantiles_seal(struct quantiles *q);

/* The least of the set's numbers, of which there are n with the zeros, that is not less than
 * `permille` of a thousand of them; 0 of none. */
uint64_t quantiles_at(const struct quantiles *q, size_t set, uint64_t n, unsigned permille);

#endif
