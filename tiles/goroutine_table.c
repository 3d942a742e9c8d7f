#include "tiles/goroutine_table.h"

#include <string.h>

#include "parser/base/bytes.h"
#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "tiles/column_table.h"
#include "tiles/relay.h"
#include "tiles/store.h"
#include "tiles/tile_key.h"

#define BATCH      128 /* records handed over at once */
#define INDEX_PAGE UINT32_MAX
#define SPAN_LEAST (3 + GOROUTINE_GROUP_BITS / 8) /* bytes of a page in the index */
#define SPAN_MOST  (BUF_VARINT_MAX * (3 + GOROUTINE_BLOCKS) + GOROUTINE_GROUP_BITS / 8)
#define ID_SHIFT   10 /* of ids to blocks, at the least */

static int64_t page_id(uint32_t page)
{
	return blob_id(BLOB_TABLE, (uint64_t)TABLE_GOROUTINES << 32 | page);
}

static int no_memory(struct err *e)
{
	return err_set(e, ERR_MEMORY, -1, "Cannot keep goroutines: out of memory");
}

static int damaged(const char *what, struct err *e)
{
	return err_set(e, ERR_DAMAGED, -1, "Cannot read goroutines: what=\"%s\"", what);
}

/* Can the page have an id of lo .. hi? */
static bool has_id(const struct goroutine_span *s, uint64_t lo, uint64_t hi)
{
	for (uint32_t i = 0; i < s->n_blocks; i++)
		if (s->blocks[i] >= lo >> s->shift && s->blocks[i] <= hi >> s->shift)
			return true;
	return false;
}

void goroutine_writer_init(struct goroutine_writer *w, struct store *st)
{
	*w = (struct goroutine_writer){.st = st};
}

void goroutine_writer_clear(struct goroutine_writer *w)
{
	mem_free(w->page);
	vec_clear(&w->spans);
	buf_clear(&w->bytes);
	buf_clear(&w->batch);
	w->page = NULL;
}

/* The blocks of 2^shift ids that the encoded page has ids of; false: too many. */
static bool span_blocks(struct goroutine_span *s, const struct goroutine_page *page, uint32_t shift)
{
	s->shift = shift;
	s->n_blocks = 0;
	for (uint32_t i = 0; i < page->n; i++) {
		uint64_t block = (uint64_t)page->ids[i].key >> shift;

		if (s->n_blocks > 0 && s->blocks[s->n_blocks - 1] == block)
			continue;
		if (s->n_blocks == GOROUTINE_BLOCKS)
			return false;
		s->blocks[s->n_blocks++] = block;
	}
	return true;
}

static int flush(struct goroutine_writer *w, struct err *e)
{
	struct goroutine_span span = {.n = w->page->n};

	for (uint32_t i = 0; i < span.n; i++) {
		uint32_t bit = w->page->at[i].group % GOROUTINE_GROUP_BITS;

		span.groups[bit / 8] |= (uint8_t)(1u << bit % 8);
	}
	w->bytes.n = 0;
	if (goroutine_page_encode(w->page, &w->bytes) < 0)
		return no_memory(e);
	for (uint32_t shift = ID_SHIFT; !span_blocks(&span, w->page, shift); shift++)
		;
	w->page->n = 0;
	if (store_put_here(w->st, page_id((uint32_t)w->spans.n), w->bytes.at, w->bytes.n, e) < 0)
		return -1;
	return vec_push(&w->spans, span) < 0 ? no_memory(e) : 0;
}

/* On the relay: records into the page, which is written when it is full. */
static int run_batch(void *context, const void *bytes, size_t n, struct err *e)
{
	struct goroutine_writer *w = context;
	const struct goroutine *g = bytes, *end = g + n / sizeof(*g);

	if (!w->page) {
		w->page = mem_alloc(sizeof(*w->page));
		if (!w->page)
			return no_memory(e);
		w->page->n = 0;
	}
	for (; g < end; g++) {
		w->page->at[w->page->n++] = *g;
		if (w->page->n == GOROUTINE_PAGE && flush(w, e) < 0)
			return -1;
	}
	return 0;
}

static int push_batch(struct goroutine_writer *w, struct err *e)
{
	return w->batch.n ? relay_push(store_relay(w->st), run_batch, w, &w->batch, e) : 0;
}

int goroutine_writer_add(struct goroutine_writer *w, const struct goroutine *g, struct err *e)
{
	if (buf_append(&w->batch, g, sizeof(*g)) < 0)
		return no_memory(e);
	return w->batch.n == BATCH * sizeof(*g) ? push_batch(w, e) : 0;
}

static void put_span(struct buf *b, const struct goroutine_span *s)
{
	uint64_t before = 0;

	buf_put_varint(b, s->n);
	buf_put_varint(b, s->shift);
	buf_put_varint(b, s->n_blocks);
	for (uint32_t i = 0; i < s->n_blocks; before = s->blocks[i++])
		buf_put_varint(b, s->blocks[i] - before);
	for (size_t i = 0; i < sizeof(s->groups); i++)
		buf_put_u8(b, s->groups[i]);
}

/* On the relay: the last page, and the index. */
static int run_seal(void *context, const void *bytes, size_t n, struct err *e)
{
	struct goroutine_writer *w = context;

	(void)bytes;
	(void)n;
	if (!w->page)
		return 0;
	if (w->page->n > 0 && flush(w, e) < 0)
		return -1;
	w->bytes.n = 0;
	if (buf_reserve(&w->bytes, BUF_VARINT_MAX + w->spans.n * SPAN_MOST) < 0)
		return no_memory(e);
	buf_put_varint(&w->bytes, w->spans.n);
	for (size_t i = 0; i < w->spans.n; i++)
		put_span(&w->bytes, &w->spans.at[i]);
	return store_put_here(w->st, page_id(INDEX_PAGE), w->bytes.at, w->bytes.n, e);
}

int goroutine_writer_seal(struct goroutine_writer *w, struct err *e)
{
	if (push_batch(w, e) < 0)
		return -1;
	return relay_push(store_relay(w->st), run_seal, w, &w->batch, e);
}

static void read_span(struct bytes *b, struct goroutine_span *s)
{
	uint64_t n = bytes_uvarint(b), shift = bytes_uvarint(b), blocks = bytes_uvarint(b);
	uint64_t block = 0;
	const uint8_t *groups;

	memset(s, 0, sizeof(*s));
	if (n > GOROUTINE_PAGE || shift > 63 || blocks > GOROUTINE_BLOCKS)
		bytes_fail(b);
	for (uint64_t i = 0; i < blocks && !b->bad; i++) {
		block += bytes_uvarint(b);
		s->blocks[i] = block;
	}
	groups = bytes_take(b, sizeof(s->groups));
	if (!groups)
		return;
	s->n = (uint32_t)n;
	s->shift = (uint32_t)shift;
	s->n_blocks = (uint32_t)blocks;
	memcpy(s->groups, groups, sizeof(s->groups));
}

static int read_index(struct goroutine_table *t, struct err *e)
{
	struct bytes b = bytes_of(t->bytes.at, t->bytes.n);
	uint64_t n = bytes_uvarint(&b);

	if (b.bad || n > bytes_left(&b) / SPAN_LEAST)
		return damaged("number of pages", e);
	if (vec_reserve(&t->spans, (size_t)n) < 0)
		return no_memory(e);
	for (; t->spans.n < n && !b.bad; t->spans.n++)
		read_span(&b, &t->spans.at[t->spans.n]);
	return b.bad || bytes_left(&b) ? damaged("index", e) : 0;
}

int goroutine_table_open(struct goroutine_table *t, struct store *st, struct err *e)
{
	int rc;

	*t = (struct goroutine_table){.st = st, .number = UINT32_MAX};
	rc = store_get_plain(st, page_id(INDEX_PAGE), &t->bytes, e);
	if (rc > 0)
		rc = read_index(t, e);
	if (rc < 0)
		goroutine_table_clear(t);
	return rc < 0 ? -1 : 0;
}

void goroutine_table_clear(struct goroutine_table *t)
{
	mem_free(t->page);
	vec_clear(&t->spans);
	buf_clear(&t->bytes);
	t->page = NULL;
	t->number = UINT32_MAX;
}

/* The ids of a page: enough to see whether the rest is needed. */
static int load_ids(struct goroutine_table *t, uint32_t number, struct err *e)
{
	int rc;

	if (t->number == number)
		return 0;
	t->number = UINT32_MAX;
	if (!t->page)
		t->page = mem_alloc(sizeof(*t->page));
	if (!t->page)
		return no_memory(e);
	rc = store_get_plain(t->st, page_id(number), &t->bytes, e);
	if (rc <= 0)
		return rc < 0 ? -1 : damaged("page is missing", e);
	if (goroutine_page_ids(t->page, t->spans.at[number].n, bytes_of(t->bytes.at, t->bytes.n)) <
		0)
		return damaged("ids", e);
	t->number = number;
	t->has_groups = t->is_whole = false;
	return 0;
}

static void load_groups(struct goroutine_table *t)
{
	if (!t->has_groups)
		goroutine_page_groups(t->page);
	t->has_groups = true;
}

static int load_rest(struct goroutine_table *t, struct err *e)
{
	if (t->is_whole)
		return 0;
	load_groups(t);
	if (goroutine_page_rest(t->page) < 0) {
		t->number = UINT32_MAX;
		return damaged("page", e);
	}
	t->is_whole = true;
	return 0;
}

/* The first record of the page with an id of at least `id`. */
static uint32_t find(const struct goroutine_page *page, uint64_t id)
{
	uint32_t lo = 0, hi = page->n;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (page->at[mid].id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Those of the ids that lie in the page, into their places; *n of all are still missing. */
static int get_from_page(struct goroutine_table *t, uint32_t number, const uint64_t *ids,
	size_t n_ids, struct goroutine *out, bool *is_found, size_t *n, struct err *e)
{
	for (size_t i = 0; i < n_ids; i++) {
		uint32_t at;

		if (is_found[i] || !has_id(&t->spans.at[number], ids[i], ids[i]))
			continue;
		if (load_ids(t, number, e) < 0)
			return -1;
		at = find(t->page, ids[i]);
		if (at == t->page->n || t->page->at[at].id != ids[i])
			continue;
		if (load_rest(t, e) < 0)
			return -1;
		out[i] = t->page->at[at];
		is_found[i] = true;
		--*n;
	}
	return 0;
}

int goroutine_get_all(struct goroutine_table *t, const uint64_t *ids, size_t n,
	struct goroutine *out, struct err *e)
{
	bool is_found[GOROUTINE_GET_MOST] = {0};
	size_t missing = n;

	if (n > GOROUTINE_GET_MOST)
		return err_set(e, ERR_LIMIT, -1, "Cannot get goroutines: n=%zu", n);
	for (uint32_t i = 0; i < t->spans.n && missing > 0; i++)
		if (get_from_page(t, i, ids, n, out, is_found, &missing, e) < 0)
			return -1;
	return missing == 0;
}

int goroutine_get(struct goroutine_table *t, uint64_t id, struct goroutine *g, struct err *e)
{
	return goroutine_get_all(t, &id, 1, g, e);
}

/* ---- search ---- */

/* What was found so far: a heap, the last in order at the top. */
struct found {
	const struct goroutine_query *q;
	struct goroutine *at;
	size_t n, cap;
	uint8_t groups[GOROUTINE_GROUP_BITS / 8]; /* that a page must have one of */
};

static bool comes_before(
	const struct goroutine_query *q, const struct goroutine *a, const struct goroutine *b)
{
	uint64_t x = a->time_ns[q->order], y = b->time_ns[q->order];

	return q->order != STATE_NONE && x != y ? x > y : a->id < b->id;
}

static bool is_behind_start(const struct goroutine_query *q, const struct goroutine *g)
{
	uint64_t ns = g->time_ns[q->order];

	if (!q->has_after)
		return true;
	return q->order != STATE_NONE && ns != q->after_ns ? ns < q->after_ns : g->id > q->after;
}

static bool may_have(const struct goroutine_query *q, uint32_t group)
{
	if (q->group != GOROUTINE_ANY_GROUP)
		return group == q->group;
	return !q->groups || group >= q->n_groups || (q->groups[group / 8] >> group % 8 & 1);
}

/* Of a range that it only touches with no length: born in it, or there when it begins. */
static bool lives_in(const struct goroutine *g, int64_t from, int64_t to)
{
	return g->born_t < to && (g->is_alive || g->gone_t > from || g->born_t >= from);
}

static int is_sought(const struct goroutine_query *q, const struct goroutine *g, struct err *e)
{
	if (!is_behind_start(q, g) || g->time_ns[q->state] < q->min_ns ||
		(q->has_creator && g->creator != q->creator) ||
		(q->has_range && !lives_in(g, q->from, q->to)))
		return 0;
	return q->is_sought ? q->is_sought(q->context, g, e) : 1;
}

static void swap(struct goroutine *a, struct goroutine *b)
{
	struct goroutine was = *a;

	*a = *b;
	*b = was;
}

static void sink(struct found *f, size_t n)
{
	size_t i = 0, child;

	while ((child = 2 * i + 1) < n) {
		if (child + 1 < n && comes_before(f->q, &f->at[child], &f->at[child + 1]))
			child++;
		if (!comes_before(f->q, &f->at[i], &f->at[child]))
			break;
		swap(&f->at[i], &f->at[child]);
		i = child;
	}
}

static void keep(struct found *f, const struct goroutine *g)
{
	size_t i = f->n;

	if (f->n == f->cap) {
		if (comes_before(f->q, g, &f->at[0])) {
			f->at[0] = *g;
			sink(f, f->n);
		}
		return;
	}
	f->at[f->n++] = *g;
	for (; i > 0 && comes_before(f->q, &f->at[(i - 1) / 2], &f->at[i]); i = (i - 1) / 2)
		swap(&f->at[i], &f->at[(i - 1) / 2]);
}

static void found_sort(struct found *f)
{
	for (size_t n = f->n; n > 1; n--) {
		swap(&f->at[0], &f->at[n - 1]);
		sink(f, n - 1);
	}
}

/* Ids that can still be among the first: lo .. hi. */
static bool ids_left(const struct found *f, uint64_t *lo, uint64_t *hi)
{
	const struct goroutine_query *q = f->q;
	bool by_id = q->order == STATE_NONE;

	*lo = by_id && q->has_after ? q->after + 1 : 0;
	*hi = by_id && f->n == f->cap ? f->at[0].id : UINT64_MAX;
	return !(by_id && q->has_after && q->after == UINT64_MAX);
}

static int search_page(struct goroutine_table *t, struct found *f, struct err *e)
{
	uint64_t lo, hi;

	for (uint32_t i = ids_left(f, &lo, &hi) ? find(t->page, lo) : t->page->n; i < t->page->n;
		i++) {
		const struct goroutine *g = &t->page->at[i];
		int rc;

		if (ids_left(f, &lo, &hi) && g->id > hi)
			break;
		load_groups(t);
		if (!may_have(f->q, g->group))
			continue;
		if (load_rest(t, e) < 0)
			return -1;
		rc = is_sought(f->q, g, e);
		if (rc < 0)
			return -1;
		if (rc > 0)
			keep(f, g);
	}
	return 0;
}

static void mark_groups(struct found *f)
{
	const struct goroutine_query *q = f->q;

	if (q->group == GOROUTINE_ANY_GROUP && !q->groups) {
		memset(f->groups, 0xff, sizeof(f->groups));
		return;
	}
	if (q->group != GOROUTINE_ANY_GROUP) {
		f->groups[q->group % GOROUTINE_GROUP_BITS / 8] |= (uint8_t)(1u << q->group % 8);
		return;
	}
	for (uint32_t i = 0; i < q->n_groups; i++)
		if (q->groups[i / 8] >> i % 8 & 1)
			f->groups[i % GOROUTINE_GROUP_BITS / 8] |= (uint8_t)(1u << i % 8);
}

static bool may_be_in(const struct found *f, const struct goroutine_span *span)
{
	unsigned any = 0;
	uint64_t lo, hi;

	for (size_t i = 0; i < sizeof(f->groups); i++)
		any |= f->groups[i] & span->groups[i];
	return any && ids_left(f, &lo, &hi) && has_id(span, lo, hi);
}

int goroutine_search(struct goroutine_table *t, const struct goroutine_query *q,
	struct goroutine *out, size_t cap, struct err *e)
{
	struct found f = {.q = q, .at = out, .cap = cap};

	mark_groups(&f);
	for (uint32_t i = 0; i < t->spans.n && cap > 0; i++) {
		if (!may_be_in(&f, &t->spans.at[i]))
			continue;
		if (q->is_cancelled && q->is_cancelled(q->context))
			return err_set(e, ERR_CANCELLED, -1, "Cannot search goroutines: cancelled");
		if (load_ids(t, i, e) < 0 || search_page(t, &f, e) < 0)
			return -1;
	}
	found_sort(&f);
	return (int)f.n;
}

int goroutine_list(struct goroutine_table *t, uint32_t group, uint64_t after, struct goroutine *out,
	size_t cap, struct err *e)
{
	const struct goroutine_query q = {.group = group, .has_after = true, .after = after};

	return goroutine_search(t, &q, out, cap, e);
}
