#include "tiles/text_table.h"

#include <string.h>

#include "parser/base/bytes.h"
#include "parser/base/err.h"
#include "tiles/store.h"
#include "tiles/tile_key.h"

#define PAGE_BYTES   65536
#define PAGE_ENTRIES 4096

void text_writer_init(struct text_writer *w, struct store *st)
{
	memset(w, 0, sizeof(*w));
	w->st = st;
	w->first = 1;
}

void text_writer_clear(struct text_writer *w)
{
	buf_clear(&w->lengths);
	buf_clear(&w->bytes);
}

static int no_memory(struct err *e)
{
	return err_set(e, ERR_MEMORY, -1, "Cannot grow text page");
}

/* Write the open page: count, lengths (strings only), bytes. */
static int flush(struct text_writer *w, enum blob_kind kind, struct err *e)
{
	struct buf page = {0};
	int rc = -1;

	if (w->n == 0)
		return 0;
	if (buf_reserve(&page, BUF_VARINT_MAX) < 0)
		return no_memory(e);
	buf_put_varint(&page, w->n);
	if (buf_append(&page, w->lengths.at, w->lengths.n) < 0 ||
		buf_append(&page, w->bytes.at, w->bytes.n) < 0)
		no_memory(e);
	else
		rc = store_put_plain(w->st, blob_id(kind, w->first), page.at, page.n, e);
	buf_clear(&page);
	w->first += w->n;
	w->n = 0;
	w->lengths.n = 0;
	w->bytes.n = 0;
	return rc;
}

static int added(struct text_writer *w, enum blob_kind kind, struct err *e)
{
	w->n++;
	return w->n == PAGE_ENTRIES || w->bytes.n >= PAGE_BYTES ? flush(w, kind, e) : 0;
}

int text_writer_add_string(struct text_writer *w, const char *s, size_t n, struct err *e)
{
	if (buf_reserve(&w->lengths, BUF_VARINT_MAX) < 0 || buf_append(&w->bytes, s, n) < 0)
		return no_memory(e);
	buf_put_varint(&w->lengths, n);
	return added(w, BLOB_STRINGS, e);
}

int text_writer_seal_strings(struct text_writer *w, struct err *e)
{
	return flush(w, BLOB_STRINGS, e);
}

int text_writer_add_stack(
	struct text_writer *w, const struct trace_frame *frames, size_t n, struct err *e)
{
	if (n > TEXT_MAX_FRAMES)
		n = TEXT_MAX_FRAMES;
	if (buf_reserve(&w->bytes, (1 + 4 * n) * BUF_VARINT_MAX) < 0)
		return no_memory(e);
	buf_put_varint(&w->bytes, n);
	for (size_t i = 0; i < n; i++) {
		buf_put_varint(&w->bytes, frames[i].func);
		buf_put_varint(&w->bytes, frames[i].file);
		buf_put_varint(&w->bytes, frames[i].line);
		buf_put_varint(&w->bytes, frames[i].pc);
	}
	return added(w, BLOB_STACKS, e);
}

int text_writer_seal_stacks(struct text_writer *w, struct err *e)
{
	return flush(w, BLOB_STACKS, e);
}

void text_reader_init(struct text_reader *r, struct store *st)
{
	memset(r, 0, sizeof(*r));
	r->st = st;
}

void text_reader_clear(struct text_reader *r)
{
	buf_clear(&r->strings);
	buf_clear(&r->stacks);
	r->strings_n = r->stacks_n = 0;
}

static int damaged(const char *what, struct err *e)
{
	return err_set(e, ERR_DAMAGED, -1, "Cannot read text page: what=\"%s\"", what);
}

/* Make `page` hold the entry: 1, 0 = there is none, -1. */
static int load(struct text_reader *r, enum blob_kind kind, uint32_t id, struct buf *page,
	uint32_t *first, uint32_t *n, struct err *e)
{
	int64_t found;
	struct bytes b;
	uint64_t count;
	int rc;

	if (*n && id >= *first && id - *first < *n)
		return 1;
	*n = 0;
	rc = store_find_last(r->st, blob_id(kind, 0), blob_id(kind, id), &found, e);
	if (rc > 0)
		rc = store_get_plain(r->st, found, page, e);
	if (rc <= 0)
		return rc;
	b = bytes_of(page->at, page->n);
	count = bytes_uvarint(&b);
	if (b.bad || count > PAGE_ENTRIES)
		return damaged("count", e);
	*first = (uint32_t)(found - blob_id(kind, 0));
	*n = (uint32_t)count;
	return id - *first < *n;
}

int text_get_string(struct text_reader *r, uint32_t id, const char **s, size_t *n, struct err *e)
{
	uint64_t offset = 0, length = 0;
	struct bytes b;
	int rc = id ? load(r, BLOB_STRINGS, id, &r->strings, &r->strings_first, &r->strings_n, e)
		    : 1;

	*s = "";
	*n = 0;
	if (rc <= 0 || id == 0)
		return rc;
	b = bytes_of(r->strings.at, r->strings.n);
	bytes_uvarint(&b);
	for (uint32_t i = 0; i < r->strings_n; i++) {
		uint64_t l = bytes_uvarint(&b);

		if (l > r->strings.n)
			bytes_fail(&b);
		if (i < id - r->strings_first)
			offset += l;
		else if (i == id - r->strings_first)
			length = l;
	}
	bytes_take(&b, offset);
	*s = (const char *)bytes_take(&b, length);
	*n = (size_t)length;
	return b.bad ? damaged("string", e) : 1;
}

static int read_stack(struct text_reader *r, struct bytes *b, uint64_t n, struct err *e)
{
	if (n > TEXT_MAX_FRAMES)
		return damaged("frames", e);
	for (uint64_t i = 0; i < n; i++) {
		struct trace_frame *f = &r->frames[i];

		f->func = (uint32_t)bytes_uvarint(b);
		f->file = (uint32_t)bytes_uvarint(b);
		f->line = bytes_uvarint(b);
		f->pc = bytes_uvarint(b);
	}
	return b->bad ? damaged("stack", e) : 0;
}

int text_get_stack(struct text_reader *r, uint32_t id, const struct trace_frame **frames, size_t *n,
	struct err *e)
{
	struct bytes b;
	uint64_t count = 0;
	int rc = id ? load(r, BLOB_STACKS, id, &r->stacks, &r->stacks_first, &r->stacks_n, e) : 1;

	*frames = r->frames;
	*n = 0;
	if (rc <= 0 || id == 0)
		return rc;
	b = bytes_of(r->stacks.at, r->stacks.n);
	bytes_uvarint(&b);
	for (uint32_t i = r->stacks_first; i <= id; i++) {
		count = bytes_uvarint(&b);
		if (read_stack(r, &b, count, e) < 0)
			return -1;
	}
	*n = (size_t)count;
	return 1;
}
