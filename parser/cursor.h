/* cursor.h — the next record of every thread, and the frontier of all threads by time.
 *
 * The frontier is Go's binary heap over the threads' next records; where times are equal its
 * shape decides who comes first, so its moves are Go's moves (batchcursor.go).
 *
 *	cursors[i]: decoder ─► a block of records, at .. end
 *	heap[0]:    time and index of the cursor whose record is the earliest
 *
 * Memory: cursors, blocks and heap are kept from generation to generation.
 * Threads: one frontier belongs to one thread. */
#ifndef PARSER_CURSOR_H
#define PARSER_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/sort.h"
#include "parser/base/vec.h"
#include "parser/decode.h"

struct err;
struct generation;
struct sched_m;

/* Times of no record: of the one that stands behind a block's last, and before it, of what stands
 * behind the heap's last. */
#define CURSOR_END  INT64_MAX
#define CURSOR_LAST (INT64_MAX - 1)

struct cursor {
	const struct raw *at; /* next record; block .. end hold the decoded ones */
	const struct raw *end;
	struct raw *block;
	uint32_t batch;         /* that at .. end come from */
	uint32_t batch_bytes;   /* of it, up to the end of the block */
	struct sched_m *thread; /* for the ordering: its record of the thread, NULL before */
	struct decoder decoder;
};

/* File offset behind the next record, for messages; -1 at the end. */
int64_t cursor_offset(const struct cursor *c, const struct generation *g);

/* Two more items than heap.n exist, at CURSOR_LAST: every item has two children. */
struct frontier {
	VEC(struct cursor) cursors;
	VEC(struct sort_item) heap; /* key = time, value = index of the cursor */
	VEC(struct raw) blocks;
	size_t block_cap;              /* records of one block */
	uint64_t n_bytes, n_all_bytes; /* of the generation's batches: decoded, and all */
};

/* The cursor's block is used up: decode its next one: 1, 0 after the last record, -1. */
int cursor_refill(struct frontier *f, struct cursor *c, const struct generation *g, struct err *e);

void frontier_clear(struct frontier *f);

/* A cursor for every thread of the generation, each at its first record. 0 or -1. With `lost`, a
 * thread whose first record is damaged is left out, and told there. */
int frontier_open(struct frontier *f, const struct generation *g, bool skips_unknown,
	struct err *lost, struct err *e);

/* The block of the cursor at heap position i is used up: decode its next one: 1, or 0 or -1 and the
 * cursor is out of the heap. */
int frontier_refill(struct frontier *f, size_t i, const struct generation *g, struct err *e);

/* Take the cursor at heap position i out of the heap. */
void frontier_drop(struct frontier *f, size_t i);

/* The cursor at heap position i has moved on: restore the heap. */
void frontier_update(struct frontier *f, size_t i);

/* Order all of the heap by time, as Go sorts it; it stays a heap. */
void frontier_sort(struct frontier *f);

#endif
