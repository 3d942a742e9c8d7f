/* record_code() and row_code() are the format, in both directions: a field that is coded is set,
 * and has the same value after it, so what is likely can lean on all fields above. All arithmetic
 * is modulo 2^64. */
#include "tiles/goroutine_page.h"

#include <assert.h>
#include <string.h>

#include "tiles/tile_key.h"

#define GOROUTINE_RUN 16 /* ids that a proc takes at once (runtime/proc.go): n * 16 + 1 .. */

enum { FLAG_BORN_KNOWN = 1, FLAG_ALIVE = 2 };

static uint64_t flags_of(const struct goroutine *g)
{
	return (g->born_known ? FLAG_BORN_KNOWN : 0) | (g->is_alive ? FLAG_ALIVE : 0);
}

static uint64_t states_of(const struct goroutine *g)
{
	uint64_t states = 0;

	for (unsigned s = 0; s < N_STATES; s++)
		states |= g->time_ns[s] ? UINT64_C(1) << s : 0;
	return states;
}

static unsigned longest_of(const struct goroutine *g)
{
	unsigned longest = 0;

	for (unsigned s = 1; s < N_STATES; s++)
		if (g->time_ns[s] > g->time_ns[longest])
			longest = s;
	return longest;
}

/* By id. */
static struct goroutine *record(struct goroutine_page *p, uint32_t i)
{
	return &p->at[p->ids[i].value];
}

/* What record_code() leans on beside the group's last record. */
struct before {
	const struct goroutine *g; /* the record before */
	uint64_t longest_time;     /* its time in its longest state */
	uint64_t corr[2];          /* of its birth, its end */
	bool is_usual,
		is_brother; /* was it what its group usually is, of the same creator as its own? */
};

/* Who created it: mostly who created the one before, or the last of the group. */
static void creator_code(
	struct goroutine_page *p, struct goroutine *g, struct goroutine_likely *l, struct before *b)
{
	bool is_refill = g->id % GOROUTINE_RUN == 1;

	b->is_brother = range_bit(&p->coder, &p->models.is_brother[is_refill][b->is_brother],
		g->creator == b->g->creator);
	g->creator = b->is_brother
		? b->g->creator
		: range_near(&p->coder, &p->models.creator, l->creator, g->creator);
	l->creator = g->creator;
}

/* What is the same for most records of a group, in one bit when all of it is; the time in no state. */
static uint64_t usual_code(struct goroutine_page *p, struct goroutine *g,
	struct goroutine_likely *l, struct before *b, uint64_t no_state)
{
	struct goroutine_models *m = &p->models;
	struct range_coder *c = &p->coder;
	uint64_t flags = flags_of(g), states = states_of(g), longest = longest_of(g);
	uint64_t stack = b->is_brother ? b->g->creator_stack : l->creator_stack;
	bool is_usual = g->function == l->function && g->creator_stack == stack &&
		flags == l->flags && states == l->states && longest == l->longest && !no_state;

	b->is_usual = range_bit(c, &m->is_usual[b->is_usual], is_usual);
	if (b->is_usual) {
		no_state = 0;
	} else {
		l->function = range_near(c, &m->function, l->function, g->function);
		stack = range_near(c, &m->creator_stack, stack, g->creator_stack);
		l->flags = range_number(c, &m->flags, flags);
		l->states = range_number(c, &m->states, states ^ l->states) ^ l->states;
		l->longest = range_number(c, &m->longest, longest) % N_STATES;
		no_state = range_near(c, &m->no_state, 0, no_state);
	}
	l->creator_stack = stack;
	g->function = (uint32_t)l->function;
	g->creator_stack = (uint32_t)stack;
	g->born_known = l->flags & FLAG_BORN_KNOWN;
	g->is_alive = (l->flags & FLAG_ALIVE) != 0;
	return no_state;
}

/* The times in all states but the longest; their sum. */
static uint64_t states_code(
	struct goroutine_page *p, struct goroutine *g, const struct goroutine_likely *l)
{
	uint64_t sum = 0;

	for (unsigned s = 0; s < N_STATES; s++) {
		if (s == l->longest || !(l->states >> s & 1))
			continue;
		g->time_ns[s] = range_number(&p->coder, &p->models.time[s], g->time_ns[s]);
		sum += g->time_ns[s];
	}
	return sum;
}

/* The end, by the guess that was best for the group so far. `known` is the part of the life that is
 * told already. */
static void end_code(struct goroutine_page *p, struct goroutine *g, struct goroutine_likely *l,
	struct before *b, uint64_t known)
{
	uint64_t guess[N_GUESSES], end = (uint64_t)g->gone_t;
	unsigned best = 0;

	guess[GUESS_RUN] = (uint64_t)b->g->gone_t + known;
	guess[GUESS_LIFE] = (uint64_t)g->born_t + l->longest_time + known;
	guess[GUESS_WAIT] = (uint64_t)g->born_t + b->longest_time + known;
	guess[GUESS_SAME] = (uint64_t)b->g->gone_t;
	for (unsigned i = 1; i < N_GUESSES; i++)
		if (l->spread[i] < l->spread[best])
			best = i;
	end = range_near(&p->coder, &p->models.gone[best][b->is_brother], guess[best], end);
	for (unsigned i = 0; i < N_GUESSES; i++) {
		uint64_t miss = end - guess[i];

		l->spread[i] += 16 * range_length(zigzag_of(miss - l->miss[i])) - l->spread[i] / 16;
		l->miss[i] = miss;
	}
	g->gone_t = (int64_t)end;
	l->longest_time = end - (uint64_t)g->born_t - known;
	b->longest_time = l->longest_time;
	g->time_ns[l->longest] = l->longest_time;
}

/* T of a birth or an end, `what` 0 or 1, as the correction to page time. */
static int64_t time_code(
	struct goroutine_page *p, struct before *b, unsigned what, int64_t t, int64_t time_ns)
{
	uint64_t clock = ((uint64_t)t << p->shift) + p->origin;
	unsigned size = range_length(b->corr[what]);

	b->corr[what] = zigzag_of((uint64_t)time_ns - clock);
	b->corr[what] =
		range_number(&p->coder, &p->models.corr[what][size < 2 ? size : 2], b->corr[what]);
	return (int64_t)(clock + zigzag_undo(b->corr[what]));
}

static void record_code(struct goroutine_page *p, struct goroutine *g, struct before *b)
{
	struct goroutine_models *m = &p->models;
	struct range_coder *c = &p->coder;
	uint64_t known = (uint64_t)g->gone_t - (uint64_t)g->born_t;
	struct goroutine_likely *l;

	for (unsigned s = 0; s < N_STATES; s++)
		known -= g->time_ns[s];
	l = &p->likely[g->group % GOROUTINE_LIKELY];
	creator_code(p, g, l, b);
	known = usual_code(p, g, l, b, known);
	g->born_t = (int64_t)range_near(
		c, &m->born[b->is_brother], (uint64_t)b->g->born_t, (uint64_t)g->born_t);
	known += states_code(p, g, l);
	end_code(p, g, l, b, known);
	g->born_time_ns = time_code(p, b, 0, g->born_t, g->born_time_ns);
	g->gone_time_ns = time_code(p, b, 1, g->gone_t, g->gone_time_ns);
	b->g = g;
}

static void heap_push(uint64_t *heap, size_t n, uint64_t row)
{
	for (; n > 0; n = (n - 1) / 2) {
		uint64_t parent = heap[(n - 1) / 2];

		if (parent <= row)
			break;
		heap[n] = parent;
	}
	heap[n] = row;
}

/* Take the top off a heap of n rows. */
static void heap_pop(uint64_t *heap, size_t n)
{
	uint64_t last = heap[n - 1];
	size_t at = 0;

	for (size_t child = 1; child < n - 1; child = 2 * at + 1) {
		if (child + 1 < n - 1 && heap[child + 1] < heap[child])
			child++;
		if (last <= heap[child])
			break;
		heap[at] = heap[child];
		at = child;
	}
	heap[at] = last;
}

/* A birth: its row of the view. Rows that ended in this page, and stand below, were taken by births
 * of other pages. `was_freed`: the last birth of the page took a row that ended in it. */
static uint64_t row_code(struct goroutine_page *p, uint32_t begin, uint64_t row, bool *was_freed)
{
	struct range_coder *c = &p->coder;
	uint64_t *heap = &p->freed[begin], skip = 0;
	uint16_t *n = &p->heap_n[begin];
	bool is_freed = false;

	if (c->out)
		for (; *n > 0 && heap[0] < row; skip++)
			heap_pop(heap, (*n)--);
	if (c->out ? *n + skip > 0 : *n > 0)
		is_freed =
			range_bit(c, &p->models.is_row_freed[*was_freed], *n > 0 && heap[0] == row);
	*was_freed = is_freed;
	if (!is_freed) {
		row = range_near(c, &p->models.row, p->row_last[begin], row);
		while (*n > 0 && heap[0] < row)
			heap_pop(heap, (*n)--);
		return row;
	}
	for (skip = range_number(c, &p->models.row_skip, skip); !c->out && skip && *n > 1; skip--)
		heap_pop(heap, (*n)--);
	row = heap[0];
	heap_pop(heap, (*n)--);
	return row;
}

/* Where each group's heap lies: in groups[], sorted, from its first record on. */
static void heaps_place(struct goroutine_page *p)
{
	uint32_t begin = 0;

	for (uint32_t i = 0; i < p->n; i++)
		p->groups[i] = (struct sort_item){.key = record(p, i)->group, .value = i};
	sort_like_go(p->groups, p->n);
	for (uint32_t i = 0; i < p->n; i++) {
		if (p->groups[i].key != p->groups[begin].key)
			begin = i;
		p->heap_of[p->groups[i].value] = (uint16_t)begin;
		p->heap_n[i] = 0;
		p->row_last[i] = 0;
		p->has_row[i] = false;
	}
}

static uint64_t row_of(const struct goroutine *g)
{
	return (uint64_t)g->block * BLOCK_ROWS + g->row;
}

/* An end frees the row, unless the birth is yet to come (which no trace has). */
static void end_row(struct goroutine_page *p, uint32_t i)
{
	uint32_t begin = p->heap_of[i];

	if (p->has_row[i])
		heap_push(&p->freed[begin], p->heap_n[begin]++, row_of(record(p, i)));
}

/* Births and ends in order of T, which is the order in which rows were given out. */
static void rows_code(struct goroutine_page *p)
{
	bool was_freed = false;
	uint32_t n = p->n, end = 0;

	heaps_place(p);
	for (uint32_t i = 0; i < n; i++) {
		const struct goroutine *g = record(p, i);

		p->births[i] = (struct sort_item){.key = g->born_time_ns, .value = i};
		p->ends[i] = (struct sort_item){.key = g->gone_time_ns, .value = i};
	}
	sort_like_go_with(p->births, n, p->room);
	sort_like_go_with(p->ends, n, p->room);
	for (uint32_t i = 0; i < n; i++) {
		struct goroutine *g = record(p, p->births[i].value);
		uint32_t begin = p->heap_of[p->births[i].value];
		uint64_t row = row_of(g);

		for (; end < n && p->ends[end].key <= p->births[i].key; end++)
			end_row(p, p->ends[end].value);
		row = row_code(p, begin, row, &was_freed);
		g->block = (uint32_t)(row / BLOCK_ROWS);
		g->row = row % BLOCK_ROWS;
		p->row_last[begin] = row;
		p->has_row[p->births[i].value] = true;
	}
}

static void page_start(struct goroutine_page *p)
{
	memset(&p->models, 0, sizeof(p->models));
	memset(p->likely, 0, sizeof(p->likely));
}

static void ids_code(struct goroutine_page *p)
{
	uint64_t id = 0;

	for (uint32_t i = 0; i < p->n; i++) {
		id += range_number(&p->coder, &p->models.id, (uint64_t)p->ids[i].key - id);
		p->ids[i].key = (int64_t)id;
	}
}

static void groups_code(struct goroutine_page *p)
{
	uint32_t group = 0;

	for (uint32_t i = 0; i < p->n; i++) {
		struct goroutine *g = record(p, i);

		group = (uint32_t)range_near(&p->coder, &p->models.group, group, g->group);
		g->group = group;
	}
}

static void rest_code(struct goroutine_page *p)
{
	static const struct goroutine nobody;
	struct before b = {.g = &nobody};

	for (uint32_t i = 0; i < p->n; i++)
		record_code(p, record(p, i), &b);
	rows_code(p);
}

/* All times by 2^shift, which loses nothing. */
static void shift_choose(struct goroutine_page *p)
{
	uint64_t bits = 0;

	p->origin = (uint64_t)INT64_MAX;
	for (uint32_t i = 0; i < p->n; i++) {
		const struct goroutine *g = &p->at[i];
		int64_t origin = (int64_t)((uint64_t)g->born_time_ns - (uint64_t)g->born_t);

		bits |= (uint64_t)g->born_t | (uint64_t)g->gone_t;
		for (unsigned s = 0; s < N_STATES; s++)
			bits |= g->time_ns[s];
		if (origin < (int64_t)p->origin)
			p->origin = (uint64_t)origin;
	}
	p->shift = bits ? (unsigned)__builtin_ctzll(bits) : 0;
	for (uint32_t i = 0; i < p->n; i++) {
		struct goroutine *g = &p->at[i];

		g->born_t >>= p->shift;
		g->gone_t >>= p->shift;
		for (unsigned s = 0; s < N_STATES; s++)
			g->time_ns[s] = (uint64_t)((int64_t)g->time_ns[s] >> p->shift);
	}
}

int goroutine_page_encode(struct goroutine_page *p, struct buf *out)
{
	assert(p->n <= GOROUTINE_PAGE);
	shift_choose(p);
	if (buf_reserve(out, (size_t)2 * BUF_VARINT_MAX) < 0)
		return -1;
	buf_put_varint(out, p->shift);
	buf_put_zigzag(out, p->origin);
	for (uint32_t i = 0; i < p->n; i++)
		p->ids[i] = (struct sort_item){.key = (int64_t)p->at[i].id, .value = i};
	sort_like_go_with(p->ids, p->n, p->room);
	page_start(p);
	range_coder_init_put(&p->coder, out);
	ids_code(p);
	groups_code(p);
	rest_code(p);
	return range_coder_end(&p->coder);
}

int goroutine_page_ids(struct goroutine_page *p, uint32_t n, struct bytes bytes)
{
	uint64_t shift = bytes_uvarint(&bytes);

	assert(n <= GOROUTINE_PAGE);
	p->origin = zigzag_undo(bytes_uvarint(&bytes));
	p->n = 0;
	if (bytes.bad || shift > 63)
		return -1;
	p->shift = (unsigned)shift;
	p->n = n;
	page_start(p);
	memset(p->at, 0, n * sizeof(*p->at));
	range_coder_init_get(&p->coder, bytes);
	ids_code(p);
	for (uint32_t i = 0; i < n; i++) {
		p->ids[i].value = i;
		p->at[i].id = (uint64_t)p->ids[i].key;
	}
	return p->coder.in.bad ? -1 : 0;
}

void goroutine_page_groups(struct goroutine_page *p)
{
	groups_code(p);
}

int goroutine_page_rest(struct goroutine_page *p)
{
	rest_code(p);
	for (uint32_t i = 0; i < p->n; i++) {
		struct goroutine *g = &p->at[i];

		g->born_t = (int64_t)((uint64_t)g->born_t << p->shift);
		g->gone_t = (int64_t)((uint64_t)g->gone_t << p->shift);
		for (unsigned s = 0; s < N_STATES; s++)
			g->time_ns[s] <<= p->shift;
	}
	return range_coder_end(&p->coder);
}
