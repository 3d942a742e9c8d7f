#include "tiles/slabs.h"

#include <string.h>

#include "parser/base/err.h"
#include "tiles/slabs_ahead.h"
#include "tiles/store.h"

#define MAX_SPREADS 16
#define CUTS        12

/* The chunks of one block in one slab. */
struct cut {
	uint64_t number, used_at;
	enum view view;
	uint32_t block;
	bool is_used;
	VEC(struct buf) chunks;
	size_t n; /* of them; the rest are spare */
};

struct slabs {
	struct store *st;
	struct cancel cancel;
	struct codec codec;
	struct buf frame, plain;
	struct slab_rows rows;
	struct slab_reader reader;
	uint64_t number; /* of the slab that is open, or whose begin the rows are at */
	bool is_open;    /* else the rows are those at the begin of `number`, if has_rows */
	bool is_fresh;   /* open, and nothing handed out */
	bool has_rows;
	bool only_moved; /* the rows tell only what moves do */
	struct spread spreads[MAX_SPREADS];
	uint64_t used_at[MAX_SPREADS];
	struct slabs_ahead *ahead; /* NULL: none */
	uint64_t clock;
	struct chunk_pool pool;
	struct cut cuts[CUTS];
};

struct slabs *slabs_create(struct store *st, struct err *e)
{
	struct slabs *s = mem_calloc(1, sizeof(*s));

	if (!s)
		err_set(e, ERR_MEMORY, -1, "Cannot read slabs: bytes=%zu", sizeof(*s));
	else
		s->st = st;
	return s;
}

void slabs_destroy(struct slabs *s)
{
	if (!s)
		return;
	slabs_ahead_destroy(s->ahead);
	for (unsigned i = 0; i < MAX_SPREADS; i++)
		spread_clear(&s->spreads[i]);
	codec_clear(&s->codec);
	buf_clear(&s->frame);
	buf_clear(&s->plain);
	for (unsigned i = 0; i < CUTS; i++) {
		for (size_t k = 0; k < s->cuts[i].chunks.n; k++)
			buf_clear(&s->cuts[i].chunks.at[k]);
		vec_clear(&s->cuts[i].chunks);
	}
	slab_rows_clear(&s->rows);
	slab_reader_clear(&s->reader);
	chunk_pool_clear(&s->pool);
	mem_free(s);
}

void slabs_set_cancel(struct slabs *s, struct cancel cancel)
{
	s->cancel = cancel;
}

/* The slab's bytes: 1, 0 = there is none, -1. */
static int load(struct slabs *s, uint64_t number, struct err *e)
{
	int rc;

	if (s->cancel.is_cancelled && s->cancel.is_cancelled(s->cancel.context))
		return err_set(e, ERR_CANCELLED, -1, "Cannot read slab: cancelled");
	rc = number >> 60 ? 0 : store_get(s->st, blob_id(BLOB_SLAB, number), &s->frame, e);
	if (rc <= 0)
		return rc;
	return codec_decompress(&s->codec, s->frame.at, s->frame.n, CODEC_MAX_PLAIN, &s->plain, e) <
			0
		? -1
		: 1;
}

static int load_known(struct slabs *s, uint64_t number, struct err *e)
{
	int rc = load(s, number, e);

	if (rc == 0)
		return err_set(e, ERR_DAMAGED, -1, "Cannot find slab: number=%llu",
			(unsigned long long)number);
	return rc < 0 ? -1 : 0;
}

/* Open what is loaded; its rows are its own, or those at hand. */
static int open_loaded(struct slabs *s, uint64_t number, struct err *e)
{
	s->is_open = s->is_fresh = s->has_rows = false;
	if (slab_open(&s->reader, &s->rows, s->plain.at, s->plain.n, e) < 0)
		return -1;
	s->number = number;
	s->is_open = s->is_fresh = true;
	if (s->reader.age == 0)
		s->only_moved = false;
	return 0;
}

/* The end of the open slab: the rows are those at the begin of the next. */
static void close_slab(struct slabs *s, bool only_moved)
{
	s->is_open = s->is_fresh = false;
	s->has_rows = true;
	s->only_moved |= only_moved;
	s->number++;
}

int slabs_next(struct slabs *s, struct slab_event *ev, struct slab_change *change, struct err *e)
{
	int rc = slab_next(&s->reader, ev, change, e);

	s->is_fresh = false;
	if (rc == 0)
		close_slab(s, false);
	if (rc < 0)
		s->is_open = false;
	return rc;
}

static int read_through(struct slabs *s, bool only_moves, struct err *e)
{
	struct slab_change change[1 + SLAB_ENTAILED];
	struct slab_move move[1 + SLAB_ENTAILED];
	struct slab_event ev;
	int rc;

	if (!only_moves) {
		while ((rc = slabs_next(s, &ev, change, e)) > 0)
			;
		return rc;
	}
	while ((rc = slab_next_moves(&s->reader, move, change, e)) > 0)
		;
	if (rc == 0)
		close_slab(s, true);
	return rc;
}

/* May the rows at hand serve? */
static bool rows_will_do(const struct slabs *s, bool only_moves)
{
	return s->has_rows && (only_moves || !s->only_moved);
}

/* Open a slab, its rows as they are before it; in all that they tell, or only as moves leave them. */
static int slabs_open(struct slabs *s, uint64_t number, bool only_moves, struct err *e)
{
	uint64_t from;
	uint32_t age;

	if (s->is_open && s->is_fresh && s->number == number && (only_moves || !s->only_moved))
		return 0;
	if (load_known(s, number, e) < 0 || slab_age(s->plain.at, s->plain.n, &age, e) < 0)
		return -1;
	if (age == 0 || (rows_will_do(s, only_moves) && s->number == number))
		return open_loaded(s, number, e);
	if (age > number)
		return err_set(e, ERR_DAMAGED, -1, "Cannot read slab: what=\"age\"");
	from = number - age;
	if (rows_will_do(s, only_moves) && s->number > from && s->number < number)
		from = s->number;
	for (; from < number; from++)
		if (load_known(s, from, e) < 0 || open_loaded(s, from, e) < 0 ||
			read_through(s, only_moves, e) < 0)
			return -1;
	return load_known(s, number, e) < 0 ? -1 : open_loaded(s, number, e);
}

int slabs_seek(struct slabs *s, uint64_t number, struct err *e)
{
	return slabs_open(s, number, false, e);
}

const struct slab_rows *slabs_rows(const struct slabs *s)
{
	return &s->rows;
}

const struct chunk_head *slabs_before(const struct slabs *s)
{
	return &s->reader.before;
}

/* The place for a new spread: a free one while there is room, else that asked for longest ago. */
static unsigned make_place(const struct slabs *s)
{
	unsigned free = MAX_SPREADS, oldest = 0;
	size_t sum = 0;

	for (unsigned i = 0; i < MAX_SPREADS; i++) {
		sum += spread_bytes(&s->spreads[i]);
		if (!s->spreads[i].is_used)
			free = i;
		if (s->used_at[i] < s->used_at[oldest])
			oldest = i;
	}
	return free < MAX_SPREADS && sum <= SLABS_SPREAD_BYTES ? free : oldest;
}

int slabs_spread(struct slabs *s, uint64_t number, struct spread *sp, struct err *e)
{
	if (slabs_open(s, number, true, e) < 0)
		return -1;
	s->is_fresh = false;
	if (spread_fill(sp, &s->reader, number, e) < 0) {
		s->is_open = false;
		return -1;
	}
	close_slab(s, true);
	return 0;
}

static const struct spread *spread_of(struct slabs *s, uint64_t number, struct err *e)
{
	unsigned i;

	for (i = 0; i < MAX_SPREADS; i++)
		if (s->spreads[i].is_used && s->spreads[i].number == number)
			break;
	if (i == MAX_SPREADS) {
		i = make_place(s);
		if (!(s->ahead && slabs_ahead_take(s->ahead, number, &s->spreads[i])) &&
			slabs_spread(s, number, &s->spreads[i], e) < 0)
			return NULL;
	}
	s->used_at[i] = ++s->clock;
	return &s->spreads[i];
}

int slabs_slice(struct slabs *s, uint64_t number, enum view view, uint32_t block, struct slice *out,
	struct err *e)
{
	const struct spread *sp = spread_of(s, number, e);

	if (!sp)
		return -1;
	*out = spread_slice(sp, view, block);
	return 0;
}

int slabs_read_ahead(struct slabs *s, uint64_t from, const struct crew *crew, struct err *e)
{
	if (!s->ahead)
		s->ahead = slabs_ahead_create(s->st, crew, e);
	if (!s->ahead)
		return -1;
	slabs_ahead_go(s->ahead, from);
	return 0;
}

/* The rows of a block as they are now, into a chunk that is to begin. */
static void take_rows(struct chunk_writer *w, const struct slab_rows *rows)
{
	size_t first = (size_t)w->block * BLOCK_ROWS;
	size_t n = w->view == VIEW_F ? rows->groups.n : rows->view[w->view].n;

	if (w->view == VIEW_G && w->block < rows->n_rows_of.n)
		n = first + rows->n_rows_of.at[w->block];
	w->n_rows = n <= first ? 0 : n - first < BLOCK_ROWS ? (uint8_t)(n - first) : BLOCK_ROWS;
	for (unsigned i = 0; i < w->n_rows; i++) {
		if (w->view == VIEW_F) {
			w->last_ticks[i] = rows->groups.at[first + i].last_ticks;
			memcpy(w->alive[i], rows->groups.at[first + i].alive, sizeof(w->alive[i]));
			continue;
		}
		w->last_ticks[i] = rows->view[w->view].at[first + i].last_ticks;
		w->head[i] = rows->view[w->view].at[first + i].head;
	}
}

static int add_to_chunk(struct chunk_writer *w, const struct slab_event *ev,
	const struct slab_change *change, struct err *e)
{
	const struct group_event group = {.ticks = change->ticks,
		.row = change->group % BLOCK_ROWS,
		.left = change->left,
		.entered = change->entered};

	if (w->view != VIEW_F)
		return ev->view == w->view && ev->row / BLOCK_ROWS == w->block
			? chunk_add(w, &ev->ev, e)
			: 0;
	return change->left != change->entered && change->group / BLOCK_ROWS == w->block
		? chunk_add_group(w, &group, e)
		: 0;
}

static int seal_chunk(struct cut *cut, struct chunk_writer *w, struct err *e)
{
	struct chunk_span span;
	struct buf *out;

	if (cut->n == cut->chunks.n && vec_push(&cut->chunks, (struct buf){0}) < 0)
		return err_set(e, ERR_MEMORY, -1, "Cannot cut slab: chunks=%zu", cut->n);
	out = &cut->chunks.at[cut->n++];
	out->n = 0;
	return chunk_seal(w, out, &span, e);
}

/* All chunks of a block in the slab that was just opened. */
static int cut_slab(struct slabs *s, struct cut *cut, struct chunk_writer *w, struct err *e)
{
	struct slab_change change;
	struct slab_event ev;
	int rc;

	cut->n = 0;
	while ((rc = slabs_next(s, &ev, &change, e)) > 0)
		if (add_to_chunk(w, &ev, &change, e) < 0 ||
			(chunk_is_full(w) && seal_chunk(cut, w, e) < 0))
			return -1;
	if (rc == 0 && chunk_n_events(w) > 0)
		rc = seal_chunk(cut, w, e);
	return rc;
}

static struct cut *find_cut(struct slabs *s, uint64_t number, enum view view, uint32_t block)
{
	struct cut *oldest = &s->cuts[0];

	for (unsigned i = 0; i < CUTS; i++) {
		struct cut *cut = &s->cuts[i];

		if (cut->is_used && cut->number == number && cut->view == view &&
			cut->block == block)
			return cut;
		if (cut->used_at < oldest->used_at)
			oldest = cut;
	}
	oldest->is_used = false;
	oldest->number = number;
	oldest->view = view;
	oldest->block = block;
	return oldest;
}

int slabs_chunk(struct slabs *s, uint64_t number, enum view view, uint32_t block, uint32_t piece,
	uint32_t chunk_number, struct buf *out, struct err *e)
{
	struct cut *cut = find_cut(s, number, view, block);
	struct chunk_writer w;
	int rc = 0;

	if (!cut->is_used) {
		if (slabs_seek(s, number, e) < 0)
			return -1;
		chunk_writer_init(&w, &s->pool, view, block, s->rows.ns_per_tick);
		take_rows(&w, &s->rows);
		w.number = chunk_number - piece;
		rc = cut_slab(s, cut, &w, e);
		chunk_writer_clear(&w);
		cut->is_used = rc == 0;
	}
	cut->used_at = ++s->clock;
	if (rc == 0 && piece >= cut->n)
		return err_set(e, ERR_DAMAGED, -1, "Cannot find chunk: block=%u, number=%u", block,
			chunk_number);
	out->n = 0;
	if (rc == 0 && buf_append(out, cut->chunks.at[piece].at, cut->chunks.at[piece].n) < 0)
		return err_set(e, ERR_MEMORY, -1, "Cannot copy chunk: block=%u", block);
	return rc;
}
