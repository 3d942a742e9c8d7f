#include "tiles/goroutine_table.h"

#include <string.h>

#include "parser/base/bytes.h"
#include "parser/base/err.h"
#include "parser/base/mem.h"
#include "tiles/column_table.h"
#include "tiles/store.h"
#include "tiles/tile_key.h"

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

static bool has_group(const struct goroutine_span *s, uint32_t group)
{
	return group == GOROUTINE_ANY_GROUP ||
		(s->groups[group % GOROUTINE_GROUP_BITS / 8] >> group % 8 & 1);
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
	if (store_put_plain(w->st, page_id((uint32_t)w->spans.n), w->bytes.at, w->bytes.n, e) < 0)
		return -1;
	return vec_push(&w->spans, span) < 0 ? no_memory(e) : 0;
}

int goroutine_writer_add(struct goroutine_writer *w, const struct goroutine *g, struct err *e)
{
	if (!w->page) {
		w->page = mem_alloc(sizeof(*w->page));
		if (!w->page)
			return no_memory(e);
		w->page->n = 0;
	}
	w->page->at[w->page->n++] = *g;
	return w->page->n == GOROUTINE_PAGE ? flush(w, e) : 0;
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

int goroutine_writer_seal(struct goroutine_writer *w, struct err *e)
{
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
	return store_put_plain(w->st, page_id(INDEX_PAGE), w->bytes.at, w->bytes.n, e);
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

int goroutine_get(struct goroutine_table *t, uint64_t id, struct goroutine *g, struct err *e)
{
	for (uint32_t i = 0; i < t->spans.n; i++) {
		uint32_t at;

		if (!has_id(&t->spans.at[i], id, id))
			continue;
		if (load_ids(t, i, e) < 0)
			return -1;
		at = find(t->page, id);
		if (at == t->page->n || t->page->at[at].id != id)
			continue;
		if (load_rest(t, e) < 0)
			return -1;
		*g = t->page->at[at];
		return 1;
	}
	return 0;
}

/* Put `g` at its place among the n smallest ids found so far. */
static size_t insert(struct goroutine *out, size_t n, size_t cap, const struct goroutine *g)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (out[mid].id < g->id)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == cap)
		return n;
	memmove(&out[lo + 1], &out[lo], ((n < cap ? n : cap - 1) - lo) * sizeof(*out));
	out[lo] = *g;
	return n < cap ? n + 1 : cap;
}

/* The records with id > after of the page whose ids are loaded, into the sorted out[0..n). */
static int list_page(struct goroutine_table *t, uint32_t group, uint64_t after,
	struct goroutine *out, size_t cap, size_t *n, struct err *e)
{
	for (uint32_t i = find(t->page, after + 1); i < t->page->n; i++) {
		const struct goroutine *g = &t->page->at[i];

		if (*n == cap && g->id > out[cap - 1].id)
			break;
		load_groups(t);
		if (group != GOROUTINE_ANY_GROUP && g->group != group)
			continue;
		if (load_rest(t, e) < 0)
			return -1;
		*n = insert(out, *n, cap, g);
	}
	return 0;
}

int goroutine_list(struct goroutine_table *t, uint32_t group, uint64_t after, struct goroutine *out,
	size_t cap, struct err *e)
{
	size_t n = 0;

	if (after == UINT64_MAX)
		return 0;
	for (uint32_t i = 0; i < t->spans.n && cap > 0; i++) {
		uint64_t last = n == cap ? out[cap - 1].id : UINT64_MAX;

		if (!has_group(&t->spans.at[i], group) || !has_id(&t->spans.at[i], after + 1, last))
			continue;
		if (load_ids(t, i, e) < 0 || list_page(t, group, after, out, cap, &n, e) < 0)
			return -1;
	}
	return (int)n;
}
