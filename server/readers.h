/* readers.h: one worker's open stores, and what is often needed of them.
 *
 * A worker keeps the few traces it served last open. Names are looked up page by page in a store;
 * those of functions and files come again and again, so each reader remembers some.
 *
 * Memory: READERS_OPEN stores, each 2 MiB of SQLite's cache, some 24 MiB of slabs that were read last,
 * up to 13 MiB of sums of goroutines, and the remembered names.
 * Threads: one struct readers per worker. */
#ifndef SERVER_READERS_H
#define SERVER_READERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tiles/goroutine_sums.h"
#include "tiles/goroutine_table.h"
#include "tiles/tables.h"
#include "tiles/text_table.h"
#include "tiles/tile.h"

struct err;
struct json_writer;
struct trace_info;
struct work;

#define READERS_OPEN 4

struct reader {
	char id[33];
	unsigned part; /* of a trace that is being read: number of the snapshot; 0: all of it */
	uint64_t used; /* the greatest: the latest */
	int hold;      /* of the store, so that nobody makes room of it; -1 none */
	struct store *store;
	struct tile_reader *tiles;
	struct text_reader text;
	bool has_tables, has_goroutines;
	struct tables tables;              /* after reader_tables() */
	struct goroutine_table goroutines; /* after reader_goroutines() */
	struct sums_kept sums;             /* of the last table of goroutines */
	struct name_cache *names;
};

struct readers {
	struct reader *open[READERS_OPEN];
	uint64_t clock;
};

/* The reader of a trace as it is now, its store or its last snapshot; gives up work when `w` must stop. */
struct reader *readers_get(
	struct readers *r, const struct trace_info *t, struct work *w, struct err *e);
void readers_clear(struct readers *r);

/* What reads much asks it: `w` must stop. */
struct cancel reader_cancel(struct work *w);

int reader_tables(struct reader *r, struct err *e);
int reader_goroutines(struct reader *r, struct err *e);

/* Writes a string of the trace as a JSON value; what has no string is "". */
int reader_write_name(struct reader *r, struct json_writer *w, uint32_t id, struct err *e);

/* The same for a reason, given by its index. */
int reader_write_reason(struct reader *r, struct json_writer *w, uint32_t reason, struct err *e);

#endif
