/* goroutine_sums.h - what each goroutine did over any range: its time by what Go calls it, one
 * record per goroutine, from slabs.
 *
 *   struct stay (stays.h) ► per row, while one goroutine lives there ► struct goroutine_sums
 *
 * | column | is | go tool trace calls it |
 * |---|---|---|
 * | total | what lies in the range of its life | Total |
 * | execution | running, also for the collector | Execution time |
 * | sched_wait | runnable | Sched wait time |
 * | syscall | in a system call | Syscall execution time + Block time (syscall) |
 * | sync, chan, net, sleep, other | waiting, by kind of reason | Block time (REASON) |
 * | unknown | while a part of the trace is lost | Unknown time |
 * | gc | of execution: for the collector, assists | GC mark assist, ... |
 *
 * 1. A goroutine comes once, if any state of its begins in the range or reaches into it.
 * 2. total = execution + sched_wait + syscall + sync + chan + net + sleep + other + unknown; all but
 *    total, unknown and gc are the sums of summary.h by goroutine.
 *
 * Memory: 112 bytes per goroutine alive at once, 4 per row. Threads: as the reader.
 * Errors: of the store; ERR_CANCELLED, by the reader's cancel; what `each` gives. */
#ifndef TILES_GOROUTINE_SUMS_H
#define TILES_GOROUTINE_SUMS_H

#include <stdbool.h>
#include <stdint.h>

#include "tiles/stays.h"

struct err;
struct map;
struct row_set;

enum sums_column {
	SUM_TOTAL,
	SUM_EXECUTION,
	SUM_SCHED_WAIT,
	SUM_SYSCALL,
	SUM_SYNC,
	SUM_CHAN,
	SUM_NET,
	SUM_SLEEP,
	SUM_OTHER,
	SUM_UNKNOWN,
	SUM_GC,
	N_SUMS
};

struct goroutine_sums {
	uint64_t g;
	uint64_t ns[N_SUMS];
	uint32_t group;
};

/* The sums of the last question, so that its next page, or the same in another order, need not go through
 * the slabs again. Zeroed it is empty. Of one store: what is asked of another one needs its own.
 * Memory: 104 bytes per goroutine; more than SUMS_KEPT of them are not kept. */
#define SUMS_KEPT 131072

struct sums_kept {
	bool is_there;
	int64_t from, to;
	uint32_t group; /* or STAYS_ANY */
	VEC(struct goroutine_sums) all;
};

void sums_kept_clear(struct sums_kept *k);

struct sums_query {
	int64_t from, to;           /* page time, half open */
	uint32_t group;             /* only this one's, or STAYS_ANY */
	const struct row_set *rows; /* only those that live in them; NULL: all */
	bool is_picky;              /* only those of `groups`, `also`, and those with `digits`: */
	const uint8_t *groups;      /* bit per group */
	uint32_t n_groups;
	const struct map *also; /* goroutines one by one; NULL: none */
	const char *digits;     /* part of the goroutine's number; NULL: none has it */
	struct sums_kept *
		kept; /* looked into first, and filled; not where `rows` are asked for. NULL: none */
};

/* `each`: 0, or -1 and *e; the record is valid until it returns. In no order. The query's `kept` must not be asked by it. */
int goroutine_sums_each(struct tile_reader *r, const struct sums_query *q,
	int (*each)(void *context, const struct goroutine_sums *s, struct err *e), void *context,
	struct err *e);

const char *sums_column_name(unsigned column);                       /* "total", ...; static */
int sums_column_parse(const char *name, size_t n, unsigned *column); /* 0, or -1: there is none */

/* ---- those of a range one by one, in the order of a column ---- */

#define RANK_BY_ID N_SUMS
#define RANK_MOST  65536

struct rank_query {
	struct sums_query of;
	unsigned by; /* enum sums_column, or RANK_BY_ID; equal ones by id, ascending */
	bool is_descending;
	bool has_after; /* only what comes behind this one */
	uint64_t after_value, after_g;
	uint32_t limit; /* 1 .. RANK_MOST */
};

struct goroutine_rank {
	VEC(struct goroutine_sums) lines;
	bool has_next;       /* more: ask again with `after` = value and id of the last one */
	uint64_t n;          /* all of the query, on whatever page */
	uint64_t ns[N_SUMS]; /* their sums */
	uint64_t longest;    /* the greatest total of them */
};

uint64_t rank_value(const struct goroutine_sums *s, unsigned by);

/* Replaces *out, which is zeroed or was used before. Memory besides: 104 bytes per line of the page. */
int goroutine_rank_make(struct goroutine_rank *out, struct tile_reader *r,
	const struct rank_query *q, struct err *e);
void goroutine_rank_clear(struct goroutine_rank *l);

#endif
