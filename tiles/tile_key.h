/* tile_key.h - names of tiles and blobs: views, levels, ranges of time, packed 64-bit ids.
 *
 * Bin = 2^k ns, tile = 512 bins, block = 32 rows. Level k = 0 is the finest; the last is the first
 * whose single tile covers the trace. A blob's id is its kind in the upper 3 of 63 bits:
 *
 *	SLAB    running number in the order of writing; COUNTER likewise
 *	BLOCK   view (3 bits), block (32)
 *	TILE    view (3), y (57 - levels), node (levels), node = 2^(levels - 1 - k) + x
 *
 * so that panning reads neighbours. Pure arithmetic: no memory, no I/O, no errors. */
#ifndef TILES_TILE_KEY_H
#define TILES_TILE_KEY_H

#include <stdbool.h>
#include <stdint.h>

#define TILE_VERSION      3
#define TILE_BINS         512
#define TILE_BIN_BITS     9
#define TILE_MAX_LEVELS   45
#define TILE_SLABS        8                   /* what lies in no more slabs is computed */
#define TILE_MANY_SLABS   256                 /* what lies in more is stored */
#define TILE_HEAVY        (UINT64_C(1) << 20) /* in between: events times slabs above which it is stored */
#define TILE_RAW_CHUNKS   2                   /* no more chunks touch it: the tile is RAW */
#define BLOCK_ROWS        32
#define CHUNK_EVENTS      4096
#define COUNTER_SAMPLES   32768 /* of a chunk of C */
#define COUNTER_BIN_BYTES 48    /* six f64 */

enum view { VIEW_P, VIEW_M, VIEW_G, VIEW_F, VIEW_A, VIEW_C, N_VIEWS };

char view_letter(enum view v);
int view_of_letter(char c); /* -1 unknown */

struct tile_key {
	uint8_t view; /* enum view */
	uint8_t r;    /* row level; 0 */
	uint8_t k;
	uint32_t y; /* block; VIEW_C: counter */
	uint64_t x;
};

/* Levels of a trace whose last event has page time span_ns: 1 .. TILE_MAX_LEVELS. */
unsigned tile_levels(int64_t span_ns);

int64_t tile_t0(struct tile_key key);
int64_t tile_t1(struct tile_key key);

/* Is k a level, r 0, and x inside the level? (y is for who knows the blocks.) */
bool tile_key_is_valid(struct tile_key key, unsigned levels);

/* The last kind is written all along the ingest: at the end of the tree it fills whole pages. */
enum blob_kind {
	BLOB_META,
	BLOB_TABLE,   /* table (16 bits), page (32); page 2^32 - 1 is the table's index */
	BLOB_STRINGS, /* first string of the page */
	BLOB_STACKS,  /* first stack of the page */
	BLOB_BLOCK,
	BLOB_TILE,
	BLOB_COUNTER,
	BLOB_SLAB,
	N_BLOB_KINDS
};

int64_t blob_id(enum blob_kind kind, uint64_t rest);
int64_t block_id(enum view v, uint32_t block);
int64_t tile_id(struct tile_key key, unsigned levels); /* -1: y does not fit, never stored */

#endif
