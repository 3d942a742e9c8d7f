/* place.c */
#include "server/place.h"

#include <string.h>

#include "parser/base/err.h"
#include "server/call.h"
#include "server/readers.h"
#include "server/server.h"
#include "server/url.h"
#include "server/workers.h"

int place_range(struct call *c, struct reader *r, struct place *p, struct err *e)
{
	p->from = 0;
	p->to = tile_reader_meta(r->tiles)->span_ns;
	if (server_query_i64(c, "from", 0, PLACE_MAX_NS, &p->from, e) < 0 ||
		server_query_i64(c, "to", 0, PLACE_MAX_NS, &p->to, e) < 0)
		return -1;
	p->end = url_get(c->url, "to") ? p->to : p->to + 1;
	if (p->from > p->to)
		return err_set(
			e, ERR_USAGE, -1, "Cannot answer: from lies after to, or after the trace");
	return 0;
}

int place_parse(struct call *c, struct place *p, struct err *e)
{
	const char *view = url_get(c->url, "view");

	p->has_g = url_get(c->url, "g") != NULL;
	p->has_group = url_get(c->url, "group") != NULL;
	p->has_view = view != NULL;
	p->has_row = url_get(c->url, "block") && url_get(c->url, "row");
	if (!p->has_row && (url_get(c->url, "block") || url_get(c->url, "row")))
		return err_set(e, ERR_USAGE, -1, "Cannot answer: block and row go together");
	if (p->has_view) {
		if (strlen(view) != 1 || !strchr("PMGA", *view))
			return err_set(e, ERR_USAGE, -1, "Cannot answer: view is P, M, G or A");
		p->view = (enum view)view_of_letter(*view);
	}
	if (server_query_u64(c, "g", UINT64_MAX, &p->g, e) < 0 ||
		server_query_u64(c, "group", UINT32_MAX, &p->group, e) < 0 ||
		server_query_u64(c, "block", UINT32_MAX, &p->block, e) < 0)
		return -1;
	return server_query_u64(c, "row", BLOCK_ROWS - 1, &p->row, e);
}

int place_goroutine(struct reader *r, uint64_t g, struct goroutine *out, struct err *e)
{
	int found = reader_goroutines(r, e) < 0 ? -1 : goroutine_get(&r->goroutines, g, out, e);

	if (found == 0)
		return err_set(e, ERR_NOT_FOUND, -1, "Cannot find the goroutine");
	return found < 0 ? -1 : 0;
}

int place_check(struct reader *r, const struct place *p, struct err *e)
{
	if (p->view == VIEW_A || p->block >= tile_reader_meta(r->tiles)->n_blocks[p->view])
		return err_set(e, ERR_NOT_FOUND, -1, "Cannot find the row: no such block");
	return 0;
}

/* ---- sets of rows ---- */

static int bad_rows(struct err *e)
{
	return err_set(e, ERR_USAGE, -1,
		"Cannot answer: rows are P3, M0-7, G12-40, F2, g149 with commas between, at most "
		"%d",
		PLACE_ROWS);
}

static int add_group(struct reader *r, struct row_set *set, uint64_t group, struct err *e)
{
	const struct tables *t = &r->tables;

	if (group >= t->groups.n)
		return err_set(e, ERR_NOT_FOUND, -1, "Cannot find the group");
	for (size_t i = 0; i < t->group_blocks.n; i++) {
		uint64_t first = (uint64_t)t->group_blocks.at[i].block * BLOCK_ROWS;

		if (t->group_blocks.at[i].group == group &&
			row_set_add(set, VIEW_G, first, first + BLOCK_ROWS - 1, e) < 0)
			return -1;
	}
	return 0;
}

static int add_goroutine(struct reader *r, struct row_set *set, uint64_t id, struct err *e)
{
	struct goroutine g;

	if (place_goroutine(r, id, &g, e) < 0)
		return -1;
	return row_set_add_goroutine(set, id, g.block, g.row, e);
}

/* "12" or "12-40" of `n` bytes. */
static bool parse_span(const char *text, size_t n, uint64_t *first, uint64_t *last)
{
	char copy[48];
	char *dash;

	if (n >= sizeof(copy))
		return false;
	memcpy(copy, text, n);
	copy[n] = '\0';
	dash = strchr(copy, '-');
	if (dash)
		*dash++ = '\0';
	return url_u64(copy, UINT64_MAX, first) && url_u64(dash ? dash : copy, UINT64_MAX, last) &&
		*first <= *last;
}

static int add_rows(
	struct reader *r, struct row_set *set, const char *word, size_t n, struct err *e)
{
	uint64_t first, last;

	if (n < 2 || !strchr("PMGFg", *word) || !parse_span(word + 1, n - 1, &first, &last))
		return bad_rows(e);
	if ((*word == 'F' || *word == 'g') && memchr(word, '-', n))
		return bad_rows(e);
	if (*word == 'F')
		return add_group(r, set, first, e);
	if (*word == 'g')
		return add_goroutine(r, set, first, e);
	return row_set_add(set, (enum view)view_of_letter(*word), first, last, e);
}

int place_rows(struct call *c, struct reader *r, struct row_set *set, bool *has, struct err *e)
{
	const char *text = url_get(c->url, "rows");
	unsigned n_words = 0;

	row_set_init(set, tile_reader_meta(r->tiles)->n_blocks);
	*has = text != NULL;
	if (text && reader_tables(r, e) < 0)
		return -1;
	while (text) {
		size_t n = strcspn(text, ",");

		if (++n_words > PLACE_ROWS)
			return bad_rows(e);
		if (work_must_stop(c->work))
			return err_set(e, ERR_CANCELLED, -1, "Cannot choose rows: cancelled");
		if (add_rows(r, set, text, n, e) < 0)
			return -1;
		text = text[n] ? text + n + 1 : NULL;
	}
	return 0;
}
