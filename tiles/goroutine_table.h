/* goroutine_table.h - one record per goroutine, compact, found by id.
 *
 * Written when a goroutine ends, and at the end of the trace for those that live on; pages of 4,096
 * records, columns, about 12 bytes each.
 *
 * 1. Records come back as they were put.
 * 2. Ids may come in any order; each comes once, and is < 2^63.
 *
 * Memory: one page. Threads: as the store. */
#ifndef TILES_GOROUTINE_TABLE_H
#define TILES_GOROUTINE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/interval.h"
#include "tiles/column_table.h"

struct err;
struct store;

struct goroutine {
	uint64_t id;
	uint64_t creator;  /* 0 unknown */
	uint32_t function; /* string, 0 unknown */
	uint32_t group;
	uint32_t block, row;    /* row within the block, 0..31 */
	uint32_t creator_stack; /* 0 unknown */
	bool born_known; /* false: it lived before the trace; born_* is then the trace's start */
	bool is_alive;   /* at the end of the trace; gone_* is then the trace's end */
	int64_t born_t, gone_t;             /* page time */
	int64_t born_time_ns, gone_time_ns; /* T */
	uint64_t time_ns[N_STATES];
};

#define GOROUTINE_LIKELY 64

struct goroutine_likely {
	uint64_t function, block, creator, creator_stack;
};

struct goroutine_writer {
	struct column_writer w;
	struct goroutine_likely likely[GOROUTINE_LIKELY]; /* what the last of a group had */
};

void goroutine_writer_init(struct goroutine_writer *w, struct store *st);
void goroutine_writer_clear(struct goroutine_writer *w);
int goroutine_writer_add(struct goroutine_writer *w, const struct goroutine *g, struct err *e);
int goroutine_writer_seal(struct goroutine_writer *w, struct err *e);

struct goroutine_table {
	struct column_table t;
	uint32_t page; /* whose differences are undone; UINT32_MAX none */
};

int goroutine_table_open(struct goroutine_table *t, struct store *st, struct err *e);
void goroutine_table_clear(struct goroutine_table *t);

/* 1 and *g, 0 = no such goroutine, -1. */
int goroutine_get(struct goroutine_table *t, uint64_t id, struct goroutine *g, struct err *e);

#define GOROUTINE_ANY_GROUP UINT32_MAX

/* Up to `cap` records with id > after, by id, of one group or of any: their number, or -1. */
int goroutine_list(struct goroutine_table *t, uint32_t group, uint64_t after, struct goroutine *out,
	size_t cap, struct err *e);

#endif
