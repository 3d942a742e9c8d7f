/* durations.h - how long intervals lasted: all of them, so that percentiles are exact.
 *
 * Equal durations are kept once with their number: clocks tick in tens of ns, and what is short is
 * frequent. Where more than DURATIONS_MOST different ones come together, all are rounded down to ten
 * binary digits, again and for good, and is_exact turns false: a percentile is then less than 0.1 % low.
 *
 * Memory: at most 40 bytes per different duration, 5 MiB. Threads: none. Errors: ERR_MEMORY. */
#ifndef TILES_DURATIONS_H
#define TILES_DURATIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "parser/base/map.h"
#include "parser/base/vec.h"

struct err;

#define DURATIONS_MOST (UINT32_C(1) << 17)

struct duration {
	uint64_t ns, n;
};

struct durations {
	VEC(struct duration) values; /* ascending after durations_sort() */
	struct map known;            /* ns: place in values */
	uint64_t n;
	bool is_rounded;
};

void durations_init(struct durations *d);
void durations_clear(struct durations *d);
int durations_add(struct durations *d, uint64_t ns, struct err *e);

/* Once all are there. */
void durations_sort(struct durations *d);

/* The shortest that is not shorter than `permille` of a thousand of them; 0 of none. 0: the shortest. */
uint64_t durations_at(const struct durations *d, unsigned permille);

/* Buckets of a histogram: five per power of ten, from 1 ns; the first holds what has no length. */
#define DURATION_BUCKETS 97

/* Lower bound of a bucket: 0, 1, 1.58, 2.51, 3.98, 6.31, 10, ... rounded up. */
uint64_t duration_bucket_ns(unsigned bucket);

/* How many lie in each; sorted. */
void durations_histogram(const struct durations *d, uint64_t n[DURATION_BUCKETS]);

#endif
