#include "tiles/pyramid_stream.h"

#include "parser/base/err.h"
#include "parser/base/mem.h"

#define ROW_STATES 6 /* that a row has, about */

static int no_memory(struct err *e)
{
	return err_set(e, ERR_MEMORY, -1, "Cannot build the pyramid: out of memory");
}

static unsigned root_level(const struct stream *s)
{
	return tile_reader_meta(s->r)->levels - 1;
}

/* Of a member of the family at hand. */
static struct tile_key key_of(const struct stream *s, size_t member, unsigned k, uint64_t x)
{
	struct tile_key key = s->members.at[s->first + member];

	key.k = (uint8_t)k;
	key.x = x;
	return key;
}

static int is_heavy(struct stream *s, struct tile_key key, bool *heavy, struct err *e)
{
	struct block_range range;
	enum tile_source source;

	if (tile_source(s->r, key, &range, &source, e) < 0)
		return -1;
	*heavy = source == TILE_IS_STORED && tile_id(key, tile_reader_meta(s->r)->levels) >= 0;
	return 0;
}

static int any_is_heavy(struct stream *s, unsigned k, uint64_t x, bool *heavy, struct err *e)
{
	*heavy = false;
	for (size_t i = 0; i < s->n && !*heavy; i++)
		if (is_heavy(s, key_of(s, i, k, x), heavy, e) < 0)
			return -1;
	return 0;
}

static bool is_folded(struct tile_key key)
{
	return key.view <= VIEW_G;
}

/* Histogram planes that a block holds at once. */
static uint64_t planes_of(const struct stream *s, enum view view, uint64_t rows)
{
	return rows * ROW_STATES * (view <= VIEW_G ? 1 : s->depth + 1);
}

/* Levels on which A, and so any block, has a heavy tile. As deep as there are levels. */
static int find_depth(struct stream *s, unsigned k, uint64_t x, unsigned *depth, struct err *e)
{
	const struct tile_key key = {.view = VIEW_A, .k = (uint8_t)k, .x = x};
	unsigned below[2] = {0, 0};
	bool heavy;

	*depth = 0;
	if (is_heavy(s, key, &heavy, e) < 0)
		return -1;
	if (!heavy)
		return 0;
	for (unsigned half = 0; half < 2 && k > 0; half++)
		if (find_depth(s, k - 1, 2 * x + half, &below[half], e) < 0)
			return -1;
	*depth = 1 + (below[0] > below[1] ? below[0] : below[1]);
	return 0;
}

static int add_member(
	struct stream *s, struct tile_key key, uint64_t planes, uint64_t *sum, struct err *e)
{
	if (*sum && *sum + planes > s->family_planes) {
		if (vec_push(&s->ends, s->members.n) < 0)
			return no_memory(e);
		*sum = 0;
	}
	*sum += planes;
	return vec_push(&s->members, key) < 0 ? no_memory(e) : 0;
}

/* The blocks of a view, or those with a heavy tile; or only what planes they take, where sum_only. */
static int add_view(
	struct stream *s, enum view view, bool all, bool sum_only, uint64_t *sum, struct err *e)
{
	for (uint32_t y = 0; y < tile_reader_meta(s->r)->n_blocks[view]; y++) {
		struct tile_key key = {.view = (uint8_t)view, .y = y, .k = (uint8_t)root_level(s)};
		const struct block_index *ix = tile_get_index(s->r, view, y, e);
		uint64_t planes;
		bool heavy = true;

		if (!ix)
			return -1;
		planes = planes_of(s, view, ix->n_rows);
		if (!all && is_heavy(s, key, &heavy, e) < 0)
			return -1;
		if (sum_only)
			*sum += planes;
		else if (heavy && add_member(s, key, planes, sum, e) < 0)
			return -1;
	}
	return 0;
}

/* Blocks in the order of their families. */
static int add_blocks(struct stream *s, struct err *e)
{
	static const enum view joined[] = {VIEW_F, VIEW_M, VIEW_P};
	const struct tile_key a = {.view = VIEW_A, .k = (uint8_t)root_level(s)};
	uint64_t planes = planes_of(s, VIEW_A, 3), sum = planes;
	bool heavy;

	if (is_heavy(s, a, &heavy, e) < 0)
		return -1;
	for (unsigned i = 0; i < 3; i++)
		if (add_view(s, joined[i], true, true, &sum, e) < 0)
			return -1;
	s->is_joint = heavy && sum <= s->family_planes;
	sum = 0;
	if (heavy && add_member(s, a, planes, &sum, e) < 0)
		return -1;
	for (unsigned i = 0; i < 3; i++)
		if (add_view(s, joined[i], s->is_joint, false, &sum, e) < 0)
			return -1;
	if (add_view(s, VIEW_G, false, false, &sum, e) < 0)
		return -1;
	return sum && vec_push(&s->ends, s->members.n) < 0 ? no_memory(e) : 0;
}

int stream_init(struct stream *s, struct tile_reader *r, const struct crew *crew, struct err *e)
{
	s->r = r;
	s->crew = crew;
	s->unit_events = s->unit_events ? s->unit_events : STREAM_UNIT_EVENTS;
	if (s->family_planes == 0) {
		s->family_planes = tile_reader_meta(r)->n_blocks[VIEW_G];
		if (s->family_planes < STREAM_FAMILY_PLANES)
			s->family_planes = STREAM_FAMILY_PLANES;
	}
	if (s->before_store && before_open(&s->before, s->before_store, r, e) < 0)
		return -1;
	if (find_depth(s, root_level(s), 0, &s->depth, e) < 0)
		return -1;
	return add_blocks(s, e);
}

static void end_family(struct stream *s)
{
	for (unsigned k = 0; k < TILE_MAX_LEVELS; k++) {
		for (size_t i = 0; s->level[k] && i < s->n; i++)
			hist_clear(&s->level[k][i]);
		mem_free(s->level[k]);
		s->level[k] = NULL;
	}
	for (size_t i = 0; s->folds && i < s->n * TILE_MAX_LEVELS; i++)
		fold_clear(&s->folds[i]);
	for (size_t i = 0; s->leaf && i < s->n; i++)
		hist_clear(&s->leaf[i]);
	mem_free(s->leaf);
	mem_free(s->folds);
	mem_free(s->keys);
	mem_free(s->hists);
	s->folds = NULL;
	s->leaf = NULL;
	s->is_joint = false;
	s->keys = NULL;
	s->hists = NULL;
	s->n = 0;
}

void stream_clear(struct stream *s)
{
	end_family(s);
	vec_clear(&s->members);
	vec_clear(&s->ends);
	codec_clear(&s->codec);
	before_clear(&s->before);
	tile_reader_destroy(s->r);
	buf_clear(&s->bytes);
	buf_clear(&s->frames);
}

/* As many units as are worth it, by the events of the family. */
static int choose_units(struct stream *s, struct err *e)
{
	uint64_t events = 0, units = 1;

	for (size_t i = 0; i < s->n; i++) {
		struct block_range range;
		enum tile_source source;

		if (tile_source(s->r, s->members.at[s->first + i], &range, &source, e) < 0)
			return -1;
		events += range.n_touch;
	}
	s->unit_k = root_level(s);
	s->unit = 0;
	while (units < STREAM_UNITS && s->unit_k > 0 && events / units > s->unit_events) {
		units *= 2;
		s->unit_k--;
	}
	return 0;
}

static int begin_family(struct stream *s, struct err *e)
{
	s->first = s->family ? s->ends.at[s->family - 1] : 0;
	s->n = s->ends.at[s->family] - s->first;
	s->keys = mem_calloc(s->n, sizeof(*s->keys));
	s->hists = mem_calloc(s->n, sizeof(struct hist *));
	s->leaf = mem_calloc(s->n, sizeof(*s->leaf));
	s->folds = mem_calloc(s->n, TILE_MAX_LEVELS * sizeof(*s->folds));
	if (!s->keys || !s->hists || !s->leaf || !s->folds)
		return no_memory(e);
	if (s->crew && slabs_read_ahead(tile_reader_slabs(s->r), 0, s->crew, e) < 0)
		return -1;
	return choose_units(s, e);
}

static struct hist *level_of(struct stream *s, unsigned k, struct err *e)
{
	if (!s->level[k])
		s->level[k] = mem_calloc(s->n, sizeof(struct hist));
	if (!s->level[k])
		no_memory(e);
	return s->level[k];
}

static struct fold *folds_of(struct stream *s, size_t member)
{
	return s->folds + member * TILE_MAX_LEVELS;
}

/* The heavy tiles of a block in and below one that an earlier snapshot has. As deep as there are levels. */
static int copy_frames(struct stream *s, struct tile_key key, struct err *e)
{
	const struct buf *frame = &s->before.frame;
	uint64_t head[2];
	bool heavy;
	int rc;

	if (is_heavy(s, key, &heavy, e) < 0)
		return -1;
	if (!heavy)
		return 0;
	rc = before_frame(&s->before, key, e);
	head[0] = (uint64_t)tile_id(key, tile_reader_meta(s->r)->levels);
	head[1] = frame->n;
	if (rc > 0 &&
		(buf_append(&s->frames, head, sizeof(head)) < 0 ||
			buf_append(&s->frames, frame->at, frame->n) < 0))
		return no_memory(e);
	for (unsigned half = 0; half < 2 && rc >= 0 && key.k > 0; half++) {
		struct tile_key child = key;

		child.k--;
		child.x = 2 * key.x + half;
		rc = copy_frames(s, child, e);
	}
	return rc < 0 ? -1 : 0;
}

/* Compress s->bytes, a tile, to the frames. */
static int add_frame(struct stream *s, struct tile_key key, struct err *e)
{
	uint64_t head[2] = {(uint64_t)tile_id(key, tile_reader_meta(s->r)->levels), 0};
	size_t at = s->frames.n;

	if (buf_append(&s->frames, head, sizeof(head)) < 0)
		return no_memory(e);
	if (codec_compress(&s->codec, s->bytes.at, s->bytes.n, &s->frames, e) < 0)
		return -1;
	head[1] = s->frames.n - at - sizeof(head);
	memcpy(s->frames.at + at, head, sizeof(head));
	return 0;
}

/* A tile that leaves or finer tiles will make. */
static int begin_tile(struct stream *s, unsigned k, uint64_t x, struct err *e)
{
	struct hist *h = level_of(s, k, e);

	if (!h)
		return -1;
	for (size_t i = 0; i < s->n; i++) {
		struct tile_key key = key_of(s, i, k, x);
		bool heavy;

		if (!is_folded(key))
			hist_reset(&h[i], tile_t0(key), k);
		else if (is_heavy(s, key, &heavy, e) < 0)
			return -1;
		else if (heavy)
			fold_begin(&folds_of(s, i)[k], key);
	}
	return 0;
}

/* An exact tile, if it is heavy, to the frames. */
static int add_exact(struct stream *s, struct tile_key key, struct hist *h, struct err *e)
{
	bool heavy;

	if (is_heavy(s, key, &heavy, e) < 0)
		return -1;
	s->bytes.n = 0;
	if (!heavy)
		return 0;
	return tile_encode_hist(key, h, &s->bytes, e) < 0 ? -1 : add_frame(s, key, e);
}

/* The tile is complete: the heavy ones are frames. */
static int end_tile(struct stream *s, unsigned k, uint64_t x, struct err *e)
{
	for (size_t i = 0; i < s->n; i++) {
		struct tile_key key = key_of(s, i, k, x);
		struct fold *f = &folds_of(s, i)[k];

		if (!is_folded(key)) {
			if (add_exact(s, key, &s->level[k][i], e) < 0)
				return -1;
			continue;
		}
		if (!f->is_open)
			continue;
		s->bytes.n = 0;
		if (fold_end(f, &s->bytes, e) < 0 || add_frame(s, key, e) < 0)
			return -1;
	}
	return 0;
}

/* Level k is complete for the tile: into the one above. */
static int lift(struct stream *s, unsigned k, struct err *e)
{
	for (size_t i = 0; i < s->n; i++)
		if (!is_folded(s->members.at[s->first + i]) &&
			hist_merge(&s->level[k + 1][i], &s->level[k][i], e) < 0)
			return -1;
	return 0;
}

/* A is the sum of the others but G. */
static int sum_up(struct stream *s, unsigned k, uint64_t x, struct err *e)
{
	static const uint8_t row_of[N_VIEWS] = {[VIEW_F] = 0, [VIEW_M] = 1, [VIEW_P] = 2};

	hist_reset(s->hists[0], tile_t0(key_of(s, 0, k, x)), k);
	for (size_t i = 1; i < s->n; i++)
		if (s->keys[i].view != VIEW_G &&
			hist_add_rows(s->hists[0], row_of[s->keys[i].view], s->hists[i], e) < 0)
			return -1;
	return 0;
}

/* How far it is once all before the end of this tile is done: each family takes all slabs. */
static int tell_progress(struct stream *s, unsigned k, uint64_t x, struct err *e)
{
	const struct tile_key tile = {.view = VIEW_A, .k = (uint8_t)k, .x = x};
	const struct block_index *ix = tile_get_index(s->r, VIEW_A, 0, e);
	uint64_t n;

	if (!ix)
		return -1;
	n = ix->chunks.n;
	if (s->progress && n > 0)
		s->progress(s->progress_context,
			s->family * n + block_index_range(ix, 0, tile_t1(tile)).end, s->ends.n * n);
	return 0;
}

/* A tile with nothing heavy below: from the slabs. */
static int make_leaf(struct stream *s, unsigned k, uint64_t x, struct err *e)
{
	struct hist *h = level_of(s, k, e);
	size_t first = s->is_joint ? 1 : 0;

	if (!h)
		return -1;
	for (size_t i = 0; i < s->n; i++) {
		s->keys[i] = key_of(s, i, k, x);
		s->hists[i] = is_folded(s->keys[i]) ? &s->leaf[i] : &h[i];
	}
	if (tile_compute(s->r, s->keys + first, s->n - first, s->hists + first, e) < 0 ||
		(s->is_joint && sum_up(s, k, x, e) < 0))
		return -1;
	for (size_t i = 0; i < s->n; i++)
		if (is_folded(s->keys[i]) &&
			fold_leaf(&folds_of(s, i)[k + 1], root_level(s) - k, s->hists[i], e) < 0)
			return -1;
	return tell_progress(s, k, x, e);
}

/* A tile that an earlier snapshot has serves as a leaf for those above it; what is light there is computed. */
static int take_before(struct stream *s, unsigned k, uint64_t x, struct err *e)
{
	struct hist *h = level_of(s, k, e);
	size_t n_light = 0;

	if (!h)
		return -1;
	for (size_t i = 0; i < s->n; i++) {
		struct tile_key key = key_of(s, i, k, x);
		struct hist *to = is_folded(key) ? &s->leaf[i] : &h[i];
		int rc = before_hist(&s->before, key, to, e);

		if (rc < 0 || copy_frames(s, key, e) < 0)
			return -1;
		if (rc == 0) {
			s->keys[n_light] = key;
			s->hists[n_light++] = to;
		}
	}
	if (tile_compute(s->r, s->keys, n_light, s->hists, e) < 0)
		return -1;
	for (size_t i = 0; i < s->n; i++)
		if (is_folded(s->members.at[s->first + i]) &&
			fold_leaf(&folds_of(s, i)[k + 1], root_level(s) - k, &s->leaf[i], e) < 0)
			return -1;
	return tell_progress(s, k, x, e);
}

/* The finest level: a leaf that may be heavy itself. */
static int make_finest(struct stream *s, uint64_t x, struct err *e)
{
	if (make_leaf(s, 0, x, e) < 0)
		return -1;
	for (size_t i = 0; i < s->n; i++)
		if (add_exact(s, s->keys[i], s->hists[i], e) < 0)
			return -1;
	return 0;
}

static bool is_inside(const struct stream *s, unsigned k, uint64_t x)
{
	return tile_t0((struct tile_key){.k = (uint8_t)k, .x = x}) <=
		tile_reader_meta(s->r)->span_ns;
}

/* A tile with all below it. As deep as there are levels. */
static int make_tree(struct stream *s, unsigned k, uint64_t x, struct err *e)
{
	bool heavy;

	if (k == 0)
		return make_finest(s, x, e);
	if (any_is_heavy(s, k, x, &heavy, e) < 0)
		return -1;
	if (!heavy)
		return make_leaf(s, k, x, e);
	if (before_has(&s->before, k, x))
		return take_before(s, k, x, e);
	if (begin_tile(s, k, x, e) < 0)
		return -1;
	for (uint64_t child = 2 * x; child < 2 * x + 2 && is_inside(s, k - 1, child); child++)
		if (make_tree(s, k - 1, child, e) < 0 || lift(s, k - 1, e) < 0)
			return -1;
	return end_tile(s, k, x, e);
}

/* A unit, and the upper tiles that begin or end with it. */
static int make_unit(struct stream *s, bool is_last, struct err *e)
{
	unsigned root = root_level(s);

	for (unsigned k = root; k > s->unit_k; k--)
		if ((s->unit & ((UINT64_C(1) << (k - s->unit_k)) - 1)) == 0 &&
			begin_tile(s, k, s->unit >> (k - s->unit_k), e) < 0)
			return -1;
	if (make_tree(s, s->unit_k, s->unit, e) < 0)
		return -1;
	for (unsigned k = s->unit_k; k < root; k++) {
		unsigned up = k + 1 - s->unit_k;

		if (lift(s, k, e) < 0)
			return -1;
		if (!is_last && ((s->unit + 1) & ((UINT64_C(1) << up) - 1)) != 0)
			break;
		if (end_tile(s, k + 1, s->unit >> up, e) < 0)
			return -1;
	}
	return 0;
}

int stream_next(struct stream *s, struct err *e)
{
	bool is_last;

	s->frames.n = 0;
	if (s->n == 0) {
		if (s->family == s->ends.n)
			return 0;
		if (begin_family(s, e) < 0)
			return -1;
	}
	is_last = !is_inside(s, s->unit_k, s->unit + 1);
	if (make_unit(s, is_last, e) < 0)
		return -1;
	s->unit++;
	if (is_last) {
		end_family(s);
		s->family++;
	}
	return 1;
}
