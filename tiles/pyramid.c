#include "tiles/pyramid.h"

#include <pthread.h>
#include <stdatomic.h>

#include "parser/base/crew.h"
#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "tiles/counter.h"
#include "tiles/pyramid_plan.h"

#define WAITING 2 /* units that may be done before their turn */

/* Histograms by level and member, and the frames of the tiles made from them. */
struct builder {
	struct pyramid *p;
	struct tile_reader *r;
	struct codec codec;
	struct hist *level[TILE_MAX_LEVELS]; /* [plan.n_most] each, made when first needed */
	struct buf bytes;
	struct buf frames; /* per tile: id, length, frame */
};

/* A unit that is done, and not stored yet. */
struct waiting {
	size_t step; /* SIZE_MAX: free */
	struct hist *roots;
	struct buf frames;
};

struct pyramid {
	struct store *st;
	struct plan plan;
	struct builder builders[2]; /* one per thread */
	struct cancel cancel;       /* of the caller */
	struct counter_tile counter;
	atomic_bool failed;

	/* guards: all below. The store's own lock comes after it. */
	pthread_mutex_t lock;
	pthread_cond_t stored; /* n_stored grew, or it failed */
	size_t n_taken;        /* steps before are done or in work */
	size_t n_stored;       /* steps before are in the store */
	struct waiting waiting[WAITING];
	struct builder upper;
	struct err error;
};

static struct hist *level_of(struct builder *b, unsigned k, struct err *e)
{
	if (!b->level[k])
		b->level[k] = mem_calloc(b->p->plan.n_most, sizeof(struct hist));
	if (!b->level[k])
		err_set(e, ERR_MEMORY, -1, "Cannot make histograms: level=%u", k);
	return b->level[k];
}

static void level_clear(struct hist *h, uint32_t n)
{
	for (uint32_t i = 0; h && i < n; i++)
		hist_clear(&h[i]);
	mem_free(h);
}

static void builder_clear(struct builder *b)
{
	for (unsigned k = 0; k < TILE_MAX_LEVELS; k++)
		level_clear(b->level[k], b->p->plan.n_most);
	tile_reader_destroy(b->r);
	codec_clear(&b->codec);
	buf_clear(&b->bytes);
	buf_clear(&b->frames);
}

static struct tile_key member_key(
	const struct pyramid *p, const struct family *f, uint32_t i, unsigned k, uint64_t x)
{
	struct tile_key key = p->plan.members.at[f->first + i];

	key.k = (uint8_t)k;
	key.x = x;
	return key;
}

/* Compress b->bytes to the frames. */
static int add_frame(struct builder *b, int64_t id, struct err *e)
{
	uint64_t head[2] = {(uint64_t)id, 0};
	size_t at = b->frames.n;

	if (buf_append(&b->frames, head, sizeof(head)) < 0)
		return err_set(e, ERR_MEMORY, -1, "Cannot keep tile: bytes=%zu", b->bytes.n);
	if (codec_compress(&b->codec, b->bytes.at, b->bytes.n, &b->frames, e) < 0)
		return -1;
	head[1] = b->frames.n - at - sizeof(head);
	memcpy(b->frames.at + at, head, sizeof(head));
	return 0;
}

/* The tiles of a step that are heavy, to the frames. */
static int add_tiles(struct builder *b, struct tile_reader *r, const struct family *f,
	struct hist *h, unsigned k, uint64_t x, struct err *e)
{
	for (uint32_t i = 0; i < f->n; i++) {
		struct tile_key key = member_key(b->p, f, i, k, x);
		int64_t id = tile_id(key, tile_reader_meta(r)->levels);
		struct block_range range;
		enum tile_source source;

		if (tile_source(r, key, &range, &source, e) < 0)
			return -1;
		if (source != TILE_IS_STORED || id < 0)
			continue;
		b->bytes.n = 0;
		if (tile_encode_hist(key, &h[i], &b->bytes, e) < 0 || add_frame(b, id, e) < 0)
			return -1;
	}
	return 0;
}

static int store_frames(struct pyramid *p, struct buf *frames, struct err *e)
{
	const uint8_t *at = frames->at, *end = at + frames->n;

	while (at < end) {
		uint64_t head[2];

		memcpy(head, at, sizeof(head));
		at += sizeof(head);
		if (store_put(p->st, (int64_t)head[0], at, head[1], e) < 0)
			return -1;
		at += head[1];
	}
	frames->n = 0;
	return 0;
}

/* The members' histograms from their chunks; the sum of the others is A's. */
static int compute(struct builder *b, const struct family *f, struct hist *h, unsigned k,
	uint64_t x, struct err *e)
{
	static const uint8_t row_of[N_VIEWS] = {[VIEW_F] = 0, [VIEW_M] = 1, [VIEW_P] = 2};
	struct tile_key lead = member_key(b->p, f, 0, k, x);

	if (!f->is_joint)
		return tile_compute(b->r, lead, h, e);
	hist_reset(h, tile_t0(lead), k);
	for (uint32_t i = 1; i < f->n; i++) {
		struct tile_key key = member_key(b->p, f, i, k, x);

		if (tile_compute(b->r, key, &h[i], e) < 0 ||
			hist_add_rows(h, row_of[key.view], &h[i], e) < 0)
			return -1;
	}
	return 0;
}

static int merge(const struct family *f, struct hist *to, struct hist *child, struct err *e)
{
	for (uint32_t i = 0; i < f->n; i++)
		if (hist_merge(&to[i], &child[i], e) < 0)
			return -1;
	return 0;
}

/* Fill level k with the tiles, those and the heavy ones below to the frames. A heavy tile of P, M, G
 * or F is never RAW: 65,536 events are more than two chunks. As deep as there are levels. */
static int build_tree(
	struct builder *b, const struct family *f, unsigned k, uint64_t x, struct err *e)
{
	struct tile_key lead = member_key(b->p, f, 0, k, x);
	struct hist *h = level_of(b, k, e);
	struct block_range range;
	enum tile_source source;

	if (!h || tile_source(b->r, lead, &range, &source, e) < 0)
		return -1;
	if (source != TILE_IS_STORED)
		return compute(b, f, h, k, x, e);
	if (k == 0)
		return compute(b, f, h, k, x, e) < 0 ? -1 : add_tiles(b, b->r, f, h, k, x, e);
	for (uint32_t i = 0; i < f->n; i++)
		hist_reset(&h[i], tile_t0(lead), k);
	for (unsigned half = 0; half < 2; half++) {
		uint64_t child = 2 * x + half;

		if (child << (k - 1 + TILE_BIN_BITS) > (uint64_t)tile_reader_meta(b->r)->span_ns)
			break;
		if (build_tree(b, f, k - 1, child, e) < 0 || merge(f, h, b->level[k - 1], e) < 0)
			return -1;
	}
	return add_tiles(b, b->r, f, h, k, x, e);
}

/* A step whose turn it is: into the store, and into the histogram above it. */
static int store_step_locked(struct pyramid *p, const struct step *s, struct hist *roots,
	struct buf *frames, struct err *e)
{
	const struct family *f = &p->plan.families.at[s->family];
	struct hist *above;

	if (store_frames(p, frames, e) < 0)
		return -1;
	if (s->is_root)
		return 0;
	above = level_of(&p->upper, s->k + 1u, e);
	if (!above)
		return -1;
	for (uint32_t i = 0; i < f->n && s->x % 2 == 0; i++)
		hist_reset(&above[i], tile_t0(member_key(p, f, i, s->k, s->x)), s->k + 1u);
	return merge(f, above, roots, e);
}

/* All that can be stored now, in the order of steps: what waits, and upper tiles. */
static int store_ready_locked(struct pyramid *p, struct err *e)
{
	bool again = true;

	while (again && p->n_stored < p->plan.steps.n) {
		const struct step *s = &p->plan.steps.at[p->n_stored];
		const struct family *f = &p->plan.families.at[s->family];
		struct hist *h = p->upper.level[s->k];

		again = !s->is_unit;
		if (again &&
			(add_tiles(&p->upper, p->upper.r, f, h, s->k, s->x, e) < 0 ||
				store_step_locked(p, s, h, &p->upper.frames, e) < 0))
			return -1;
		for (unsigned i = 0; i < WAITING && !again; i++) {
			struct waiting *w = &p->waiting[i];

			if (w->step != p->n_stored)
				continue;
			if (store_step_locked(p, s, w->roots, &w->frames, e) < 0)
				return -1;
			w->step = SIZE_MAX;
			again = true;
		}
		p->n_stored += again;
	}
	pthread_cond_broadcast(&p->stored);
	return 0;
}

/* Put a done unit aside; false where there is no place. */
static bool wait_aside_locked(struct pyramid *p, struct builder *b, size_t step)
{
	unsigned k = p->plan.steps.at[step].k;

	for (unsigned i = 0; i < WAITING; i++) {
		struct waiting *w = &p->waiting[i];
		struct hist *roots = w->roots;
		struct buf frames = w->frames;

		if (w->step != SIZE_MAX)
			continue;
		*w = (struct waiting){.step = step, .roots = b->level[k], .frames = b->frames};
		b->level[k] = roots;
		b->frames = frames;
		return true;
	}
	return false;
}

/* A unit is done: into the store when its turn has come, aside until then. */
static int hand_in(struct pyramid *p, struct builder *b, size_t step, struct err *e)
{
	const struct step *s = &p->plan.steps.at[step];
	int rc = 0;

	pthread_mutex_lock(&p->lock);
	while (step != p->n_stored && !atomic_load(&p->failed) && !wait_aside_locked(p, b, step))
		pthread_cond_wait(&p->stored, &p->lock);
	if (step == p->n_stored && !atomic_load(&p->failed)) {
		rc = store_step_locked(p, s, b->level[s->k], &b->frames, e);
		p->n_stored++;
		if (rc == 0)
			rc = store_ready_locked(p, e);
	}
	pthread_mutex_unlock(&p->lock);
	return rc;
}

/* The next unit, SIZE_MAX when there is none. */
static size_t take_unit(struct pyramid *p)
{
	size_t step = SIZE_MAX;

	pthread_mutex_lock(&p->lock);
	while (p->n_taken < p->plan.steps.n && !p->plan.steps.at[p->n_taken].is_unit)
		p->n_taken++;
	if (p->n_taken < p->plan.steps.n && !atomic_load(&p->failed))
		step = p->n_taken++;
	pthread_mutex_unlock(&p->lock);
	return step;
}

static void work(void *arg)
{
	struct builder *b = arg;
	struct pyramid *p = b->p;
	struct err e = ERR_INIT;
	size_t step;

	while ((step = take_unit(p)) != SIZE_MAX) {
		const struct step *s = &p->plan.steps.at[step];

		if (build_tree(b, &p->plan.families.at[s->family], s->k, s->x, &e) == 0 &&
			hand_in(p, b, step, &e) == 0)
			continue;
		pthread_mutex_lock(&p->lock);
		if (!atomic_exchange(&p->failed, true))
			p->error = e;
		pthread_cond_broadcast(&p->stored);
		pthread_mutex_unlock(&p->lock);
	}
}

static int build_counter(struct pyramid *p, struct tile_key key, struct err *e)
{
	struct builder *b = &p->upper;
	int64_t id = tile_id(key, tile_reader_meta(b->r)->levels);
	struct block_range range;
	enum tile_source source;

	if (tile_source(b->r, key, &range, &source, e) < 0)
		return -1;
	if (source != TILE_IS_STORED)
		return 0;
	b->bytes.n = 0;
	if (counter_compute(b->r, key, &p->counter, e) < 0 ||
		counter_encode(key, &p->counter, &b->bytes, e) < 0 ||
		(id >= 0 && add_frame(b, id, e) < 0) || store_frames(p, &b->frames, e) < 0)
		return -1;
	for (unsigned half = 0; half < 2 && key.k > 0; half++) {
		struct tile_key child = key;

		child.k--;
		child.x = 2 * key.x + half;
		if (build_counter(p, child, e) < 0)
			return -1;
	}
	return 0;
}

static int build_counters(struct pyramid *p, struct err *e)
{
	const struct meta *m = tile_reader_meta(p->upper.r);

	for (uint32_t y = 0; y < m->n_blocks[VIEW_C]; y++) {
		const struct tile_key key = {.view = VIEW_C, .y = y, .k = (uint8_t)(m->levels - 1)};

		if (build_counter(p, key, e) < 0)
			return -1;
	}
	return 0;
}

/* The second thread stops where the first one was cancelled. */
static bool has_failed(void *context)
{
	struct pyramid *p = context;

	return atomic_load(&p->failed);
}

static int builder_init(struct pyramid *p, struct builder *b, struct cancel cancel, struct err *e)
{
	b->p = p;
	b->r = tile_reader_create(p->st, e);
	if (!b->r)
		return -1;
	tile_reader_set_cancel(b->r, cancel);
	return 0;
}

static int build_all(struct pyramid *p, const struct crew *crew, struct err *e)
{
	const struct cancel other = {.is_cancelled = has_failed, .context = p};
	void *thread = NULL;

	if (builder_init(p, &p->upper, p->cancel, e) < 0 ||
		builder_init(p, &p->builders[0], p->cancel, e) < 0 ||
		builder_init(p, &p->builders[1], other, e) < 0 ||
		plan_make(&p->plan, p->upper.r, e) < 0)
		return -1;
	if (crew && p->plan.steps.n > 1)
		thread = crew->start(crew->context, work, &p->builders[1]);
	work(&p->builders[0]);
	if (thread)
		crew->join(crew->context, thread);
	if (atomic_load(&p->failed))
		return err_set(e, p->error.kind, p->error.offset, "%s", p->error.msg);
	return build_counters(p, e);
}

int pyramid_build(struct store *st, const struct crew *crew, struct cancel cancel, struct err *e)
{
	struct pyramid *p = mem_calloc(1, sizeof(*p));
	int rc;

	if (!p)
		return err_set(e, ERR_MEMORY, -1, "Cannot make pyramid: bytes=%zu", sizeof(*p));
	p->st = st;
	p->cancel = cancel;
	for (unsigned i = 0; i < WAITING; i++)
		p->waiting[i].step = SIZE_MAX;
	p->builders[0].p = p->builders[1].p = p->upper.p = p;
	pthread_mutex_init(&p->lock, NULL);
	pthread_cond_init(&p->stored, NULL);
	rc = build_all(p, crew, e);
	for (unsigned i = 0; i < WAITING; i++) {
		level_clear(p->waiting[i].roots, p->plan.n_most);
		buf_clear(&p->waiting[i].frames);
	}
	builder_clear(&p->builders[0]);
	builder_clear(&p->builders[1]);
	builder_clear(&p->upper);
	plan_clear(&p->plan);
	pthread_cond_destroy(&p->stored);
	pthread_mutex_destroy(&p->lock);
	mem_free(p);
	return rc;
}
