#include "tiles/tile.h"

#include <string.h>

#include "parser/base/err.h"
#include "parser/base/map.h"
#include "parser/base/vec.h"
#include "tiles/counter.h"
#include "tiles/play.h"

#define CACHED_CHUNKS ((size_t)1 << 20) /* 32 MiB of index entries, then all are dropped */

/* A block's part in what is computed: its play, and the slabs that it is in. */
struct part {
	struct play play;
	size_t at, end; /* of r->numbers */
};

struct tile_reader {
	struct store *st;
	struct meta meta;
	VEC(struct block_index) indexes;
	struct map index_of; /* block_id -> indexes.at[] */
	size_t n_cached;
	uint64_t n_slabs; /* 0 not known yet */
	struct hist hist;
	struct counter_tile counter;
	struct buf frame, plain, bytes;
	struct codec codec;
	struct slabs *slabs;
	VEC(struct part) parts;
	VEC(uint64_t) numbers;
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
	r->slabs = slabs_create(st, e);
	if (r->slabs && meta_get(st, &r->meta, e) == 0)
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
	slabs_destroy(r->slabs);
	vec_clear(&r->parts);
	vec_clear(&r->numbers);
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
	slabs_set_cancel(r->slabs, cancel);
}

struct slabs *tile_reader_slabs(struct tile_reader *r)
{
	return r->slabs;
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

/* No index names a slab that there is none of: what walks through slabs ends with them. */
static int check_slabs(
	struct tile_reader *r, int64_t id, const struct block_index *ix, struct err *e)
{
	const struct block_entry *last = ix->chunks.n ? &ix->chunks.at[ix->chunks.n - 1] : NULL;
	bool is_bad = false;

	if (id == block_id(VIEW_A, 0)) {
		for (size_t i = 0; i < ix->chunks.n; i++)
			is_bad |= ix->chunks.at[i].seq != i || ix->chunks.at[i].n_slabs != 1;
		r->n_slabs = ix->chunks.n;
	} else if (last && id < block_id(VIEW_C, 0)) {
		if (r->n_slabs == 0 && !tile_get_index(r, VIEW_A, 0, e))
			return -1;
		is_bad = last->seq + last->n_slabs > r->n_slabs;
	}
	return is_bad ? err_set(e, ERR_DAMAGED, -1, "Cannot read index: what=\"slab\"") : 0;
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
	if (check_slabs(r, id, &ix, e) < 0) {
		block_index_clear(&ix);
		return NULL;
	}
	if (vec_reserve(&r->indexes, r->indexes.n + 1) < 0 ||
		map_put(&r->index_of, (uint64_t)id, (uint32_t)r->indexes.n) < 0) {
		block_index_clear(&ix);
		err_set(e, ERR_MEMORY, -1, "Cannot cache index: id=%lld", (long long)id);
		return NULL;
	}
	r->indexes.at[r->indexes.n++] = ix;
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

/* The index of a block that has such a chunk. */
static const struct block_index *index_with(
	struct tile_reader *r, enum view view, uint32_t block, uint32_t number, struct err *e)
{
	const struct block_index *ix;

	if (view >= N_VIEWS || view == VIEW_A || block >= r->meta.n_blocks[view]) {
		err_set(e, ERR_NOT_FOUND, -1, "Cannot find block: number=%u", block);
		return NULL;
	}
	ix = tile_get_index(r, view, block, e);
	if (ix && number >= ix->chunks.n) {
		err_set(e, ERR_NOT_FOUND, -1, "Cannot find chunk: block=%u, number=%u", block,
			number);
		return NULL;
	}
	return ix;
}

static int get_counter_chunk(struct tile_reader *r, uint64_t seq, struct buf *out, struct err *e)
{
	int rc = get_plain(r, blob_id(BLOB_COUNTER, seq), out, e);

	if (rc == 0)
		return err_set(e, ERR_DAMAGED, -1, "Cannot find chunk: counter, number=%llu",
			(unsigned long long)seq);
	return rc < 0 ? -1 : 0;
}

int tile_get_chunk_plain(struct tile_reader *r, enum view view, uint32_t block, uint32_t number,
	struct buf *out, struct err *e)
{
	const struct block_index *ix = index_with(r, view, block, number, e);

	if (!ix)
		return -1;
	if (view == VIEW_C)
		return get_counter_chunk(r, ix->chunks.at[number].seq, out, e);
	return slabs_chunk(r->slabs, view, block, ix, number, out, e);
}

int tile_get_chunk(struct tile_reader *r, enum view view, uint32_t block, uint32_t number,
	struct buf *out, struct err *e)
{
	if (tile_get_chunk_plain(r, view, block, number, &r->plain, e) < 0)
		return -1;
	out->n = 0;
	return codec_compress(&r->codec, r->plain.at, r->plain.n, out, e);
}

static const enum view summed[] = {VIEW_F, VIEW_M, VIEW_P}; /* A: rows 0, 1, 2 */

/* To compute it slabs must be read; to store it takes room by its events. */
static bool is_heavy(const struct block_range *range)
{
	return range->n_slabs > TILE_MANY_SLABS ||
		(range->n_slabs > TILE_SLABS && range->n_inside * range->n_slabs > TILE_HEAVY);
}

int tile_source(struct tile_reader *r, struct tile_key key, struct block_range *range,
	enum tile_source *source, struct err *e)
{
	const struct block_index *ix;

	if (!tile_key_is_valid(key, r->meta.levels) || key.y >= r->meta.n_blocks[key.view])
		return not_found(key, e);
	ix = tile_get_index(r, (enum view)key.view, key.y, e);
	if (!ix)
		return -1;
	*range = block_index_range(ix, tile_t0(key), tile_t1(key));
	if (key.view < VIEW_A && range->end - range->first <= TILE_RAW_CHUNKS)
		*source = TILE_IS_RAW;
	else
		*source = is_heavy(range) ? TILE_IS_STORED : TILE_IS_COMPUTED;
	return 0;
}

static int no_memory(struct err *e)
{
	return err_set(e, ERR_MEMORY, -1, "Cannot compute tile: out of memory");
}

/* The block's slabs that touch the tile, after the first that touches it in any block: that one tells
 * what held when the tile began. A chunk may lie in more slabs than touch the tile. */
static int add_numbers(struct tile_reader *r, struct part *part, struct err *e)
{
	const struct block_index *ix = tile_get_index(r, VIEW_A, 0, e);
	const struct hist *h = part->play.h;
	struct block_range slabs, range;
	uint64_t next;

	if (!ix)
		return -1;
	slabs = block_index_range(ix, h->t0, h->t1);
	if (slabs.first == slabs.end)
		return 0;
	next = slabs.first + 1; /* slabs before are noted */
	if (vec_push(&r->numbers, slabs.first) < 0)
		return no_memory(e);
	ix = tile_get_index(r, part->play.view, part->play.block, e);
	if (!ix)
		return -1;
	range = block_index_range(ix, h->t0, h->t1);
	for (uint32_t i = range.first; i < range.end; i++) {
		const struct block_entry *c = &ix->chunks.at[i];

		if (next < c->seq)
			next = c->seq;
		for (; next < c->seq + c->n_slabs && next < slabs.end; next++)
			if (vec_push(&r->numbers, next) < 0)
				return no_memory(e);
	}
	return 0;
}

static int add_part(struct tile_reader *r, struct hist *h, enum view view, uint32_t block,
	unsigned one_row, struct err *e)
{
	struct part *part;

	if (vec_reserve(&r->parts, r->parts.n + 1) < 0)
		return no_memory(e);
	part = &r->parts.at[r->parts.n++];
	play_begin(&part->play, h, view, block, r->meta.origin_ns, r->meta.span_ns);
	part->play.is_one_row = one_row < BLOCK_ROWS;
	part->play.one_row = one_row;
	part->at = r->numbers.n;
	if (add_numbers(r, part, e) < 0)
		return -1;
	part->end = r->numbers.n;
	return 0;
}

/* The slab that comes next for any part; UINT64_MAX at the end. */
static uint64_t next_number(const struct tile_reader *r)
{
	uint64_t next = UINT64_MAX;

	for (size_t i = 0; i < r->parts.n; i++) {
		const struct part *part = &r->parts.at[i];

		if (part->at < part->end && r->numbers.at[part->at] < next)
			next = r->numbers.at[part->at];
	}
	return next;
}

/* All parts at once, slab by slab: each slab is read once. */
static int play_parts(struct tile_reader *r, struct err *e)
{
	uint64_t number;

	while ((number = next_number(r)) != UINT64_MAX)
		for (size_t i = 0; i < r->parts.n; i++) {
			struct part *part = &r->parts.at[i];
			struct slice slice;

			if (part->at == part->end || r->numbers.at[part->at] != number)
				continue;
			part->at++;
			if (slabs_slice(r->slabs, number, part->play.view, part->play.block, &slice,
				    e) < 0 ||
				play_slice(&part->play, &slice, e) < 0)
				return -1;
		}
	for (size_t i = 0; i < r->parts.n; i++)
		if (play_end(&r->parts.at[i].play, e) < 0)
			return -1;
	return 0;
}

static int add_parts(struct tile_reader *r, struct tile_key key, struct hist *h, struct err *e)
{
	hist_reset(h, tile_t0(key), key.k);
	if (key.view != VIEW_A)
		return add_part(r, h, (enum view)key.view, key.y, BLOCK_ROWS, e);
	for (unsigned row = 0; row < 3; row++)
		for (uint32_t y = 0; y < r->meta.n_blocks[summed[row]]; y++)
			if (add_part(r, h, summed[row], y, row, e) < 0)
				return -1;
	return 0;
}

int tile_compute(struct tile_reader *r, const struct tile_key *keys, size_t n,
	struct hist *const *h, struct err *e)
{
	r->parts.n = r->numbers.n = 0;
	for (size_t i = 0; i < n; i++)
		if (add_parts(r, keys[i], h[i], e) < 0)
			return -1;
	return play_parts(r, e);
}

int tile_compute_lives(
	struct tile_reader *r, const struct tile_life *lives, size_t n, struct err *e)
{
	r->parts.n = r->numbers.n = 0;
	for (size_t i = 0; i < n; i++) {
		if (add_part(r, lives[i].h, VIEW_G, lives[i].block, BLOCK_ROWS, e) < 0)
			return -1;
		r->parts.at[i].play.life = lives[i].g;
	}
	return play_parts(r, e);
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
	if (tile_compute(r, &key, 1, &(struct hist *){&r->hist}, e) < 0)
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
