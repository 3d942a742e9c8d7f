#include "tiles/tile.h"

#include <string.h>

#include "parser/base/err.h"
#include "parser/base/map.h"
#include "parser/base/vec.h"
#include "tiles/chunk_reader.h"
#include "tiles/counter.h"

#define CACHED_CHUNKS ((size_t)1 << 20) /* 32 MiB of index entries, then all are dropped */

#define KEPT 16

/* The chunk of a block that was played last: where one tile ends the next one begins. */
struct kept {
	int64_t id;
	struct buf plain;
};

struct tile_reader {
	struct store *st;
	struct meta meta;
	struct cancel cancel;
	VEC(struct block_index) indexes;
	struct map index_of; /* block_id -> indexes.at[] */
	size_t n_cached;
	struct hist hist;
	struct counter_tile counter;
	struct buf frame, plain, bytes;
	struct codec codec;
	struct chunk_reader chunk;
	struct kept kept[KEPT];
};

struct tile_reader *tile_reader_create(struct store *st, struct err *e)
{
	struct tile_reader *r = mem_calloc(1, sizeof(*r));

	if (!r) {
		err_set(e, ERR_MEMORY, -1, "Cannot make reader: bytes=%zu", sizeof(*r));
		return NULL;
	}
	r->st = st;
	map_init(&r->index_of);
	if (meta_get(st, &r->meta, e) == 0)
		return r;
	tile_reader_destroy(r);
	return NULL;
}

static void drop_indexes(struct tile_reader *r)
{
	for (size_t i = 0; i < r->indexes.n; i++)
		block_index_clear(&r->indexes.at[i]);
	r->indexes.n = 0;
	r->n_cached = 0;
	map_reset(&r->index_of);
}

void tile_reader_destroy(struct tile_reader *r)
{
	if (!r)
		return;
	drop_indexes(r);
	vec_clear(&r->indexes);
	map_clear(&r->index_of);
	hist_clear(&r->hist);
	for (unsigned i = 0; i < KEPT; i++)
		buf_clear(&r->kept[i].plain);
	buf_clear(&r->frame);
	buf_clear(&r->plain);
	buf_clear(&r->bytes);
	codec_clear(&r->codec);
	mem_free(r);
}

const struct meta *tile_reader_meta(const struct tile_reader *r)
{
	return &r->meta;
}

struct store *tile_reader_store(struct tile_reader *r)
{
	return r->st;
}

void tile_reader_set_cancel(struct tile_reader *r, struct cancel cancel)
{
	r->cancel = cancel;
}

/* As store_get_plain(), in buffers of our own: the store may be shared. */
static int get_plain(struct tile_reader *r, int64_t id, struct buf *out, struct err *e)
{
	int rc = store_get(r->st, id, &r->frame, e);

	if (rc <= 0)
		return rc;
	return codec_decompress(&r->codec, r->frame.at, r->frame.n, CODEC_MAX_PLAIN, out, e) < 0
		? -1
		: 1;
}

static const struct block_index *index_load(struct tile_reader *r, int64_t id, struct err *e)
{
	struct block_index ix = {0};
	int rc;

	if (r->n_cached > CACHED_CHUNKS)
		drop_indexes(r);
	rc = get_plain(r, id, &r->plain, e);
	if (rc < 0 || (rc > 0 && block_index_decode(&ix, r->plain.at, r->plain.n, e) < 0))
		return NULL;
	if (vec_push(&r->indexes, ix) < 0 ||
		map_put(&r->index_of, (uint64_t)id, (uint32_t)r->indexes.n - 1) < 0) {
		block_index_clear(&ix);
		err_set(e, ERR_MEMORY, -1, "Cannot cache index: id=%lld", (long long)id);
		drop_indexes(r);
		return NULL;
	}
	r->n_cached += ix.chunks.n + 1;
	return &r->indexes.at[r->indexes.n - 1];
}

const struct block_index *tile_get_index(
	struct tile_reader *r, enum view view, uint32_t block, struct err *e)
{
	int64_t id = block_id(view, block);
	uint32_t at = map_get(&r->index_of, (uint64_t)id);

	return at != MAP_NONE ? &r->indexes.at[at] : index_load(r, id, e);
}

static int not_found(struct tile_key key, struct err *e)
{
	return err_set(e, ERR_NOT_FOUND, -1, "Cannot find tile: view=%c, k=%u, y=%u, x=%llu",
		key.view < N_VIEWS ? view_letter((enum view)key.view) : '?', key.k, key.y,
		(unsigned long long)key.x);
}

static int64_t chunk_id(
	struct tile_reader *r, enum view view, uint32_t block, uint32_t number, struct err *e)
{
	const struct block_index *ix;

	if (view >= N_VIEWS || view == VIEW_A || block >= r->meta.n_blocks[view])
		return err_set(e, ERR_NOT_FOUND, -1, "Cannot find block: number=%u", block);
	ix = tile_get_index(r, view, block, e);
	if (!ix)
		return -1;
	if (number >= ix->chunks.n)
		return err_set(e, ERR_NOT_FOUND, -1, "Cannot find chunk: block=%u, number=%u",
			block, number);
	return blob_id(BLOB_CHUNK, ix->chunks.at[number].seq);
}

static int got_chunk(int rc, uint32_t block, uint32_t number, struct err *e)
{
	if (rc == 0)
		return err_set(e, ERR_DAMAGED, -1, "Cannot find chunk: block=%u, number=%u", block,
			number);
	return rc < 0 ? -1 : 0;
}

int tile_get_chunk(struct tile_reader *r, enum view view, uint32_t block, uint32_t number,
	struct buf *out, struct err *e)
{
	int64_t id = chunk_id(r, view, block, number, e);

	return id < 0 ? -1 : got_chunk(store_get(r->st, id, out, e), block, number, e);
}

int tile_get_chunk_plain(struct tile_reader *r, enum view view, uint32_t block, uint32_t number,
	struct buf *out, struct err *e)
{
	int64_t id = chunk_id(r, view, block, number, e);

	if (r->cancel.is_cancelled && r->cancel.is_cancelled(r->cancel.context))
		return err_set(
			e, ERR_CANCELLED, -1, "Cannot read chunk: block=%u, cancelled", block);
	return id < 0 ? -1 : got_chunk(get_plain(r, id, out, e), block, number, e);
}

/* The range of one block, added to *sum. */
static int add_range(struct tile_reader *r, enum view view, uint32_t block, struct tile_key key,
	struct block_range *sum, struct err *e)
{
	const struct block_index *ix = tile_get_index(r, view, block, e);
	struct block_range range;

	if (!ix)
		return -1;
	range = block_index_range(ix, tile_t0(key), tile_t1(key));
	sum->first = range.first;
	sum->end = range.end;
	sum->n_touch += range.n_touch;
	sum->n_inside += range.n_inside;
	return 0;
}

static const enum view summed[] = {VIEW_F, VIEW_M, VIEW_P}; /* A: rows 0, 1, 2 */

int tile_source(struct tile_reader *r, struct tile_key key, struct block_range *range,
	enum tile_source *source, struct err *e)
{
	memset(range, 0, sizeof(*range));
	if (!tile_key_is_valid(key, r->meta.levels) || key.y >= r->meta.n_blocks[key.view])
		return not_found(key, e);
	if (key.view != VIEW_A) {
		if (add_range(r, (enum view)key.view, key.y, key, range, e) < 0)
			return -1;
	} else {
		for (unsigned i = 0; i < 3; i++)
			for (uint32_t y = 0; y < r->meta.n_blocks[summed[i]]; y++)
				if (add_range(r, summed[i], y, key, range, e) < 0)
					return -1;
	}
	if (key.view < VIEW_A && range->end - range->first <= TILE_RAW_CHUNKS)
		*source = TILE_IS_RAW;
	else
		*source = range->n_inside > TILE_HEAVY ? TILE_IS_STORED : TILE_IS_COMPUTED;
	return 0;
}

/* A row while chunks are played. */
struct row_now {
	int64_t since;
	uint64_t occupant;
	uint8_t state;
	bool lived_before; /* the occupant was born before the tile */
};

struct play {
	struct hist *h;
	struct chunk_reader *c;
	int64_t origin;
	int64_t end;     /* the trace's */
	bool is_one_row; /* A: all rows go to `one_row` */
	bool is_started;
	unsigned one_row;
	struct row_now now[BLOCK_ROWS];
	int64_t since[BLOCK_ROWS][N_STATES]; /* F */
	bool passed[BLOCK_ROWS];             /* F: an event at or after the tile's begin was seen */
};

static inline unsigned target_of(const struct play *p, unsigned row)
{
	return p->is_one_row ? p->one_row : row;
}

static inline int64_t time_of(const struct play *p, uint64_t ticks)
{
	return chunk_clock(ticks, p->c->ns_per_tick) - p->origin;
}

/* The row's state ends at t. */
static inline int end_state(struct play *p, unsigned row, int64_t t, struct err *e)
{
	struct row_now *now = &p->now[row];
	unsigned to = target_of(p, row);

	if (now->state == STATE_NONE || t <= p->h->t0)
		return 0;
	if (now->since < p->h->t0)
		p->h->row[to].head_n++;
	return hist_add(p->h, to, now->state, 1, now->since, t, e);
}

/* The row's occupant ends at t. */
static inline void end_life(struct play *p, unsigned row, int64_t t)
{
	struct row_now *now = &p->now[row];

	if (now->occupant && now->lived_before && t > p->h->t0 && !p->is_one_row) {
		p->h->row[row].head_g = true;
		p->h->row[row].first_g = now->occupant;
	}
	now->occupant = 0;
}

static inline void begin_life(struct play *p, unsigned row, int64_t t, uint64_t g)
{
	struct hist_row *to = &p->h->row[row];
	struct row_now *now = &p->now[row];

	end_life(p, row, t);
	now->occupant = g;
	now->lived_before = t < p->h->t0;
	if (t < p->h->t0 || t >= p->h->t1 || p->is_one_row)
		return;
	if (to->born++ == 0 && !to->head_g)
		to->first_g = g;
}

static int play_event(struct play *p, const struct chunk_event *ev, struct err *e)
{
	struct row_now *now = &p->now[ev->row];
	int64_t t;

	if (ev->kind == CHUNK_MARK)
		return 0;
	t = time_of(p, ev->ticks);
	if (end_state(p, ev->row, t, e) < 0)
		return -1;
	now->since = t;
	now->state = STATE_NONE;
	if (ev->kind == CHUNK_BORN) {
		begin_life(p, ev->row, t, ev->g);
		return 0;
	}
	if (ev->kind == CHUNK_GONE) {
		end_life(p, ev->row, t);
		return 0;
	}
	now->state = ev->state;
	if (ev->state == STATE_NONE || t < p->h->t0 || t >= p->h->t1)
		return 0;
	p->h->row[target_of(p, ev->row)].starts++;
	return hist_mark(p->h, target_of(p, ev->row), ev->state, t, e);
}

static int play_lanes(struct play *p, struct err *e)
{
	struct chunk_reader *c = p->c;
	struct chunk_event ev;
	int rc;

	for (unsigned i = 0; i < c->n_rows && !p->is_started; i++) {
		p->now[i].since = time_of(p, c->head[i].ticks);
		p->now[i].state = c->head[i].state;
		p->now[i].occupant = c->head[i].occupant;
		p->now[i].lived_before = true;
	}
	p->is_started = true;
	while ((rc = chunk_next_brief(c, &ev, e)) > 0)
		if (play_event(p, &ev, e) < 0)
			return -1;
	return rc;
}

static int end_lanes(struct play *p, struct err *e)
{
	for (unsigned i = 0; i < BLOCK_ROWS; i++) {
		if (end_state(p, i, p->end, e) < 0)
			return -1;
		end_life(p, i, p->end);
	}
	return 0;
}

/* Count all that are alive when the tile begins; alive[] is already after the event. */
static void pass_begin(struct play *p, unsigned row, const struct group_event *ev)
{
	const uint64_t *alive = p->c->alive[row];
	uint64_t n = ev->left != STATE_NONE;

	if (p->passed[row])
		return;
	p->passed[row] = true;
	for (unsigned s = STATE_NONE + 1; s < N_STATES; s++)
		n += alive[s];
	p->h->row[target_of(p, row)].head_n += n - (ev->entered != STATE_NONE);
}

/* The count of a group's state was `n` until t. */
static inline int end_count(
	struct play *p, unsigned row, unsigned state, uint64_t n, int64_t t, struct err *e)
{
	int64_t since = p->since[row][state];

	p->since[row][state] = t;
	return n ? hist_add(p->h, target_of(p, row), state, n, since, t, e) : 0;
}

static int play_group_event(struct play *p, const struct group_event *ev, struct err *e)
{
	const uint64_t *alive = p->c->alive[ev->row];
	int64_t t = time_of(p, ev->ticks);
	unsigned to = target_of(p, ev->row);

	if (t >= p->h->t0)
		pass_begin(p, ev->row, ev);
	if (ev->left == ev->entered)
		return 0;
	if (ev->left != STATE_NONE &&
		end_count(p, ev->row, ev->left, alive[ev->left] + 1, t, e) < 0)
		return -1;
	if (ev->entered == STATE_NONE)
		return 0;
	if (end_count(p, ev->row, ev->entered, alive[ev->entered] - 1, t, e) < 0)
		return -1;
	if (t < p->h->t0 || t >= p->h->t1)
		return 0;
	p->h->row[to].starts++;
	return hist_mark(p->h, to, ev->entered, t, e);
}

static int play_groups(struct play *p, struct err *e)
{
	struct group_event ev;
	int rc;

	for (unsigned i = 0; i < BLOCK_ROWS && !p->is_started; i++)
		for (unsigned s = 0; s < N_STATES; s++)
			p->since[i][s] = INT64_MIN;
	p->is_started = true;
	while ((rc = chunk_next_group(p->c, &ev, e)) > 0)
		if (play_group_event(p, &ev, e) < 0)
			return -1;
	return rc;
}

static int end_groups(struct play *p, struct err *e)
{
	static const struct group_event nothing;

	for (unsigned i = 0; i < BLOCK_ROWS; i++) {
		if (p->end > p->h->t0)
			pass_begin(p, i, &nothing);
		for (unsigned s = STATE_NONE + 1; s < N_STATES; s++)
			if (end_count(p, i, s, p->c->alive[i][s], p->end, e) < 0)
				return -1;
	}
	return 0;
}

/* A chunk's bytes, valid until the block, or another in its place, asks for another one. */
static const struct buf *chunk_to_play(
	struct tile_reader *r, enum view view, uint32_t block, uint32_t number, struct err *e)
{
	struct kept *kept = &r->kept[(block * 5 + view) % KEPT];
	int64_t id = chunk_id(r, view, block, number, e);

	if (id < 0)
		return NULL;
	if (kept->id == id)
		return &kept->plain;
	kept->id = 0;
	if (tile_get_chunk_plain(r, view, block, number, &kept->plain, e) < 0)
		return NULL;
	kept->id = id;
	return &kept->plain;
}

/* Play the chunks of one block that touch the tile into the histogram. */
static int play_block(
	struct tile_reader *r, struct play *p, enum view view, uint32_t block, struct err *e)
{
	const struct block_index *ix = tile_get_index(r, view, block, e);
	struct block_range range;

	if (!ix)
		return -1;
	range = block_index_range(ix, p->h->t0, p->h->t1);
	memset(p->now, 0, sizeof(p->now));
	memset(p->passed, 0, sizeof(p->passed));
	p->is_started = false;
	for (uint32_t n = range.first; n < range.end; n++) {
		const struct buf *plain = chunk_to_play(r, view, block, n, e);

		if (!plain || chunk_open(p->c, plain->at, plain->n, e) < 0)
			return -1;
		if (p->c->view != view || p->c->block != block || p->c->number != n)
			return err_set(e, ERR_DAMAGED, -1,
				"Cannot read chunk: block=%u, number=%u, what=\"place\"", block, n);
		if ((view == VIEW_F ? play_groups(p, e) : play_lanes(p, e)) < 0)
			return -1;
	}
	if (range.first == range.end)
		return 0;
	return view == VIEW_F ? end_groups(p, e) : end_lanes(p, e);
}

int tile_compute(struct tile_reader *r, struct tile_key key, struct hist *h, struct err *e)
{
	struct play p = {.h = h,
		.c = &r->chunk,
		.origin = r->meta.origin_ns,
		.end = r->meta.span_ns,
		.is_one_row = key.view == VIEW_A};

	hist_reset(h, tile_t0(key), key.k);
	if (key.view != VIEW_A)
		return play_block(r, &p, (enum view)key.view, key.y, e);
	for (p.one_row = 0; p.one_row < 3; p.one_row++)
		for (uint32_t y = 0; y < r->meta.n_blocks[summed[p.one_row]]; y++)
			if (play_block(r, &p, summed[p.one_row], y, e) < 0)
				return -1;
	return 0;
}

static int encode(struct tile_reader *r, struct tile_key key, enum tile_source source,
	const struct block_range *range, struct err *e)
{
	r->bytes.n = 0;
	if (source == TILE_IS_RAW)
		return tile_encode_raw(key, range->first, range->end - range->first, &r->bytes, e);
	if (key.view == VIEW_C) {
		if (counter_compute(r, key, &r->counter, e) < 0)
			return -1;
		return counter_encode(key, &r->counter, &r->bytes, e);
	}
	if (tile_compute(r, key, &r->hist, e) < 0)
		return -1;
	return tile_encode_hist(key, &r->hist, &r->bytes, e);
}

int tile_get(struct tile_reader *r, struct tile_key key, struct buf *out, struct err *e)
{
	struct block_range range;
	enum tile_source source;
	int64_t id;

	if (tile_source(r, key, &range, &source, e) < 0)
		return -1;
	id = tile_id(key, r->meta.levels);
	if (source == TILE_IS_STORED && id >= 0) {
		int rc = store_get(r->st, id, out, e);

		if (rc != 0)
			return rc < 0 ? -1 : 0;
	}
	if (encode(r, key, source, &range, e) < 0)
		return -1;
	out->n = 0;
	return codec_compress(store_codec(r->st), r->bytes.at, r->bytes.n, out, e);
}
