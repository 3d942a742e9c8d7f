#include "tiles/tile_codec.h"

#include <assert.h>
#include <math.h>
#include <zstd.h>

#include "parser/base/bytes.h"
#include "parser/base/err.h"
#include "tiles/hist.h"

#define DEFAULT_LEVEL 1
#define WINDOW_LOG    23 /* 8 MiB: browsers take no more (RFC 9659) */

void codec_clear(struct codec *c)
{
	ZSTD_freeCCtx(c->compressor);
	ZSTD_freeDCtx(c->decompressor);
	c->compressor = NULL;
	c->decompressor = NULL;
}

static int compressor_make(struct codec *c, struct err *e)
{
	ZSTD_CCtx *z = ZSTD_createCCtx();
	int level = c->level ? c->level : DEFAULT_LEVEL;

	if (!z || ZSTD_isError(ZSTD_CCtx_setParameter(z, ZSTD_c_compressionLevel, level)) ||
		ZSTD_isError(ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, 1))) {
		ZSTD_freeCCtx(z);
		return err_set(e, ERR_MEMORY, -1, "Cannot make compressor: level=%d", level);
	}
	c->compressor = z;
	return 0;
}

int codec_compress(struct codec *c, const void *src, size_t n, struct buf *out, struct err *e)
{
	size_t bound = ZSTD_compressBound(n), size;

	if (!c->compressor && compressor_make(c, e) < 0)
		return -1;
	if (n > CODEC_MAX_PLAIN)
		return err_set(e, ERR_LIMIT, -1, "Cannot compress blob: bytes=%zu", n);
	if (buf_reserve(out, bound) < 0)
		return err_set(e, ERR_MEMORY, -1, "Cannot compress blob: bytes=%zu", n);
	size = ZSTD_compress2(c->compressor, out->at + out->n, bound, src, n);
	if (ZSTD_isError(size))
		return err_set(e, ERR_MEMORY, -1, "Cannot compress blob: bytes=%zu, reason=\"%s\"",
			n, ZSTD_getErrorName(size));
	out->n += size;
	return 0;
}

int codec_decompress(
	struct codec *c, const void *src, size_t n, size_t cap, struct buf *out, struct err *e)
{
	unsigned long long size = n ? ZSTD_getFrameContentSize(src, n) : ZSTD_CONTENTSIZE_ERROR;
	size_t got;

	if (!c->decompressor)
		c->decompressor = ZSTD_createDCtx();
	if (!c->decompressor)
		return err_set(e, ERR_MEMORY, -1, "Cannot make decompressor: bytes=%zu", n);
	if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN)
		return err_set(
			e, ERR_DAMAGED, -1, "Cannot decompress blob: bytes=%zu, what=\"size\"", n);
	if (size > cap)
		return err_set(e, ERR_LIMIT, -1, "Cannot decompress blob: size=%llu, limit=%zu",
			size, cap);
	if (ZSTD_findFrameCompressedSize(src, n) != n)
		return err_set(
			e, ERR_DAMAGED, -1, "Cannot decompress blob: bytes=%zu, what=\"frame\"", n);
	out->n = 0;
	if (buf_reserve(out, (size_t)size) < 0)
		return err_set(e, ERR_MEMORY, -1, "Cannot decompress blob: size=%llu", size);
	got = ZSTD_decompressDCtx(c->decompressor, out->at, (size_t)size, src, n);
	if (ZSTD_isError(got) || got != size)
		return err_set(e, ERR_DAMAGED, -1, "Cannot decompress blob: bytes=%zu, what=\"%s\"",
			n, ZSTD_isError(got) ? ZSTD_getErrorName(got) : "length");
	out->n = got;
	return 0;
}

size_t codec_plain_bytes(const void *src, size_t n)
{
	unsigned long long size = n ? ZSTD_getFrameContentSize(src, n) : ZSTD_CONTENTSIZE_ERROR;

	return size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > SIZE_MAX
		? 0
		: (size_t)size;
}

static void put_header(struct buf *out, struct tile_key key, enum tile_kind kind, uint32_t n)
{
	buf_append(out, "TST1", 4);
	buf_put_u8(out, (uint8_t)view_letter((enum view)key.view));
	buf_put_u8(out, (uint8_t)kind);
	buf_put_u8(out, key.r);
	buf_put_u8(out, key.k);
	buf_put_le(out, key.y, 4);
	buf_put_le(out, n, 4);
	buf_put_le(out, key.x, 8);
}

int tile_encode_raw(struct tile_key key, uint32_t first, uint32_t n, struct buf *out, struct err *e)
{
	assert(n <= TILE_RAW_CHUNKS);
	if (buf_reserve(out, TILE_HEADER_BYTES + 4 * (size_t)n) < 0)
		return err_set(e, ERR_MEMORY, -1, "Cannot encode tile: y=%u", key.y);
	put_header(out, key, TILE_RAW, n);
	for (uint32_t i = 0; i < n; i++)
		buf_put_le(out, first + i, 4);
	return 0;
}

static bool plane_is_empty(const struct hist_plane *p)
{
	uint64_t any = 0;

	for (unsigned i = 0; i < TILE_BINS; i++)
		any |= p->ns[i];
	for (unsigned i = 0; i < TILE_BINS / 64; i++)
		any |= p->mark[i];
	return any == 0;
}

static unsigned row_mask(const struct hist_row *row)
{
	unsigned mask = 0;

	for (unsigned s = STATE_NONE + 1; s < N_STATES; s++)
		if (row->plane[s] && !plane_is_empty(row->plane[s]))
			mask |= 1u << s;
	return mask;
}

/* Lane-ns that the value 255 stands for: a full bin, or the fullest one. */
static uint64_t row_scale(const struct hist_row *row, struct tile_key key)
{
	uint64_t most = 0;

	if (key.view != VIEW_F && key.view != VIEW_A)
		return UINT64_C(1) << key.k;
	for (unsigned i = 0; i < TILE_BINS; i++) {
		uint64_t sum = 0;

		for (unsigned s = STATE_NONE + 1; s < N_STATES; s++)
			sum += row->plane[s] ? row->plane[s]->ns[i] : 0;
		most = sum > most ? sum : most;
	}
	return most;
}

uint8_t tile_share(uint64_t ns, uint64_t scale)
{
	uint64_t v;

	if (scale >> 55) { /* 255 * ns must fit; 47 bits are plenty for 255 steps */
		ns >>= 8;
		scale >>= 8;
	}
	v = scale ? (255 * ns + scale / 2) / scale : 0;
	return (uint8_t)(v > 255 ? 255 : v < 1 ? 1 : v);
}

static void put_plane(struct buf *out, const struct hist_plane *p, uint64_t scale)
{
	uint8_t *v = out->at + out->n;

	for (unsigned i = 0; i < TILE_BINS; i++) {
		if (p->ns[i] == scale && scale)
			v[i] = 255;
		else
			v[i] = hist_has(p, i) ? tile_share(p->ns[i], scale) : 0;
	}
	out->n += TILE_BINS;
}

static void put_row(
	struct buf *out, unsigned i, const struct hist_row *row, unsigned mask, double full)
{
	uint64_t goroutines = row->born + (row->head_g ? 1 : 0);

	buf_put_u8(out, (uint8_t)i);
	buf_put_u8(out, 0);
	buf_put_le(out, mask, 2);
	buf_put_le(out, goroutines < UINT32_MAX ? goroutines : UINT32_MAX, 4);
	buf_put_f64(out, full);
	buf_put_le(out, row->first_g, 8);
	buf_put_le(out, row->starts + row->head_n, 8);
}

int tile_encode_hist(struct tile_key key, struct hist *h, struct buf *out, struct err *e)
{
	unsigned mask[BLOCK_ROWS];
	uint64_t scale[BLOCK_ROWS] = {0};
	double bin = (double)(UINT64_C(1) << key.k);
	size_t n_planes = 0;
	uint32_t n = 0;

	hist_resolve(h);
	for (unsigned i = 0; i < BLOCK_ROWS; i++) {
		mask[i] = row_mask(&h->row[i]);
		n += mask[i] != 0;
		n_planes += (size_t)__builtin_popcount(mask[i]);
		if (mask[i])
			scale[i] = row_scale(&h->row[i], key);
	}
	if (buf_reserve(
		    out, TILE_HEADER_BYTES + TILE_ROW_BYTES * (size_t)n + TILE_BINS * n_planes) < 0)
		return err_set(e, ERR_MEMORY, -1, "Cannot encode tile: y=%u", key.y);
	put_header(out, key, TILE_HIST, n);
	for (unsigned i = 0; i < BLOCK_ROWS; i++)
		if (mask[i])
			put_row(out, i, &h->row[i], mask[i], (double)scale[i] / bin);
	for (unsigned i = 0; i < BLOCK_ROWS; i++)
		for (unsigned s = STATE_NONE + 1; s < N_STATES; s++)
			if (mask[i] >> s & 1)
				put_plane(out, h->row[i].plane[s], scale[i]);
	return 0;
}

static unsigned bytes_mask(const struct tile_row_bytes *row)
{
	unsigned mask = 0;

	for (unsigned s = STATE_NONE + 1; s < N_STATES; s++) {
		const uint8_t *p = row->plane[s];
		unsigned any = 0;

		for (unsigned i = 0; p && i < TILE_BINS; i++)
			any |= p[i];
		if (any)
			mask |= 1u << s;
	}
	return mask;
}

int tile_encode_planes(struct tile_key key, const struct tile_row_bytes rows[BLOCK_ROWS],
	struct buf *out, struct err *e)
{
	unsigned mask[BLOCK_ROWS];
	size_t n_planes = 0;
	uint32_t n = 0;

	for (unsigned i = 0; i < BLOCK_ROWS; i++) {
		mask[i] = bytes_mask(&rows[i]);
		n += mask[i] != 0;
		n_planes += (size_t)__builtin_popcount(mask[i]);
	}
	if (buf_reserve(
		    out, TILE_HEADER_BYTES + TILE_ROW_BYTES * (size_t)n + TILE_BINS * n_planes) < 0)
		return err_set(e, ERR_MEMORY, -1, "Cannot encode tile: y=%u", key.y);
	put_header(out, key, TILE_HIST, n);
	for (unsigned i = 0; i < BLOCK_ROWS; i++)
		if (mask[i])
			put_row(out, i, rows[i].about, mask[i], 1.0);
	for (unsigned i = 0; i < BLOCK_ROWS; i++)
		for (unsigned s = STATE_NONE + 1; s < N_STATES; s++)
			if (mask[i] >> s & 1)
				buf_append(out, rows[i].plane[s], TILE_BINS);
	return 0;
}

static int damaged(const char *what, struct err *e)
{
	return err_set(e, ERR_DAMAGED, -1, "Cannot read tile: what=\"%s\"", what);
}

static int decode_raw(struct bytes *b, struct tile_view *v, struct err *e)
{
	if (v->n > TILE_RAW_CHUNKS || v->key.view == VIEW_A || v->key.view == VIEW_C)
		return damaged("number of chunks", e);
	for (uint32_t i = 0; i < v->n; i++) {
		const uint8_t *p = bytes_take(b, 4);

		v->chunks[i] = p ? (uint32_t)bytes_le(p, 4) : 0;
		if (i > 0 && v->chunks[i] <= v->chunks[i - 1])
			return damaged("order of chunks", e);
	}
	return 0;
}

static int decode_row(const uint8_t *p, struct tile_view *v, uint32_t i, struct err *e)
{
	struct tile_row *row = &v->rows[i];
	uint64_t full = bytes_le(p + 8, 8);

	row->row = p[0];
	row->mask = (uint16_t)bytes_le(p + 2, 2);
	row->goroutines = (uint32_t)bytes_le(p + 4, 4);
	memcpy(&row->full, &full, 8);
	row->first_g = bytes_le(p + 16, 8);
	row->intervals = bytes_le(p + 24, 8);
	if (row->row >= BLOCK_ROWS || p[1] != 0 || (i > 0 && row->row <= v->rows[i - 1].row))
		return damaged("row", e);
	if (row->mask == 0 || row->mask & 1 || row->mask >> N_STATES)
		return damaged("mask", e);
	if (!isfinite(row->full) || row->full < 0)
		return damaged("full", e);
	return 0;
}

static int decode_hist(struct bytes *b, struct tile_view *v, struct err *e)
{
	if (v->n > BLOCK_ROWS)
		return damaged("number of rows", e);
	for (uint32_t i = 0; i < v->n; i++) {
		const uint8_t *p = bytes_take(b, TILE_ROW_BYTES);

		if (!p)
			return damaged("length", e);
		if (decode_row(p, v, i, e) < 0)
			return -1;
	}
	for (uint32_t i = 0; i < v->n; i++) {
		unsigned n = (unsigned)__builtin_popcount(v->rows[i].mask);

		v->rows[i].planes = bytes_take(b, (uint64_t)TILE_BINS * n);
	}
	return 0;
}

int tile_decode(const void *data, size_t n, struct tile_view *v, struct err *e)
{
	struct bytes b = bytes_of(data, n);
	const uint8_t *h = bytes_take(&b, TILE_HEADER_BYTES);
	int view;

	memset(v, 0, sizeof(*v));
	if (!h || memcmp(h, "TST1", 4) != 0)
		return damaged("no tile", e);
	view = view_of_letter((char)h[4]);
	v->kind = h[5] == TILE_RAW ? TILE_RAW : TILE_HIST;
	if (view < 0 || h[5] != v->kind || h[6] != 0 || h[7] >= TILE_MAX_LEVELS)
		return damaged("header", e);
	v->key = (struct tile_key){.view = (uint8_t)view,
		.k = h[7],
		.y = (uint32_t)bytes_le(h + 8, 4),
		.x = bytes_le(h + 16, 8)};
	v->n = (uint32_t)bytes_le(h + 12, 4);
	if (v->kind == TILE_RAW) {
		if (decode_raw(&b, v, e) < 0)
			return -1;
	} else if (view == VIEW_C) {
		if (v->n != TILE_BINS)
			return damaged("number of bins", e);
		v->points = bytes_take(&b, (uint64_t)TILE_BINS * COUNTER_BIN_BYTES);
	} else if (decode_hist(&b, v, e) < 0) {
		return -1;
	}
	if (b.bad || bytes_left(&b) != 0)
		return damaged("length", e);
	return 0;
}

const uint8_t *tile_row_plane(const struct tile_row *row, unsigned state)
{
	unsigned below = row->mask & ((1u << state) - 1);

	if (!(row->mask >> state & 1))
		return NULL;
	return row->planes + TILE_BINS * (size_t)__builtin_popcount(below);
}
