/* solo.h - tiles whose rows are single goroutines: what a packed row of G shows of one, and nothing else.
 *
 *	the tile of G is stored:  bins inside its life ◄ the packed row; the two that it begins and
 *	                          ends in ◄ slabs, played for it alone
 *	it is computed:           all ◄ slabs, played for it alone
 *
 * What is played is played for all of them in one pass over slabs.
 *
 * Where the tile of G is RAW, the goroutine's place tells its block, row and chunks instead. Bytes:
 * TILE_FORMAT.md, section 9.
 *
 * 1. A row is the histogram of that goroutine's intervals alone; a tile depends on its key and the list.
 *
 * Memory: one tile, and 8 KiB per state of each bin, or row, that is played.
 * Threads: as the reader. Errors: of the store and of memory; ERR_NOT_FOUND. */
#ifndef TILES_SOLO_H
#define TILES_SOLO_H

#include <stdbool.h>
#include <stdint.h>

#include "tiles/goroutine_table.h"
#include "tiles/tile_codec.h"

struct err;
struct tile_reader;

#define SOLO_MOST        BLOCK_ROWS
#define SOLO_PLACE_BYTES 40

/* `who`: 1 to SOLO_MOST records of the store's table. The tile's bytes replace `out`. */
int solo_get(struct tile_reader *r, const struct goroutine *who, unsigned n, uint8_t k, uint64_t x,
	struct buf *out, struct err *e);

enum solo_source { SOLO_NONE, SOLO_RAW, SOLO_HIST };

struct solo_place {
	enum solo_source source;
	bool is_alive;    /* at the end of the trace */
	uint8_t row;      /* within the block */
	uint8_t n_chunks; /* RAW: chunks of the block, */
	uint32_t first;   /* from this one on */
	uint32_t block;
	uint64_t g;
	int64_t born_t, gone_t;
};

struct solo_view {
	unsigned n;
	struct solo_place place[SOLO_MOST];
	struct tile_view tile; /* its rows: numbers in the list */
	struct buf bytes;      /* what the tile points into */
};

/* Check, and read. The view is zeroed before the first use, and cleared. */
int solo_decode(struct solo_view *v, const void *data, size_t n, struct err *e);
void solo_clear(struct solo_view *v);

#endif
