/* goroutine_table.h - one record per goroutine, compact, found by id.
 *
 * Written when a goroutine ends, and at the end of the trace for those that live on; pages of 4,096
 * records, see goroutine_page.h. The index: varint pages, then per page varint records, varint
 * shift, varint blocks, varint per block: difference to the block before (a block b holds the ids
 * from b << shift to the next block; at most 64 of them, those that the page has ids of), and
 * 128 bytes, a bit per group modulo 1,024 that the page has goroutines of.
 *
 * 1. Records come back as they were put.
 * 2. Ids may come in any order; each comes once, and is < 2^63.
 *
 * Memory: one page, 0.7 KB per page.
 * Threads: as the store; pages are made on its relay, so a writer is cleared when that is flushed. */
#ifndef TILES_GOROUTINE_TABLE_H
#define TILES_GOROUTINE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/base/vec.h"
#include "tiles/buf.h"
#include "tiles/goroutine_page.h"

struct err;
struct store;

#define GOROUTINE_BLOCKS     64
#define GOROUTINE_GROUP_BITS 1024
#define GOROUTINE_GET_MOST   32

/* What the index knows of a page: enough to leave out nearly all that a query has no use for. */
struct goroutine_span {
	uint32_t n;
	uint32_t shift, n_blocks;
	uint64_t blocks[GOROUTINE_BLOCKS]; /* ascending */
	uint8_t groups[GOROUTINE_GROUP_BITS / 8];
};

struct goroutine_writer {
	struct store *st;
	struct buf batch; /* records on their way */

	/* What runs on the store's relay works on. */
	struct goroutine_page *page; /* NULL before the first record */
	VEC(struct goroutine_span) spans;
	struct buf bytes;
};

void goroutine_writer_init(struct goroutine_writer *w, struct store *st);
void goroutine_writer_clear(struct goroutine_writer *w);
int goroutine_writer_add(struct goroutine_writer *w, const struct goroutine *g, struct err *e);
int goroutine_writer_seal(struct goroutine_writer *w, struct err *e);

struct goroutine_table {
	struct store *st;
	VEC(struct goroutine_span) spans;
	struct goroutine_page *page; /* NULL before the first is read */
	uint32_t number;             /* of that page, UINT32_MAX none */
	bool has_groups, is_whole;   /* what is decoded beside the ids: the groups, all of it */
	struct buf bytes;
};

int goroutine_table_open(struct goroutine_table *t, struct store *st, struct err *e);
void goroutine_table_clear(struct goroutine_table *t);

/* 1 and *g, 0 = no such goroutine, -1. */
int goroutine_get(struct goroutine_table *t, uint64_t id, struct goroutine *g, struct err *e);

/* The same of some, up to GOROUTINE_GET_MOST, in one pass over the pages that may have them: 1 = all of
 * them, in the order of the ids; 0 = not all of them are there. */
int goroutine_get_all(struct goroutine_table *t, const uint64_t *ids, size_t n,
	struct goroutine *out, struct err *e);

#define GOROUTINE_ANY_GROUP UINT32_MAX

/* What is sought. A zeroed query with `group` set to one or to any finds all of it, by id. */
struct goroutine_query {
	uint32_t group;
	const uint8_t *groups; /* a bit per group that may have some; NULL: all may */
	uint32_t n_groups;
	/* Is it one? 1, 0, -1. NULL: all are. */
	int (*is_sought)(void *context, const struct goroutine *g, struct err *e);
	bool (*is_cancelled)(void *context); /* once per page; NULL: never */
	void *context;
	unsigned state;   /* which was in this state for */
	uint64_t min_ns;  /* at least so long */
	bool has_creator; /* which this one created; 0: of which nobody is known to have */
	uint64_t creator;
	bool has_range; /* alive at some time of [from, to) */
	int64_t from, to;
	unsigned order; /* by time in this state, longest first, then by id; STATE_NONE: by id */
	bool has_after; /* those behind this one in that order */
	uint64_t after_ns, after;
};

/* The first `cap` of them, in order: their number, or -1. Pages that the index tells to have none, and
 * the rest of those whose ids and groups do, are not decoded. */
int goroutine_search(struct goroutine_table *t, const struct goroutine_query *q,
	struct goroutine *out, size_t cap, struct err *e);

/* Up to `cap` records with id > after, by id, of one group or of any: their number, or -1. */
int goroutine_list(struct goroutine_table *t, uint32_t group, uint64_t after, struct goroutine *out,
	size_t cap, struct err *e);

#endif
