/* tile_codec.h - tiles to bytes and back, and bytes to zstd frames and back.
 *
 *   struct hist ► encode ► bytes ► codec_compress ► frame        (TILE_FORMAT.md, section 3)
 *   frame ► codec_decompress ► bytes ► tile_decode ► struct tile_view
 *
 * Both directions together. The only user of <zstd.h>.
 *
 * 1. Frames have a known content size, a window <= 8 MiB, a checksum, and depend on the content
 *    alone: the same bytes give the same frame in every thread.
 * 2. Decompression never yields more than the caller's cap, whatever the frame claims, and nothing
 *    is allocated from a claim beyond the cap.
 * 3. tile_decode() accepts exactly what the encoders write; every other input is ERR_DAMAGED.
 *
 * Memory: two zstd contexts in a codec, reused. Threads: one codec per thread. */
#ifndef TILES_TILE_CODEC_H
#define TILES_TILE_CODEC_H

#include <stddef.h>
#include <stdint.h>

#include "parser/interval.h"
#include "tiles/buf.h"
#include "tiles/tile_key.h"

struct err;
struct hist;
struct hist_row;

#define CODEC_MAX_PLAIN ((size_t)320 << 20) /* the longest: a slab with 16 million rows */

struct codec {
	void *compressor; /* made when first needed */
	void *decompressor;
	int level; /* 0 = the default */
};

void codec_clear(struct codec *c); /* a zeroed codec is ready for use */

/* Append one frame to `out`. */
int codec_compress(struct codec *c, const void *src, size_t n, struct buf *out, struct err *e);

/* Replace `out` by the frame's content, at most `cap` bytes. */
int codec_decompress(
	struct codec *c, const void *src, size_t n, size_t cap, struct buf *out, struct err *e);

/* Length of a frame's content as the frame says; 0 where it says none. */
size_t codec_plain_bytes(const void *src, size_t n);

enum tile_kind { TILE_RAW = 1, TILE_HIST = 2 };

#define TILE_HEADER_BYTES 24
#define TILE_ROW_BYTES    32

/* Append the bytes of a tile. RAW lists the chunks first .. first + n - 1. */
int tile_encode_raw(
	struct tile_key key, uint32_t first, uint32_t n, struct buf *out, struct err *e);
int tile_encode_hist(struct tile_key key, struct hist *h, struct buf *out, struct err *e);

/* The same of a block whose rows are in one state at a time, from bytes made elsewhere. */
struct tile_row_bytes {
	const struct hist_row *about;
	const uint8_t *plane[N_STATES]; /* 512 bytes each; NULL: does not occur */
};
int tile_encode_planes(struct tile_key key, const struct tile_row_bytes rows[BLOCK_ROWS],
	struct buf *out, struct err *e);

/* What a state's time in a bin is told as, where it occurs: round(255 * ns / scale), at least 1. */
uint8_t tile_share(uint64_t ns, uint64_t scale);

struct tile_row {
	uint8_t row;   /* within the block */
	uint16_t mask; /* states that occur */
	uint32_t goroutines;
	double full;
	uint64_t first_g;
	uint64_t intervals;
	const uint8_t *planes; /* 512 bytes per bit of mask, ascending; borrowed */
};

struct tile_view {
	struct tile_key key;
	enum tile_kind kind;
	uint32_t n;                       /* RAW: chunks; HIST: rows */
	uint32_t chunks[TILE_RAW_CHUNKS]; /* RAW */
	struct tile_row rows[BLOCK_ROWS]; /* HIST */
	const uint8_t
		*points; /* VIEW_C: 512 x 6 f64 little-endian: first, last, min, max, rise, fall */
};

/* Check and point into `data`, which must outlive the view. */
int tile_decode(const void *data, size_t n, struct tile_view *v, struct err *e);

/* The plane of a state, or NULL where the row has none. */
const uint8_t *tile_row_plane(const struct tile_row *row, unsigned state);

#endif
