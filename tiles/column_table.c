#include "tiles/column_table.h"

#include <assert.h>
#include <string.h>

#include "parser/base/bytes.h"
#include "parser/base/err.h"
#include "tiles/store.h"
#include "tiles/tile_key.h"

#define INDEX_PAGE UINT32_MAX

static int64_t page_id(uint32_t table, uint32_t page)
{
	return blob_id(BLOB_TABLE, (uint64_t)table << 32 | page);
}

void column_writer_init(struct column_writer *w, struct store *st, struct column_spec spec)
{
	assert(spec.n_columns > 0 && spec.n_columns <= COLUMN_MAX);
	memset(w, 0, sizeof(*w));
	w->st = st;
	w->spec = spec;
}

void column_writer_clear(struct column_writer *w)
{
	mem_free(w->values);
	vec_clear(&w->pages);
	buf_clear(&w->bytes);
	buf_clear(&w->column);
	w->values = NULL;
}

static int no_memory(uint32_t table, struct err *e)
{
	return err_set(e, ERR_MEMORY, -1, "Cannot grow table: table=%u", table);
}

int column_writer_add(struct column_writer *w, const int64_t *values, struct err *e)
{
	if (!w->values)
		w->values = mem_alloc(sizeof(int64_t) * COLUMN_PAGE * w->spec.n_columns);
	if (!w->values)
		return no_memory(w->spec.table, e);
	for (uint32_t i = 0; i < w->spec.n_columns; i++)
		w->values[(size_t)i * COLUMN_PAGE + w->n_rows] = values[i];
	w->n_rows++;
	return w->n_rows == COLUMN_PAGE ? column_writer_flush(w, e) : 0;
}

/* Twice: once for the zero bits that all differences end in, once to write them. */
static int encode_column(struct column_writer *w, uint32_t column)
{
	const int64_t *v = w->values + (size_t)column * COLUMN_PAGE;
	bool is_delta = w->spec.codes[column] == COLUMN_DELTA;
	uint64_t before = 0, bits = 0;
	unsigned shift;

	w->column.n = 0;
	if (buf_reserve(&w->column, (size_t)BUF_VARINT_MAX * (w->n_rows + 1)) < 0)
		return -1;
	for (uint32_t i = 0; i < w->n_rows; i++) {
		bits |= (uint64_t)v[i] - before;
		before = is_delta ? (uint64_t)v[i] : 0;
	}
	shift = bits ? (unsigned)__builtin_ctzll(bits) : 0;
	buf_put_varint(&w->column, shift);
	before = 0;
	for (uint32_t i = 0; i < w->n_rows; i++) {
		buf_put_zigzag(&w->column, (uint64_t)((int64_t)((uint64_t)v[i] - before) >> shift));
		before = is_delta ? (uint64_t)v[i] : 0;
	}
	if (buf_reserve(&w->bytes, BUF_VARINT_MAX + w->column.n) < 0)
		return -1;
	buf_put_varint(&w->bytes, w->column.n);
	return buf_append(&w->bytes, w->column.at, w->column.n);
}

int column_writer_flush(struct column_writer *w, struct err *e)
{
	struct column_page page = {.n_rows = w->n_rows};

	if (w->n_rows == 0)
		return 0;
	page.min = page.max = w->values[0];
	for (uint32_t i = 1; i < w->n_rows; i++) {
		page.min = w->values[i] < page.min ? w->values[i] : page.min;
		page.max = w->values[i] > page.max ? w->values[i] : page.max;
	}
	w->bytes.n = 0;
	if (buf_reserve(&w->bytes, (size_t)2 * BUF_VARINT_MAX) < 0)
		return no_memory(w->spec.table, e);
	buf_put_varint(&w->bytes, w->n_rows);
	buf_put_varint(&w->bytes, w->spec.n_columns);
	for (uint32_t i = 0; i < w->spec.n_columns; i++)
		if (encode_column(w, i) < 0)
			return no_memory(w->spec.table, e);
	if (store_put_plain(w->st, page_id(w->spec.table, (uint32_t)w->pages.n), w->bytes.at,
		    w->bytes.n, e) < 0)
		return -1;
	w->n_rows = 0;
	return vec_push(&w->pages, page) < 0 ? no_memory(w->spec.table, e) : 0;
}

int column_writer_seal(struct column_writer *w, struct err *e)
{
	if (column_writer_flush(w, e) < 0)
		return -1;
	if (w->pages.n == 0)
		return 0;
	w->bytes.n = 0;
	if (buf_reserve(&w->bytes, (1 + 3 * w->pages.n) * BUF_VARINT_MAX) < 0)
		return no_memory(w->spec.table, e);
	buf_put_varint(&w->bytes, w->pages.n);
	for (size_t i = 0; i < w->pages.n; i++) {
		const struct column_page *p = &w->pages.at[i];

		buf_put_varint(&w->bytes, p->n_rows);
		buf_put_zigzag(&w->bytes, (uint64_t)p->min);
		buf_put_zigzag(&w->bytes, (uint64_t)p->max);
	}
	return store_put_plain(
		w->st, page_id(w->spec.table, INDEX_PAGE), w->bytes.at, w->bytes.n, e);
}

static int damaged(const struct column_table *t, const char *what, struct err *e)
{
	return err_set(e, ERR_DAMAGED, -1, "Cannot read table: table=%u, what=\"%s\"",
		t->spec.table, what);
}

static int read_index(struct column_table *t, struct err *e)
{
	struct bytes b = bytes_of(t->bytes.at, t->bytes.n);
	uint64_t n = bytes_uvarint(&b);

	if (b.bad || n > bytes_left(&b) / 3)
		return damaged(t, "number of pages", e);
	if (vec_reserve(&t->pages, (size_t)n) < 0)
		return no_memory(t->spec.table, e);
	for (; t->pages.n < n && !b.bad; t->pages.n++) {
		struct column_page *p = &t->pages.at[t->pages.n];
		uint64_t rows = bytes_uvarint(&b);

		p->n_rows = rows <= COLUMN_PAGE ? (uint32_t)rows : (uint32_t)bytes_fail(&b);
		p->min = (int64_t)zigzag_undo(bytes_uvarint(&b));
		p->max = (int64_t)zigzag_undo(bytes_uvarint(&b));
		t->n_total += p->n_rows;
	}
	return b.bad || bytes_left(&b) ? damaged(t, "index", e) : 0;
}

int column_table_open(
	struct column_table *t, struct store *st, struct column_spec spec, struct err *e)
{
	int rc;

	assert(spec.n_columns > 0 && spec.n_columns <= COLUMN_MAX);
	memset(t, 0, sizeof(*t));
	t->st = st;
	t->spec = spec;
	t->page = UINT32_MAX;
	rc = store_get_plain(st, page_id(spec.table, INDEX_PAGE), &t->bytes, e);
	if (rc > 0)
		rc = read_index(t, e);
	if (rc < 0)
		column_table_clear(t);
	return rc < 0 ? -1 : 0;
}

static int decode_column(struct column_table *t, uint32_t column, struct bytes c, struct err *e)
{
	bool is_delta = t->spec.codes[column] == COLUMN_DELTA;
	uint64_t shift = bytes_uvarint(&c), v = 0;

	if (shift > 63)
		return damaged(t, "shift", e);
	t->at[column] = t->values + (size_t)column * COLUMN_PAGE;
	for (uint32_t i = 0; i < t->n_rows; i++) {
		v = (is_delta ? v : 0) + (zigzag_undo(bytes_uvarint(&c)) << shift);
		t->at[column][i] = (int64_t)v;
	}
	return c.bad || bytes_left(&c) ? damaged(t, "column", e) : 0;
}

static int decode_page(struct column_table *t, uint32_t page, struct err *e)
{
	struct bytes b = bytes_of(t->bytes.at, t->bytes.n);
	uint64_t rows = bytes_uvarint(&b), columns = bytes_uvarint(&b);

	if (b.bad || rows != t->pages.at[page].n_rows || columns != t->spec.n_columns)
		return damaged(t, "page", e);
	t->n_rows = (uint32_t)rows;
	for (uint32_t i = 0; i < t->spec.n_columns; i++) {
		uint64_t n = bytes_uvarint(&b);
		const uint8_t *at = bytes_take(&b, n);

		if (!at)
			return damaged(t, "length of a column", e);
		if (decode_column(t, i, bytes_of(at, (size_t)n), e) < 0)
			return -1;
	}
	return bytes_left(&b) ? damaged(t, "length", e) : 0;
}

int column_table_page(struct column_table *t, uint32_t page, struct err *e)
{
	int rc;

	if (page == t->page)
		return 0;
	assert(page < t->pages.n);
	t->page = UINT32_MAX;
	if (!t->values)
		t->values = mem_alloc(sizeof(int64_t) * COLUMN_PAGE * t->spec.n_columns);
	if (!t->values)
		return no_memory(t->spec.table, e);
	rc = store_get_plain(t->st, page_id(t->spec.table, page), &t->bytes, e);
	if (rc <= 0)
		return rc < 0 ? -1 : damaged(t, "page is missing", e);
	if (decode_page(t, page, e) < 0)
		return -1;
	t->page = page;
	return 0;
}

void column_table_clear(struct column_table *t)
{
	vec_clear(&t->pages);
	mem_free(t->values);
	buf_clear(&t->bytes);
	t->values = NULL;
	t->n_rows = 0;
	t->page = UINT32_MAX;
}
