#include "tiles/pyramid.h"

#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "tiles/counter.h"

struct pyramid {
	struct tile_reader *r;
	struct hist level[TILE_MAX_LEVELS]; /* empty where a level has no heavy tile */
	struct counter_tile counter;
	struct buf bytes;
};

static int store_tile(struct pyramid *p, struct tile_key key, struct hist *h, struct err *e)
{
	int64_t id = tile_id(key, tile_reader_meta(p->r)->levels);

	if (id < 0)
		return 0;
	p->bytes.n = 0;
	if ((h ? tile_encode_hist(key, h, &p->bytes, e)
	       : counter_encode(key, &p->counter, &p->bytes, e)) < 0)
		return -1;
	return store_put_plain(tile_reader_store(p->r), id, p->bytes.at, p->bytes.n, e);
}

static struct tile_key half_of(struct tile_key key, unsigned half)
{
	key.k--;
	key.x = 2 * key.x + half;
	return key;
}

/* Fill level[key.k] with the tile, storing it and the heavy ones below. A heavy tile of P, M, G or
 * F is never RAW: 65,536 events are more than two chunks. Recursion is as deep as there are levels. */
static int build_tile(struct pyramid *p, struct tile_key key, struct err *e)
{
	struct hist *h = &p->level[key.k];
	struct block_range range;
	enum tile_source source;

	if (tile_source(p->r, key, &range, &source, e) < 0)
		return -1;
	if (source != TILE_IS_STORED || key.k == 0) {
		if (tile_compute(p->r, key, h, e) < 0)
			return -1;
		return source == TILE_IS_STORED ? store_tile(p, key, h, e) : 0;
	}
	hist_reset(h, tile_t0(key), key.k);
	for (unsigned half = 0; half < 2; half++) {
		struct tile_key child = half_of(key, half);

		if (tile_t0(child) > tile_reader_meta(p->r)->span_ns)
			break;
		if (build_tile(p, child, e) < 0 || hist_merge(h, &p->level[child.k], e) < 0)
			return -1;
	}
	return store_tile(p, key, h, e);
}

static int build_counter(struct pyramid *p, struct tile_key key, struct err *e)
{
	struct block_range range;
	enum tile_source source;

	if (tile_source(p->r, key, &range, &source, e) < 0)
		return -1;
	if (source != TILE_IS_STORED)
		return 0;
	if (counter_compute(p->r, key, &p->counter, e) < 0 || store_tile(p, key, NULL, e) < 0)
		return -1;
	for (unsigned half = 0; half < 2 && key.k > 0; half++)
		if (build_counter(p, half_of(key, half), e) < 0)
			return -1;
	return 0;
}

/* A block begins with its one tile of the coarsest level. */
static int build_block(struct pyramid *p, enum view view, uint32_t y, struct err *e)
{
	struct tile_key key = {
		.view = (uint8_t)view, .y = y, .k = (uint8_t)(tile_reader_meta(p->r)->levels - 1)};
	struct block_range range;
	enum tile_source source;

	if (tile_source(p->r, key, &range, &source, e) < 0)
		return -1;
	if (source != TILE_IS_STORED)
		return 0;
	return view == VIEW_C ? build_counter(p, key, e) : build_tile(p, key, e);
}

int pyramid_build(struct store *st, struct cancel cancel, struct err *e)
{
	struct pyramid *p = mem_calloc(1, sizeof(*p));
	int rc = -1;

	if (!p)
		return err_set(e, ERR_MEMORY, -1, "Cannot make pyramid: bytes=%zu", sizeof(*p));
	p->r = tile_reader_create(st, e);
	if (!p->r)
		goto out;
	tile_reader_set_cancel(p->r, cancel);
	for (unsigned v = 0; v < N_VIEWS; v++)
		for (uint32_t y = 0; y < tile_reader_meta(p->r)->n_blocks[v]; y++)
			if (build_block(p, (enum view)v, y, e) < 0)
				goto out;
	rc = 0;
out:
	for (unsigned k = 0; k < TILE_MAX_LEVELS; k++)
		hist_clear(&p->level[k]);
	tile_reader_destroy(p->r);
	buf_clear(&p->bytes);
	mem_free(p);
	return rc;
}
