#include "tiles/slabs.h"

#include <string.h>

#include "parser/base/err.h"
#include "tiles/block_index.h"
#include "tiles/slabs_ahead.h"
#include "tiles/store.h"

#define MAX_SPREADS   16
#define LEAST_SPREADS 2 /* that are kept, however large: where one range ends the next begins */
#define LEAST_AHEAD   6 /* the same where slabs are gone through: clocks step back by some */
#define CUTS          12
#define ASK_EVENTS    4096

/* The chunks of one block that begin in one slab. */
struct cut {
	uint64_t used_at;
	enum view view;
	uint32_t block;
	uint32_t first; /* number of the first */
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
	uint32_t until_asked; /* events handed out before the caller is asked whether he goes on */
	uint64_t number;      /* of the slab that is open, or whose begin the rows are at */
	bool is_open;         /* else the rows are those at the begin of `number`, if has_rows */
	bool is_fresh;        /* open, and nothing handed out */
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

static int ask(struct slabs *s, struct err *e)
{
	s->until_asked = ASK_EVENTS;
	if (s->cancel.is_cancelled && s->cancel.is_cancelled(s->cancel.context))
		return err_set(e, ERR_CANCELLED, -1, "Cannot read slab: cancelled");
	return 0;
}

/* The slab's bytes: 1, 0 = there is none, -1. */
static int load(struct slabs *s, uint64_t number, struct err *e)
{
	int rc;

	s->is_open = s->is_fresh = false; /* its bytes go */
	if (ask(s, e) < 0)
		return -1;
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
	int rc = --s->until_asked == 0 ? ask(s, e) : 0;

	if (rc == 0)
		rc = slab_next(&s->reader, ev, change, e);
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
	s->is_open = s->is_fresh = false;
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
	bool goes_on; /* from rows at hand */

	if (s->is_open && s->is_fresh && s->number == number && (only_moves || !s->only_moved))
		return 0;
	if (load_known(s, number, e) < 0 || slab_age(s->plain.at, s->plain.n, &age, e) < 0)
		return -1;
	if (age == 0 || (rows_will_do(s, only_moves) && s->number == number))
		return open_loaded(s, number, e);
	if (age > number)
		return err_set(e, ERR_DAMAGED, -1, "Cannot read slab: what=\"age\"");
	from = number - age;
	goes_on = rows_will_do(s, only_moves) && s->number > from && s->number < number;
	for (from = goes_on ? s->number : from; from < number; from++) {
		if (load_known(s, from, e) < 0 || open_loaded(s, from, e) < 0)
			return -1;
		if (!goes_on && s->reader.age != 0)
			return err_set(e, ERR_DAMAGED, -1, "Cannot read slab: what=\"age\"");
		goes_on = true;
		if (read_through(s, only_moves, e) < 0)
			return -1;
	}
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

/* The place for a new spread; those that were asked for longest ago go where all take too much. */
static unsigned make_place(struct slabs *s)
{
	unsigned least = s->ahead ? LEAST_AHEAD : LEAST_SPREADS;

	for (;;) {
		unsigned free = MAX_SPREADS, oldest = MAX_SPREADS, n = 0;
		size_t sum = 0;

		for (unsigned i = 0; i < MAX_SPREADS; i++) {
			sum += s->spreads[i].n_bytes;
			n += s->spreads[i].is_used;
			if (!s->spreads[i].is_used)
				free = i;
			else if (oldest == MAX_SPREADS || s->used_at[i] < s->used_at[oldest])
				oldest = i;
		}
		if (n < least || (n < MAX_SPREADS && sum <= SLABS_SPREAD_BYTES))
			return free;
		if (n == least)
			return oldest;
		spread_clear(&s->spreads[oldest]);
	}
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

	if (ask(s, e) < 0)
		return NULL;
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

/* The next event of the block into the writer, from this slab or those behind: 1, 0 at the end of the
 * slab, -1. */
static int cut_event(struct slabs *s, struct chunk_writer *w, struct err *e)
{
	uint32_t before = chunk_n_events(w);
	struct slab_change change;
	struct slab_event ev;
	int rc;

	while ((rc = slabs_next(s, &ev, &change, e)) > 0) {
		if (add_to_chunk(w, &ev, &change, e) < 0)
			return -1;
		if (chunk_n_events(w) > before)
			return 1;
	}
	return rc;
}

/* So many events of the block into the writer, and a chunk of them; it may go on in later slabs. */
static int cut_chunk(struct slabs *s, struct cut *cut, struct chunk_writer *w, uint32_t n_events,
	uint32_t n_slabs, struct err *e)
{
	while (chunk_n_events(w) < n_events) {
		int rc = cut_event(s, w, e);

		if (rc > 0)
			continue;
		if (rc == 0 && --n_slabs == 0)
			return err_set(e, ERR_DAMAGED, -1, "Cannot find chunk: block=%u, number=%u",
				w->block, w->number);
		if (rc < 0 || slabs_seek(s, s->number, e) < 0)
			return -1;
		if (s->rows.ns_per_tick != w->ns_per_tick)
			return err_set(e, ERR_DAMAGED, -1, "Cannot cut slab: what=\"clock rate\"");
	}
	return n_events ? seal_chunk(cut, w, e) : 0;
}

/* Chunks first ... of the index, as many as begin in the same slab. */
static int cut_slab(struct slabs *s, struct cut *cut, const struct block_index *ix, struct err *e)
{
	const struct block_entry *c = &ix->chunks.at[cut->first];
	uint64_t seq = c->seq;
	struct chunk_writer w;
	int rc;

	if (slabs_seek(s, seq, e) < 0)
		return -1;
	chunk_writer_init(&w, &s->pool, cut->view, cut->block, s->rows.ns_per_tick);
	take_rows(&w, &s->rows);
	cut->n = 0;
	for (uint32_t skip = c->skip, n; skip > 0; skip -= n) {
		n = skip < CHUNK_EVENTS ? skip : CHUNK_EVENTS;
		if (cut_chunk(s, cut, &w, n, 1, e) < 0)
			goto failed;
	}
	cut->n = 0;
	w.number = cut->first;
	for (size_t i = cut->first; i < ix->chunks.n && ix->chunks.at[i].seq == seq; i++) {
		c = &ix->chunks.at[i];
		if (c->n_events > CHUNK_EVENTS) {
			err_set(e, ERR_DAMAGED, -1, "Cannot cut slab: events=%u", c->n_events);
			goto failed;
		}
		if (cut_chunk(s, cut, &w, c->n_events, c->n_slabs, e) < 0)
			goto failed;
	}
	rc = 0;
out:
	chunk_writer_clear(&w);
	return rc;
failed:
	rc = -1;
	goto out;
}

static struct cut *find_cut(struct slabs *s, enum view view, uint32_t block, uint32_t first)
{
	struct cut *oldest = &s->cuts[0];

	for (unsigned i = 0; i < CUTS; i++) {
		struct cut *cut = &s->cuts[i];

		if (cut->is_used && cut->view == view && cut->block == block && cut->first == first)
			return cut;
		if (cut->used_at < oldest->used_at)
			oldest = cut;
	}
	oldest->is_used = false;
	oldest->view = view;
	oldest->block = block;
	oldest->first = first;
	return oldest;
}

int slabs_chunk(struct slabs *s, enum view view, uint32_t block, const struct block_index *ix,
	uint32_t number, struct buf *out, struct err *e)
{
	const struct buf *chunk;
	uint32_t first = number;
	struct cut *cut;

	while (first > 0 && ix->chunks.at[first - 1].seq == ix->chunks.at[number].seq)
		first--;
	cut = find_cut(s, view, block, first);
	if (!cut->is_used && cut_slab(s, cut, ix, e) < 0)
		return -1;
	cut->is_used = true;
	cut->used_at = ++s->clock;
	chunk = &cut->chunks.at[number - first];
	out->n = 0;
	if (buf_append(out, chunk->at, chunk->n) < 0)
		return err_set(e, ERR_MEMORY, -1, "Cannot copy chunk: block=%u", block);
	return 0;
}
