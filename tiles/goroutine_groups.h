/* goroutine_groups.h - what the goroutines of each start function did over any range: number, sums,
 * and over the goroutines percentiles of each column of goroutine_sums.h.
 *
 * 1. Sums, numbers and maxima are exact. So are percentiles of up to GROUPS_EXACT goroutines, and of as many
 *    more as have columns that are zero or equal; beyond, `digits` tells how low they may be (quantiles.h).
 *
 * Memory: goroutine_sums.h; 16 bytes per column that is not zero of every goroutine, up to 352 MiB; up to
 * 2 KiB per group. Threads: as the reader. Errors: as goroutine_sums.h. */
#ifndef TILES_GOROUTINE_GROUPS_H
#define TILES_GOROUTINE_GROUPS_H

#include <stdint.h>

#include "parser/base/vec.h"
#include "tiles/goroutine_sums.h"

struct err;

#define GROUPS_EXACT (UINT32_C(1) << 20)

enum group_figure { GROUP_SUM, GROUP_P50, GROUP_P90, GROUP_P99, GROUP_MAX, N_GROUP_FIGURES };

struct group_sums {
	uint32_t group;
	uint64_t n;
	uint64_t ns[N_GROUP_FIGURES][N_SUMS];
};

struct goroutine_groups {
	VEC(struct group_sums) groups; /* those with goroutines, by group */
	uint64_t n;                    /* goroutines of all */
	unsigned digits;               /* of percentiles; QUANTILES_EXACT */
};

/* Replaces *out, which is zeroed. `most`: numbers kept for percentiles, 0: enough for GROUPS_EXACT. */
int goroutine_groups_make(struct goroutine_groups *out, struct tile_reader *r,
	const struct sums_query *q, size_t most, struct err *e);
void goroutine_groups_clear(struct goroutine_groups *g);

const char *group_figure_name(unsigned figure);                       /* "sum", ...; static */
int group_figure_parse(const char *name, size_t n, unsigned *figure); /* 0, or -1: there is none */

#endif
