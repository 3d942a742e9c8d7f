#include "tiles/pyramid.h"

#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "tiles/counter.h"
#include "tiles/pyramid_stream.h"

struct pyramid {
	struct store *st;
	struct stream stream;
	struct counter_tile counter[TILE_MAX_LEVELS];
};

static int store_frames(struct pyramid *p, struct err *e)
{
	const uint8_t *at = p->stream.frames.at, *end = at + p->stream.frames.n;

	while (at < end) {
		uint64_t head[2];

		memcpy(head, at, sizeof(head));
		at += sizeof(head);
		if (store_put(p->st, (int64_t)head[0], at, head[1], e) < 0)
			return -1;
		at += head[1];
	}
	return 0;
}

static int put_counter(struct pyramid *p, int64_t id, struct err *e)
{
	struct stream *s = &p->stream;

	s->frames.n = 0;
	if (codec_compress(&s->codec, s->bytes.at, s->bytes.n, &s->frames, e) < 0)
		return -1;
	return store_put(p->st, id, s->frames.at, s->frames.n, e);
}

/* Make a tile in its level's place: from chunks where it is not stored; else from its halves, so that
 * every sample is read about once. */
static int build_counter(struct pyramid *p, struct tile_key key, struct err *e)
{
	struct stream *s = &p->stream;
	int64_t id = tile_id(key, tile_reader_meta(s->r)->levels);
	struct counter_tile *t = &p->counter[key.k];
	struct block_range range;
	enum tile_source source;

	if (tile_source(s->r, key, &range, &source, e) < 0)
		return -1;
	if (source != TILE_IS_STORED || key.k == 0) {
		if (counter_compute(s->r, key, t, e) < 0)
			return -1;
	}
	for (unsigned half = 0; source == TILE_IS_STORED && half < 2 && key.k > 0; half++) {
		struct tile_key child = key;

		child.k--;
		child.x = 2 * key.x + half;
		if (build_counter(p, child, e) < 0)
			return -1;
		counter_merge(t, &p->counter[child.k], half);
	}
	if (source != TILE_IS_STORED || id < 0)
		return 0;
	s->bytes.n = 0;
	return counter_encode(key, t, &s->bytes, e) < 0 ? -1 : put_counter(p, id, e);
}

static int build_counters(struct pyramid *p, struct err *e)
{
	const struct meta *m = tile_reader_meta(p->stream.r);

	for (uint32_t y = 0; y < m->n_blocks[VIEW_C]; y++) {
		const struct tile_key key = {.view = VIEW_C, .y = y, .k = (uint8_t)(m->levels - 1)};

		if (build_counter(p, key, e) < 0)
			return -1;
	}
	return 0;
}

static int build_all(
	struct pyramid *p, const struct crew *crew, const struct pyramid_options *o, struct err *e)
{
	struct tile_reader *r = tile_reader_create(p->st, e);
	int rc;

	if (!r)
		return -1;
	tile_reader_set_cancel(r, o->cancel);
	p->stream.progress = o->progress;
	p->stream.progress_context = o->context;
	p->stream.before_store = o->before;
	if (stream_init(&p->stream, r, crew, e) < 0)
		return -1;
	while ((rc = stream_next(&p->stream, e)) > 0)
		if (store_frames(p, e) < 0)
			return -1;
	return rc < 0 ? -1 : build_counters(p, e);
}

int pyramid_build(
	struct store *st, const struct crew *crew, const struct pyramid_options *o, struct err *e)
{
	struct pyramid *p = mem_calloc(1, sizeof(*p));
	int rc;

	if (!p)
		return err_set(e, ERR_MEMORY, -1, "Cannot make pyramid: bytes=%zu", sizeof(*p));
	p->st = st;
	rc = build_all(p, crew, o, e);
	stream_clear(&p->stream);
	mem_free(p);
	return rc;
}
